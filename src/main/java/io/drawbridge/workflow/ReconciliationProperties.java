package io.drawbridge.workflow;

import io.drawbridge.grant.ReconciliationLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the cloud is compared with our own tables.
 *
 * @param every how often each tenant is compared
 * @param grace how much older than that something must be before it counts as drift
 */
@ConfigurationProperties("drawbridge.reconciliation")
record ReconciliationProperties(@DefaultValue("PT5M") Duration every, @DefaultValue("PT30S") Duration grace) {
    ReconciliationProperties {
        if (every.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException("drawbridge.reconciliation.every: " + every
                    + " is less than 10 seconds; the cloud's quotas are shared.");
        }
    }

    ReconciliationLimits limits() {
        return new ReconciliationLimits(grace);
    }
}
