package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Records that could not be handled, long ago. */
@Repository
class JdbcOldDeadLetters implements Retained {
    private final JdbcClient database;

    JdbcOldDeadLetters(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Kind kind() {
        return Kind.DEAD_LETTERS;
    }

    @Override
    @Transactional
    public int forget(TenantId tenant, Instant before, int most) {
        return database.sql("delete from dead_letter where number in (select number from dead_letter"
                        + " where tenant_id = ? and received_at < ? order by received_at, number limit ?)")
                .params(tenant.value(), before.atOffset(ZoneOffset.UTC), most)
                .update();
    }
}
