package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@DisplayName("The clock of a node")
class DatabaseClockTest {
    private final DataSource database = new DriverManagerDataSource("jdbc:h2:mem:clock;DB_CLOSE_DELAY=-1", "sa", "");
    private final Clock right = Clock.systemUTC();

    @AfterEach
    void putTheEnginesClockRight() {
        ClockUtil.reset();
    }

    @ParameterizedTest(name = "off by {0}")
    @ValueSource(strings = {"PT5S", "PT-5S", "PT1H"})
    @DisplayName("R50 R52 that is wrong is corrected to the database's, for the engine too")
    void isCorrectedToTheDatabases(Duration off) {
        DatabaseClock clock = new DatabaseClock(database, Clock.offset(right, off));

        assertThat(clock.instant()).isCloseTo(right.instant(), within(1, ChronoUnit.SECONDS));
        assertThat(clock.withZone(java.time.ZoneOffset.ofHours(2)).instant())
                .isCloseTo(right.instant(), within(1, ChronoUnit.SECONDS));
        assertThat(ClockUtil.getCurrentTime().toInstant().minus(off.negated()))
                .as("the engine adds what it is told to the machine's clock, which is right in this process")
                .isCloseTo(right.instant(), within(1, ChronoUnit.SECONDS));
    }

    @Test
    @DisplayName("is believed again once it is right, and as long as it is hardly off")
    void isBelievedAgainOnceItIsRight() {
        AtomicReference<Duration> off = new AtomicReference<>(Duration.ofSeconds(30));
        Clock machine = new Clock() {
            @Override
            public Instant instant() {
                return right.instant().plus(off.get());
            }

            @Override
            public java.time.ZoneId getZone() {
                return right.getZone();
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
        DatabaseClock clock = new DatabaseClock(database, machine);
        assertThat(clock.instant()).isBefore(machine.instant().minusSeconds(20));

        off.set(Duration.ZERO);
        clock.keepUp();
        assertThat(clock.instant()).isCloseTo(machine.instant(), within(200, ChronoUnit.MILLIS));

        off.set(Duration.ofMillis(100));
        clock.keepUp();
        assertThat(clock.instant()).isCloseTo(machine.instant(), within(20, ChronoUnit.MILLIS));
    }
}
