package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import io.drawbridge.organization.ScopeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists are kept as lines of one column: none of what they hold may have a line break. */
@Repository
class JdbcNotificationChannels implements NotificationChannels {
    private final JdbcClient database;

    JdbcNotificationChannels(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<NotificationChannel> of(TenantId tenant) {
        return database.sql(
                        "select * from notification_channel where tenant_id = ? and removed_at is null order by created_at, id")
                .param(tenant.value())
                .query((row, number) -> channel(row))
                .list();
    }

    @Override
    public Optional<NotificationChannel> find(TenantId tenant, String id) {
        return database.sql("select * from notification_channel where tenant_id = ? and id = ? and removed_at is null")
                .params(tenant.value(), id)
                .query((row, number) -> channel(row))
                .optional();
    }

    @Override
    public void add(NotificationChannel channel, Sealed sealed) {
        Map<String, @Nullable Object> columns = said(channel);
        columns.put("id", channel.id());
        columns.put("tenant_id", channel.tenant().value());
        columns.put("kind", channel.kind().word());
        columns.put("sealed_secret", sealed.secret());
        columns.put("sealed_headers", sealed.headers());
        columns.put("created_by", channel.createdBy().value());
        columns.put("created_at", utc(channel.createdAt()));
        columns.put("failures", 0);
        columns.put("next_attempt_at", utc(channel.createdAt()));
        database.sql("insert into notification_channel (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    @Override
    public void change(NotificationChannel channel, @Nullable String sealedSecret, @Nullable String sealedHeaders) {
        Map<String, @Nullable Object> columns = said(channel);
        if (sealedSecret != null) {
            columns.put("sealed_secret", sealedSecret);
        }
        if (sealedHeaders != null) {
            columns.put("sealed_headers", sealedHeaders);
        }
        columns.put("failures", 0);
        columns.put("failing_since", null);
        columns.put("stopped_at", null);
        columns.put("next_attempt_at", utc(channel.state().nextAttemptAt()));
        String sets = columns.keySet().stream()
                .map(column -> column + " = :" + column)
                .collect(Collectors.joining(", "));
        database.sql("update notification_channel set " + sets
                        + " where tenant_id = :tenant and id = :id and removed_at is null")
                .params(columns)
                .param("tenant", channel.tenant().value())
                .param("id", channel.id())
                .update();
    }

    @Override
    public void remove(TenantId tenant, String id, Instant now) {
        database.sql("update notification_channel set removed_at = ?, targets = '', sealed_secret = null,"
                        + " sealed_headers = null where tenant_id = ? and id = ? and removed_at is null")
                .params(utc(now), tenant.value(), id)
                .update();
    }

    @Override
    public Sealed sealed(String id) {
        return database.sql("select sealed_secret, sealed_headers from notification_channel where id = ?")
                .param(id)
                .query((row, number) -> new Sealed(row.getString(1), row.getString(2)))
                .single();
    }

    private static Map<String, @Nullable Object> said(NotificationChannel channel) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("name", channel.name());
        columns.put("targets", String.join("\n", channel.targets()));
        columns.put(
                "events",
                channel.events().stream().map(ChannelEvent::word).sorted().collect(Collectors.joining("\n")));
        columns.put(
                "scopes", channel.scopes().stream().map(ScopeId::value).sorted().collect(Collectors.joining("\n")));
        columns.put("headers", String.join("\n", channel.headers()));
        columns.put("enabled", channel.enabled());
        return columns;
    }

    private static NotificationChannel channel(ResultSet row) throws SQLException {
        return new NotificationChannel(
                row.getString("id"),
                new TenantId(row.getString("tenant_id")),
                row.getString("name"),
                NotificationChannel.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                lines(row.getString("targets")).toList(),
                lines(row.getString("events"))
                        .flatMap(word -> ChannelEvent.of(word).stream())
                        .collect(Collectors.toSet()),
                lines(row.getString("scopes")).map(ScopeId::new).collect(Collectors.toSet()),
                lines(row.getString("headers")).toList(),
                row.getBoolean("enabled"),
                new PersonId(row.getString("created_by")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                new NotificationChannel.State(
                        row.getInt("failures"),
                        instant(row, "failing_since"),
                        instant(row, "last_failure_at"),
                        row.getString("last_failure"),
                        instant(row, "last_success_at"),
                        row.getObject("next_attempt_at", OffsetDateTime.class).toInstant(),
                        instant(row, "stopped_at")));
    }

    private static Stream<String> lines(String text) {
        return Arrays.stream(text.split("\n", -1)).filter(line -> !line.isEmpty());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
