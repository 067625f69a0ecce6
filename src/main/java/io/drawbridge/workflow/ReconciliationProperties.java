package io.drawbridge.workflow;

import io.drawbridge.grant.ReconciliationLimits;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the cloud is compared with our own tables.
 *
 * @param every how often each tenant is compared
 * @param grace how much older than that something must be before it counts as drift
 * @param guardShare share of the living grants, and
 * @param guardCount number of objects, that a sweep must both exceed to be held back
 */
@ConfigurationProperties("drawbridge.reconciliation")
record ReconciliationProperties(
        @DefaultValue("PT5M") Duration every,
        @DefaultValue("PT30S") Duration grace,
        @DefaultValue("0.10") BigDecimal guardShare,
        @DefaultValue("5") int guardCount) {
    ReconciliationProperties {
        if (every.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException("drawbridge.reconciliation.every: " + every
                    + " is less than 10 seconds; the cloud's quotas are shared.");
        }
    }

    ReconciliationLimits limits() {
        return new ReconciliationLimits(grace, guardShare, guardCount);
    }
}
