package io.drawbridge.grant.aws.assignment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How assignments are made and taken back.
 *
 * @param poll pause between two looks at what is to be done, from 100ms to 1m
 * @param maxOutstanding most requests that AWS works at for us at once, 1 to 100
 * @param sessionPolicyLimit longest policy that closes sessions, in characters; AWS Organizations User Guide, "Quotas and
 *     service limits"
 */
@ConfigurationProperties("drawbridge.aws.assignments")
record AssignmentProperties(
        @DefaultValue("500ms") Duration poll,
        @DefaultValue("10") int maxOutstanding,
        @DefaultValue("10240") int sessionPolicyLimit) {
    AssignmentProperties {
        if (poll.compareTo(Duration.ofMillis(100)) < 0 || poll.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.aws.assignments.poll: " + poll + " cannot be used; expected 100ms to 1m.");
        }
        if (maxOutstanding < 1 || maxOutstanding > 100) {
            throw new IllegalArgumentException("drawbridge.aws.assignments.max-outstanding: " + maxOutstanding
                    + " cannot be used; expected 1 to 100.");
        }
        if (sessionPolicyLimit < 1000) {
            throw new IllegalArgumentException("drawbridge.aws.assignments.session-policy-limit: " + sessionPolicyLimit
                    + " cannot be used; expected at least 1000.");
        }
    }
}
