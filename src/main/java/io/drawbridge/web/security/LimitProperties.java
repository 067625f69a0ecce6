package io.drawbridge.web.security;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often something may be done; each node counts by itself.
 *
 * @param failedLogins wrong passwords from one address in {@link #LOGINS_WITHIN}
 * @param logins logins at the issuer from one address in {@link #LOGINS_WITHIN}; a whole office may share one
 * @param writesPerMinute calls of one caller that change something
 * @param eventsPerMinute calls of one caller that hand in events
 */
@ConfigurationProperties("drawbridge.limits")
record LimitProperties(
        @DefaultValue("20") int failedLogins,
        @DefaultValue("600") int logins,
        @DefaultValue("1200") int writesPerMinute,
        @DefaultValue("120000") int eventsPerMinute) {
    static final Duration LOGINS_WITHIN = Duration.ofMinutes(5);

    private static final int MOST = 10_000_000;

    LimitProperties {
        demand("failed-logins", failedLogins);
        demand("logins", logins);
        demand("writes-per-minute", writesPerMinute);
        demand("events-per-minute", eventsPerMinute);
    }

    private static void demand(String key, int value) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(
                    "drawbridge.limits." + key + " is " + value + "; expected a number from 1 to " + MOST + ".");
        }
    }
}
