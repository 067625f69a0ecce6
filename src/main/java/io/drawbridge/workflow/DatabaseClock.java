package io.drawbridge.workflow;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The time of the database, which all nodes share; the engine goes by it, too.
 *
 * <p>A node whose own clock is ahead would end every grant early, and one that is behind would let others take its jobs
 * while it works on them. A node's own clock is believed as long as it is within {@link #TOLERATED} of the database's, so
 * that nothing jumps about; otherwise the difference is added to it.
 */
final class DatabaseClock extends Clock {
    /** How far a node may be off without being corrected, inclusive. */
    static final Duration TOLERATED = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
    private static final int TRIES = 5;

    private final DataSource database;
    private final Clock machine;
    private volatile Duration ahead = Duration.ZERO;

    /**
     * Asks the database at once.
     *
     * @throws IllegalStateException if it cannot be asked
     */
    DatabaseClock(DataSource database, Clock machine) {
        this.database = database;
        this.machine = machine;
        try {
            adjust();
        } catch (SQLException unreachable) {
            throw new IllegalStateException("The database cannot be asked for its time.", unreachable);
        }
    }

    /** While the database cannot be asked, what is known stays. */
    @Scheduled(fixedDelayString = "PT10S", initialDelayString = "PT10S")
    void keepUp() {
        try {
            adjust();
        } catch (SQLException unreachable) {
            LOG.debug("The database cannot be asked for its time; the last answer stands.", unreachable);
        }
    }

    private void adjust() throws SQLException {
        Duration shortest = Duration.ofDays(1);
        Duration measured = Duration.ZERO;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (int attempt = 0; attempt < TRIES; attempt++) {
                Instant asked = machine.instant();
                Instant there;
                try (ResultSet answer = statement.executeQuery("select current_timestamp")) {
                    answer.next();
                    there = answer.getObject(1, OffsetDateTime.class).toInstant();
                }
                Duration took = Duration.between(asked, machine.instant());
                if (!took.isNegative() && took.compareTo(shortest) < 0) {
                    shortest = took;
                    measured = Duration.between(asked.plus(took.dividedBy(2)), there);
                }
            }
        }
        Duration wanted = measured.abs().compareTo(TOLERATED) <= 0 ? Duration.ZERO : measured;
        // The answer was given somewhere in between: by half of what it took nobody knows better.
        if (wanted.minus(ahead).abs().compareTo(TOLERATED.plus(shortest.dividedBy(2))) > 0) {
            LOG.warn(
                    "This machine's clock is off by {} from the database's. Drawbridge goes by the database's; mend the"
                            + " machine's.",
                    measured.negated());
            ahead = wanted;
            ClockUtil.offset(wanted.toMillis());
        }
    }

    @Override
    public Instant instant() {
        return machine.instant().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    @SuppressWarnings("UnnecessaryMethodReference") // This clock itself would ask itself again, without an end.
    public Clock withZone(ZoneId zone) {
        InstantSource shared = () -> machine.instant().plus(ahead);
        return shared.withZone(zone);
    }
}
