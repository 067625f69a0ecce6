package io.drawbridge.intake.aws;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the intake waits for AWS to decode what a message says of a denial.
 *
 * @param timeout longest for one message; from 100ms to 10s
 * @param pause how long nothing is decoded in an account that refused, or for a tenant whose STS did not answer; from 1s
 *     to 1h. What comes meanwhile is taken in with what its record says
 */
@ConfigurationProperties("drawbridge.intake.decode")
record DecodeProperties(@DefaultValue("2s") Duration timeout, @DefaultValue("1m") Duration pause) {
    DecodeProperties {
        QueueProperties.demand("decode.timeout", timeout, Duration.ofMillis(100), Duration.ofSeconds(10));
        QueueProperties.demand("decode.pause", pause, Duration.ofSeconds(1), Duration.ofHours(1));
    }
}
