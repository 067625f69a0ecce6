package io.drawbridge.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Soak} excuses, and how long it goes on. */
@DisplayName("The soak")
class LatenessTest {
    private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");
    private static final List<Reckoning.Away> AWAY =
            List.of(new Reckoning.Away(at(10), at(15)), new Reckoning.Away(at(40), at(50)));

    @ParameterizedTest(name = "an end at {0} s that is closed at {1} s is {2} s late")
    @CsvSource({
        "0, 9, 9",
        "0, 10, 10",
        "0, 12, 10",
        "0, 15, 10",
        "0, 31, 26",
        "12, 20, 5",
        "11, 14, 0",
        "15, 46, 25",
        "0, 60, 45",
        "51, 82, 31",
        "5, 4, -1"
    })
    @DisplayName("excuses the time of an outage, and nothing else")
    void excusesTheTimeOfAnOutage(int end, int closed, int late) {
        assertThat(Reckoning.besides(at(end), at(closed), AWAY)).isEqualTo(Duration.ofSeconds(late));
    }

    @ParameterizedTest(name = "{0} s, of which the kills took {1} s, leave {2} s")
    @CsvSource({"120, 60, 60", "120, 70, 50", "120, 71, 50", "120, 300, 50", "1800, 60, 1740"})
    @DisplayName("leaves the outages their time, whatever the kills took")
    void leavesTheOutagesTheirTime(int whole, int taken, int left) {
        assertThat(Soak.rest(Duration.ofSeconds(whole), Duration.ofSeconds(taken)))
                .isEqualTo(Duration.ofSeconds(left));
    }

    @Test
    @DisplayName("has outages of five seconds or more")
    void hasOutagesOfFiveSecondsOrMore() {
        assertThat(Soak.outage(Soak.LEAST, 0.05)).isEqualTo(Duration.ofSeconds(5));
        assertThat(Soak.outage(Duration.ofMinutes(30), 0.05)).isEqualTo(Duration.ofSeconds(90));
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }
}
