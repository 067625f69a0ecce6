package io.drawbridge.operations;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often is looked at what waits and what is stuck.
 *
 * @param readEvery how often the figures of what lives, waits, is due, stuck or overdue are read, from 1s to 1h
 * @param lookForTroubleEvery how often what is stuck outside of the engine is looked for, from 1s to 1h
 */
@ConfigurationProperties("drawbridge.operations")
record OperationsProperties(
        @DefaultValue("PT15S") Duration readEvery, @DefaultValue("PT30S") Duration lookForTroubleEvery) {
    OperationsProperties {
        demand("read-every", readEvery);
        demand("look-for-trouble-every", lookForTroubleEvery);
    }

    private static void demand(String key, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.operations." + key + ": " + value + " cannot be used; expected 1s to 1h.");
        }
    }
}
