package io.drawbridge.intake.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Records of calls that could not be handled within the last week; older ones are kept, and nobody is woken for them. */
@Component
class DeadLetterBacklog implements Backlog {
    private static final Duration RECENT = Duration.ofDays(7);

    private final JdbcClient database;
    private final Clock clock;

    DeadLetterBacklog(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "dead.letters";
    }

    @Override
    public String title() {
        return "Records of denied calls that could not be read, within the last week";
    }

    @Override
    public String advice() {
        return "Whoever was denied there was not asked whether he needs access; he can ask by himself. An administrator of"
                + " the tenant reads the reasons at GET /v1/events/dead-letters.";
    }

    @Override
    public Duration patience() {
        return Duration.ZERO;
    }

    @Override
    public List<Waiting> waiting() {
        return database.sql("select tenant_id, count(*), min(received_at) from dead_letter where received_at >= ?"
                        + " group by tenant_id order by 1")
                .param(clock.instant().minus(RECENT).atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Waiting(
                        new TenantId(row.getString(1)),
                        row.getLong(2),
                        row.getObject(3, OffsetDateTime.class).toInstant()))
                .list();
    }
}
