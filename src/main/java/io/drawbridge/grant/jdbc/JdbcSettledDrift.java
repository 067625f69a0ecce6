package io.drawbridge.grant.jdbc;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Old findings that are settled, and of which no other finding is a part. */
@Repository
class JdbcSettledDrift implements Retained {
    private final JdbcClient database;

    JdbcSettledDrift(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.DRIFT;
    }

    @Override
    @Transactional
    public int forget(TenantId tenant, Instant before, int most) {
        return database.sql(
                        """
                        delete from drift_finding where id in (
                            select d.id from drift_finding d
                            where d.tenant_id = :tenant and d.open_key is null and d.last_seen < :before
                                and (d.resolved_at is null or d.resolved_at < :before)
                                and not exists (select 1 from drift_finding part where part.part_of = d.id)
                            order by d.first_seen, d.id limit :most)""")
                .param("tenant", tenant.value())
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("most", most)
                .update();
    }
}
