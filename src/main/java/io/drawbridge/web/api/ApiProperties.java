package io.drawbridge.web.api;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of what the API takes.
 *
 * @param maxBody longest body of a call, inclusive
 * @param maxEventBody longest body that hands in events, inclusive; a log file of CloudTrail may be long
 */
@ConfigurationProperties("drawbridge.api")
record ApiProperties(@DefaultValue("1MB") DataSize maxBody, @DefaultValue("10MB") DataSize maxEventBody) {
    ApiProperties {
        demand("max-body", maxBody);
        demand("max-event-body", maxEventBody);
    }

    private static void demand(String key, DataSize size) {
        if (size.toBytes() < 1024 || size.toBytes() > 256L * 1024 * 1024) {
            throw new IllegalArgumentException(
                    "drawbridge.api." + key + " is " + size + "; expected a size from 1KB to 256MB.");
        }
    }
}
