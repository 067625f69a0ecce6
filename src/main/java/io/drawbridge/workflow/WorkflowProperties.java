package io.drawbridge.workflow;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How revocations are kept going.
 *
 * @param retryStuckEvery how often what the engine has stopped retrying is tried again, from 1s to 1h
 * @param lateEndsEvery pause between two looks for ends that their processes are late with, from 100ms to 1h; with more than
 *     the default, access may end later than R52 allows where a node has died
 * @param revocationThreads how many revocations a node executes at once, from 1 to 100
 */
@ConfigurationProperties("drawbridge.workflow")
record WorkflowProperties(
        @DefaultValue("PT10S") Duration retryStuckEvery,
        @DefaultValue("PT0.5S") Duration lateEndsEvery,
        @DefaultValue("6") int revocationThreads) {
    WorkflowProperties {
        demand("retry-stuck-every", retryStuckEvery, Duration.ofSeconds(1), Duration.ofHours(1));
        demand("late-ends-every", lateEndsEvery, Duration.ofMillis(100), Duration.ofHours(1));
        demand("revocation-threads", revocationThreads, 1, 100);
    }

    private static <T extends Comparable<T>> void demand(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.workflow." + key + ": " + value
                    + " cannot be used; expected " + least + " to " + most + ".");
        }
    }
}
