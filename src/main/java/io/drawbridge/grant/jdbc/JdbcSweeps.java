package io.drawbridge.grant.jdbc;

import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.TenantId;
import java.time.Clock;
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
class JdbcSweeps implements Sweeps {
    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Clock clock;

    JdbcSweeps(JdbcClient database, PlatformTransactionManager transactions, Clock clock) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
    }

    @Override
    public boolean begin(TenantId tenant, String sweep, Instant until) {
        OffsetDateTime now = at(clock.instant());
        if (changed(
                "update drift_sweep set sweep = ?, held_until = ? where tenant_id = ? and held_until <= ?",
                sweep,
                at(until),
                tenant.value(),
                now)) {
            return true;
        }
        try {
            return changed(
                    """
                    insert into drift_sweep (tenant_id, sweep, held_until) select id, ?, ? from tenant
                    where id = ? and id not in (select tenant_id from drift_sweep)""",
                    sweep,
                    at(until),
                    tenant.value());
        } catch (DuplicateKeyException other) {
            return false;
        }
    }

    @Override
    public boolean hold(TenantId tenant, String sweep, Instant until) {
        return changed(
                "update drift_sweep set held_until = ? where tenant_id = ? and sweep = ? and held_until > ?",
                at(until),
                tenant.value(),
                sweep,
                at(clock.instant()));
    }

    @Override
    public void end(TenantId tenant, String sweep, boolean done) {
        OffsetDateTime now = at(clock.instant());
        apart.executeWithoutResult(transaction -> {
            int mine = database.sql("update drift_sweep set held_until = ? where tenant_id = ? and sweep = ?")
                    .params(now, tenant.value(), sweep)
                    .update();
            if (mine > 0 && done) {
                database.sql("update drift_sweep set swept_at = ? where tenant_id = ?")
                        .params(now, tenant.value())
                        .update();
            }
        });
    }

    @Override
    public Optional<Instant> lastDone(TenantId tenant) {
        return database.sql("select swept_at from drift_sweep where tenant_id = ? and swept_at is not null")
                .param(tenant.value())
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private boolean changed(String sql, Object... parameters) {
        Integer rows = apart.execute(
                transaction -> database.sql(sql).params(parameters).update());
        return rows != null && rows > 0;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
