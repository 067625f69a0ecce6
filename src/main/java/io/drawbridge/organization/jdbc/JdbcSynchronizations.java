package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Synchronizations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@Repository
class JdbcSynchronizations implements Synchronizations {
    private final JdbcClient database;
    private final TransactionTemplate apart;

    JdbcSynchronizations(JdbcClient database, PlatformTransactionManager transactions) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public Last lock(TenantId tenant) {
        Optional<Last> last = find(tenant);
        if (last.isEmpty()) {
            create(tenant);
            last = find(tenant);
        }
        return last.orElseThrow(
                () -> new IllegalStateException("Tenant \"" + tenant + "\" cannot be synchronized: it is not known."));
    }

    @Override
    public void save(TenantId tenant, Last last) {
        database.sql("update organization_sync set read_at = ?, held_back = ?, behind_since = ? where tenant_id = ?")
                .params(
                        last.readAt().atOffset(ZoneOffset.UTC),
                        last.heldBack(),
                        last.behindSince() == null ? null : last.behindSince().atOffset(ZoneOffset.UTC),
                        tenant.value())
                .update();
    }

    @Override
    public Optional<Instant> behindSince(TenantId tenant) {
        return database.sql(
                        "select behind_since from organization_sync where tenant_id = ? and behind_since is not null")
                .param(tenant.value())
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private Optional<Last> find(TenantId tenant) {
        return database.sql(
                        "select read_at, held_back, behind_since from organization_sync where tenant_id = ? for update")
                .param(tenant.value())
                .query((row, number) -> last(row))
                .optional();
    }

    private static Last last(ResultSet row) throws SQLException {
        OffsetDateTime behindSince = row.getObject(3, OffsetDateTime.class);
        return new Last(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                row.getString(2),
                behindSince == null ? null : behindSince.toInstant());
    }

    private void create(TenantId tenant) {
        try {
            apart.executeWithoutResult(transaction -> database.sql(
                            "insert into organization_sync (tenant_id, read_at, held_back) values (?, ?, '')")
                    .params(tenant.value(), Instant.EPOCH.atOffset(ZoneOffset.UTC))
                    .update());
        } catch (DuplicateKeyException other) {
            // NB. Not swallowed: another node made it at the same moment; the caller finds it or fails.
            return;
        }
    }
}
