package io.drawbridge.grant;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * What a sweep may do by itself.
 *
 * @param grace how much older than that something must be before it counts: an end that nobody has acted upon, and the
 *     time between two sweeps that both see the same, so that a moment between two calls is no drift
 * @param guardShare share of the living grants, from 0 to 1; a sweep that would remove more than that, and more than
 *     {@code guardCount}, removes nothing
 * @param guardCount number of objects
 */
public record ReconciliationLimits(Duration grace, BigDecimal guardShare, int guardCount) {
    public static final ReconciliationLimits DEFAULT =
            new ReconciliationLimits(Duration.ofSeconds(30), new BigDecimal("0.10"), 5);

    public ReconciliationLimits {
        if (grace.isNegative() || grace.isZero() || grace.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "The grace must be more than nothing and at most an hour: " + grace + ".");
        }
        if (guardShare.signum() < 0 || guardShare.compareTo(BigDecimal.ONE) > 0) {
            throw new IllegalArgumentException("The guard's share must be between 0 and 1: " + guardShare + ".");
        }
        if (guardCount < 0) {
            throw new IllegalArgumentException("The guard's count must not be negative: " + guardCount + ".");
        }
    }

    /** Whether to remove so many is too much to do without being asked. */
    public boolean holdBack(int removals, int livingGrants) {
        return removals > guardCount
                && BigDecimal.valueOf(removals).compareTo(guardShare.multiply(BigDecimal.valueOf(livingGrants))) > 0;
    }
}
