package io.drawbridge.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Three kills of {@link ClusterTrial} and {@link Soak} in one, two minutes in all, in every build.
 *
 * <p>It takes longer where nodes start slowly: the outages come after the kills and keep their length. In a build the tests
 * come before packaging, so the nodes run from classes; the trials run from the packaged jar.
 */
@DisplayName("Two nodes with load on")
class ClusterSampleTest {
    private static final Duration LENGTH = Duration.ofMinutes(2);
    private static final double REQUESTS_A_SECOND = 3;
    private static final int KILLS = 3;

    @Test
    @DisplayName(
            "R3 R50 R51 R53 R62 lose nothing and do nothing twice, whichever is killed, and whatever they miss for a time")
    void loseNothing() {
        try (Cluster cluster = new Cluster("sample", List.of(Duration.ZERO, Duration.ZERO), List.of())) {
            Soak.Outcome outcome = Soak.endure(cluster, LENGTH, REQUESTS_A_SECOND, KILLS);

            assertThat(outcome.faults()).as(outcome.toString()).isEmpty();
            assertThat(outcome.reckoning().promised()).as(outcome.toString()).isGreaterThan((int)
                    (REQUESTS_A_SECOND * LENGTH.toSeconds() / 3));
            assertThat(outcome.lateAroundKills())
                    .as("around the kills: " + outcome)
                    .isPositive()
                    .isLessThanOrEqualTo(ClusterTrial.LATE_AT_MOST);
            assertThat(outcome.lateBesidesOutages())
                    .as("besides the outages: " + outcome)
                    .isLessThanOrEqualTo(ClusterTrial.LATE_AT_MOST);
        }
    }
}
