package io.drawbridge.identity.jdbc;

import io.drawbridge.identity.ApiKey;
import io.drawbridge.identity.ApiKeys;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcApiKeys implements ApiKeys {
    private static final String COLUMNS =
            "select id, tenant_id, name, roles, created_by, created_at, expires_at, revoked_by, revoked_at from api_key ";

    private final JdbcClient database;

    JdbcApiKeys(JdbcClient database) {
        this.database = database;
    }

    @Override
    public void add(ApiKey key, String secretHash) {
        database.sql(
                        """
                        insert into api_key (id, tenant_id, name, secret_hash, roles, created_by, created_at, expires_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        key.id(),
                        key.tenant().value(),
                        key.name(),
                        secretHash,
                        key.roles().stream().map(Role::name).sorted().collect(Collectors.joining(" ")),
                        key.createdBy().value(),
                        at(key.createdAt()),
                        at(key.expiresAt()))
                .update();
    }

    @Override
    public Optional<ApiKey> find(String id) {
        return database.sql(COLUMNS + "where id = ?")
                .param(id)
                .query(JdbcApiKeys::key)
                .optional();
    }

    @Override
    public Optional<String> secretHash(String id) {
        return database.sql("select secret_hash from api_key where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    @Override
    public List<ApiKey> of(TenantId tenant) {
        return database.sql(COLUMNS + "where tenant_id = ? order by created_at desc, id")
                .param(tenant.value())
                .query(JdbcApiKeys::key)
                .list();
    }

    @Override
    public boolean revoke(String id, PersonId by, Instant at) {
        return database.sql("update api_key set revoked_by = ?, revoked_at = ? where id = ? and revoked_at is null")
                        .params(by.value(), at(at), id)
                        .update()
                > 0;
    }

    private static ApiKey key(ResultSet row, int number) throws SQLException {
        String revokedBy = row.getString("revoked_by");
        OffsetDateTime revokedAt = row.getObject("revoked_at", OffsetDateTime.class);
        return new ApiKey(
                row.getString("id"),
                new TenantId(row.getString("tenant_id")),
                row.getString("name"),
                Arrays.stream(row.getString("roles").split(" "))
                        .map(Role::valueOf)
                        .collect(Collectors.toSet()),
                new PersonId(row.getString("created_by")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                revokedBy == null ? null : new PersonId(revokedBy),
                revokedAt == null ? null : revokedAt.toInstant());
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
