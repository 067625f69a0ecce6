package io.drawbridge.grant;

import java.time.Duration;

/**
 * What a sweep goes by.
 *
 * @param grace how much older than that something must be before it counts: an end that nobody has acted upon, and the
 *     time between two sweeps that both see the same, so that a moment between two calls is no drift
 */
public record ReconciliationLimits(Duration grace) {
    public static final ReconciliationLimits DEFAULT = new ReconciliationLimits(Duration.ofSeconds(30));

    public ReconciliationLimits {
        if (grace.isNegative() || grace.isZero() || grace.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "The grace must be more than nothing and at most an hour: " + grace + ".");
        }
    }
}
