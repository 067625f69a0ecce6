package io.drawbridge.notification;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Notices of long ago; one that could not be delivered stays until it is. */
@Repository
class DeliveredNotices implements Retained {
    private final JdbcClient database;

    DeliveredNotices(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.NOTICES;
    }

    @Override
    @Transactional
    public int forget(TenantId tenant, Instant before, int most) {
        OffsetDateTime at = before.atOffset(ZoneOffset.UTC);
        return database.sql("delete from notice where id in (select id from notice where tenant_id = ?"
                        + " and created_at < ? and sent_at < ? order by created_at, number limit ?)")
                .params(tenant.value(), at, at, most)
                .update();
    }
}
