package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.DeadLetters;
import io.drawbridge.request.DeniedCallIntake;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcDeadLetters implements DeadLetters {
    private final JdbcClient database;

    JdbcDeadLetters(JdbcClient database) {
        this.database = database;
    }

    @Override
    public void add(TenantId tenant, Instant receivedAt, @Nullable String eventId, String reason, String body) {
        database.sql("insert into dead_letter (tenant_id, received_at, event_id, reason, body) values (?, ?, ?, ?, ?)")
                .param(tenant.value())
                .param(receivedAt.atOffset(ZoneOffset.UTC))
                .param(eventId)
                .param(reason)
                .param(body)
                .update();
    }

    @Override
    public List<DeniedCallIntake.DeadLetter> find(TenantId tenant, int limit) {
        return database.sql("select number, received_at, event_id, reason, body from dead_letter where tenant_id = ?"
                        + " order by number desc limit ?")
                .params(tenant.value(), limit)
                .query((row, number) -> new DeniedCallIntake.DeadLetter(
                        row.getLong("number"),
                        row.getObject("received_at", OffsetDateTime.class).toInstant(),
                        row.getString("event_id"),
                        row.getString("reason"),
                        row.getString("body")))
                .list();
    }
}
