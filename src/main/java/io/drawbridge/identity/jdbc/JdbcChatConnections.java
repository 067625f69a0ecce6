package io.drawbridge.identity.jdbc;

import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatConnection;
import io.drawbridge.identity.ChatConnections;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcChatConnections implements ChatConnections {
    private static final String ACCOUNT = "platform = :platform and workspace = :workspace and account = :account";

    private final JdbcClient database;

    JdbcChatConnections(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Optional<ChatConnection> find(ChatAccount account) {
        return select(ACCOUNT, key(account)).stream().findFirst();
    }

    @Override
    public List<ChatConnection> of(TenantId tenant, PersonId person) {
        return select(
                "tenant_id = :tenant and person_id = :person and ended_at is null order by platform, workspace",
                Map.of("tenant", tenant.value(), "person", person.value()));
    }

    @Override
    public List<ChatConnection> in(ChatPlatform platform, String workspace) {
        return select(
                "platform = :platform and workspace = :workspace and ended_at is null",
                Map.of("platform", platform.word(), "workspace", workspace));
    }

    @Override
    public void save(ChatConnection connection) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>(key(connection.account()));
        columns.put("tenant_id", connection.tenant().value());
        columns.put("person_id", connection.person().value());
        columns.put("name", shortened(connection.name(), 255));
        columns.put("matched_by", connection.matchedBy().name());
        columns.put("connected_at", utc(connection.connectedAt()));
        columns.put("ended_at", utc(connection.endedAt()));
        database.sql("delete from chat_account where " + ACCOUNT)
                .params(key(connection.account()))
                .update();
        try {
            insert("chat_account", columns);
        } catch (DuplicateKeyException faster) {
            throw new ConnectedMeanwhileException(connection.account(), faster);
        }
    }

    @Override
    public boolean end(ChatAccount account, Instant at) {
        return database.sql("update chat_account set ended_at = :at where " + ACCOUNT + " and ended_at is null")
                        .params(key(account))
                        .param("at", utc(at))
                        .update()
                > 0;
    }

    @Override
    public void invite(Invitation invitation) {
        Map<String, Object> key = key(invitation.account());
        database.sql("delete from chat_invitation where " + ACCOUNT + " and used_at is null")
                .params(key)
                .update();
        Map<String, @Nullable Object> columns = new LinkedHashMap<>(key);
        columns.put("token_hash", invitation.tokenHash());
        columns.put("name", shortened(invitation.name(), 255));
        columns.put("address", invitation.address() == null ? null : shortened(invitation.address(), 320));
        columns.put("expires_at", utc(invitation.expiresAt()));
        insert("chat_invitation", columns);
    }

    @Override
    public Optional<Invitation> invitation(String tokenHash) {
        return database.sql("select * from chat_invitation where token_hash = ?")
                .param(tokenHash)
                .query((row, number) -> new Invitation(
                        row.getString("token_hash"),
                        account(row),
                        row.getString("name"),
                        row.getString("address"),
                        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                        instant(row, "used_at")))
                .optional();
    }

    @Override
    public boolean use(String tokenHash, Instant now) {
        return database.sql("update chat_invitation set used_at = :now"
                                + " where token_hash = :hash and used_at is null and expires_at > :now")
                        .param("now", utc(now))
                        .param("hash", tokenHash)
                        .update()
                > 0;
    }

    @Override
    public boolean addressesVerified(ChatPlatform platform, String workspace, TenantId tenant) {
        return database.sql("select addresses_verified from chat_workspace where platform = ? and workspace = ?"
                        + " and tenant_id = ?")
                .params(platform.word(), workspace, tenant.value())
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    @Override
    public void setAddressesVerified(ChatPlatform platform, String workspace, TenantId tenant, boolean verified) {
        database.sql("delete from chat_workspace where platform = ? and workspace = ?")
                .params(platform.word(), workspace)
                .update();
        database.sql("insert into chat_workspace (platform, workspace, tenant_id, addresses_verified)"
                        + " values (?, ?, ?, ?)")
                .params(platform.word(), workspace, tenant.value(), verified)
                .update();
    }

    private List<ChatConnection> select(String condition, Map<String, ?> parameters) {
        return database.sql("select * from chat_account where " + condition)
                .params(parameters)
                .query((row, number) -> new ChatConnection(
                        account(row),
                        new TenantId(row.getString("tenant_id")),
                        new PersonId(row.getString("person_id")),
                        row.getString("name"),
                        ChatConnection.MatchedBy.valueOf(row.getString("matched_by")),
                        row.getObject("connected_at", OffsetDateTime.class).toInstant(),
                        instant(row, "ended_at")))
                .list();
    }

    private void insert(String table, Map<String, @Nullable Object> columns) {
        database.sql("insert into " + table + " (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    private static ChatAccount account(ResultSet row) throws SQLException {
        return new ChatAccount(
                ChatPlatform.valueOf(row.getString("platform").toUpperCase(java.util.Locale.ROOT)),
                row.getString("workspace"),
                row.getString("account"));
    }

    private static Map<String, Object> key(ChatAccount account) {
        return Map.of(
                "platform", account.platform().word(), "workspace", account.workspace(), "account", account.user());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant at) {
        return at == null ? null : at.atOffset(ZoneOffset.UTC);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }
}
