package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

@Repository
class JdbcPauses implements Pauses {
    private final JdbcClient database;
    private final Savepoints savepoints;

    JdbcPauses(JdbcClient database, Savepoints savepoints) {
        this.database = database;
        this.savepoints = savepoints;
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean isOver(TenantId tenant, String subject, Duration pause, Instant now) {
        OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
        int renewed = database.sql("update told set told_at = ? where tenant_id = ? and subject = ? and told_at <= ?")
                .params(at, tenant.value(), subject, at.minus(pause))
                .update();
        return renewed > 0 || (!isThere(tenant, subject) && insert(tenant, subject, at));
    }

    private boolean isThere(TenantId tenant, String subject) {
        return !database.sql("select subject from told where tenant_id = ? and subject = ?")
                .params(tenant.value(), subject)
                .query()
                .listOfRows()
                .isEmpty();
    }

    private boolean insert(TenantId tenant, String subject, OffsetDateTime at) {
        return savepoints.insert(() -> database.sql("insert into told (tenant_id, subject, told_at) values (?, ?, ?)")
                .params(tenant.value(), subject, at)
                .update());
    }
}
