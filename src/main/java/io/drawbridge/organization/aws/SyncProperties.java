package io.drawbridge.organization.aws;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the organization is kept as AWS has it.
 *
 * @param every how long from one synchronization to the next, give or take a tenth; from 1m to 24h
 * @param patience longest that one reading of a whole organization may take, waits for quotas included; from 1s to 1h
 */
@ConfigurationProperties("drawbridge.aws.sync")
public record SyncProperties(@DefaultValue("15m") Duration every, @DefaultValue("10m") Duration patience) {
    public SyncProperties {
        demand("every", every, Duration.ofMinutes(1), Duration.ofHours(24));
        demand("patience", patience, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    private static void demand(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.aws.sync." + key + ": " + value
                    + " cannot be used; expected " + least + " to " + most + ".");
        }
    }
}
