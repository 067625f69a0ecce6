package io.drawbridge.workflow;

import io.drawbridge.grant.ReconciliationLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the cloud is compared with our own tables.
 *
 * @param every how often each tenant is compared, from 10s to 24h; the cloud's quotas are shared
 * @param initialDelay how long after the start it is compared first, and looked for what is to be taken back, from 0s to 24h
 * @param takeBackEvery how often what is past its end and has lost its process is taken back, from 1s to 1h
 * @param grace how much older than its end something must be before it counts as drift, at most 1h
 */
@ConfigurationProperties("drawbridge.reconciliation")
record ReconciliationProperties(
        @DefaultValue("PT5M") Duration every,
        @DefaultValue("PT20S") Duration initialDelay,
        @DefaultValue("PT30S") Duration takeBackEvery,
        @DefaultValue("PT30S") Duration grace) {
    ReconciliationProperties {
        demand("every", every, Duration.ofSeconds(10), Duration.ofHours(24));
        demand("initial-delay", initialDelay, Duration.ZERO, Duration.ofHours(24));
        demand("take-back-every", takeBackEvery, Duration.ofSeconds(1), Duration.ofHours(1));
        demand("grace", grace, Duration.ofMillis(1), Duration.ofHours(1));
    }

    private static void demand(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.reconciliation." + key + ": " + value
                    + " cannot be used; expected " + least + " to " + most + ".");
        }
    }

    ReconciliationLimits limits() {
        return new ReconciliationLimits(grace);
    }
}
