package io.drawbridge.notification;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notices of long ago that arrived, or that nobody tries any more. One that waits stays whatever its age, also for a channel
 * that was stopped: it is delivered once that one is started again.
 */
@Repository
class SettledNotices implements Retained {
    private final JdbcClient database;

    SettledNotices(JdbcClient database) {
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
        return database.sql(
                        """
                        delete from notice where id in (
                            select n.id from notice n
                            where n.tenant_id = :tenant and n.created_at < :before
                                and (n.sent_at < :before or n.sent_at is null and (n.given_up_at < :before
                                    or n.channel_id in (select c.id from notification_channel c
                                        where c.removed_at < :before)))
                            order by n.created_at, n.number limit :most)""")
                .param("tenant", tenant.value())
                .param("before", at)
                .param("most", most)
                .update();
    }
}
