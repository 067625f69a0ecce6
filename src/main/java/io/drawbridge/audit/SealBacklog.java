package io.drawbridge.audit;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Records that are not sealed into the chain yet: what is done to them in the database would not be found. */
@Component
class SealBacklog implements Backlog {
    private final JdbcClient database;

    SealBacklog(JdbcClient database) {
        this.database = database;
    }

    @Override
    public String name() {
        return "audit.unsealed";
    }

    @Override
    public String title() {
        return "Audit records that are not sealed";
    }

    @Override
    public String advice() {
        return "Records are written, but what is changed in them now would not be found. The log says at \"could not be"
                + " sealed\" why; see that the database answers.";
    }

    /** They are sealed within a second. */
    @Override
    public Duration patience() {
        return Duration.ofMinutes(1);
    }

    @Override
    public List<Waiting> waiting() {
        return database.sql("select tenant_id, count(*), min(recorded_at) from audit_unsealed group by tenant_id"
                        + " order by tenant_id")
                .query((row, number) -> new Waiting(
                        new TenantId(row.getString(1)),
                        row.getLong(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()))
                .list();
    }
}
