package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Events that came in long ago, and what was told so long ago that it would be told again anyway. */
@Repository
class JdbcOldEvents implements Retained {
    private final JdbcClient database;

    JdbcOldEvents(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.EVENTS;
    }

    @Override
    @Transactional
    public int forget(TenantId tenant, Instant before, int most) {
        OffsetDateTime at = before.atOffset(ZoneOffset.UTC);
        int events = database.sql("delete from intake_event where tenant_id = ? and event_id in (select event_id"
                        + " from intake_event where tenant_id = ? and received_at < ? order by received_at limit ?)")
                .params(tenant.value(), tenant.value(), at, most)
                .update();
        int told = database.sql("delete from told where tenant_id = ? and subject in (select subject from told"
                        + " where tenant_id = ? and told_at < ? order by told_at limit ?)")
                .params(tenant.value(), tenant.value(), at, most)
                .update();
        return Math.max(events, told);
    }
}
