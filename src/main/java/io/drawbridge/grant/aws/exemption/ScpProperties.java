package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.scp.DocumentLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How service control policies are written.
 *
 * @param maxCharacters longest document that AWS takes, white space included
 * @param maxPolicies most policies that Drawbridge may have in the organization
 * @param maxPoliciesPerTarget most policies attached to one account
 * @param reservedPolicies how many of these are not ours, such as {@code FullAWSAccess}
 * @param settle how long after AWS has shown a document as written it counts as in force everywhere
 * @param poll how often changes are gathered into a write, from 50ms to 1m
 * @param look how often what the controls close is compared with what was written, from 1s to 24h
 * @param onForeignChange what is done when somebody else changed a document
 */
@ConfigurationProperties("drawbridge.aws.scp")
record ScpProperties(
        @DefaultValue("10240") int maxCharacters,
        @DefaultValue("10") int maxPoliciesPerTarget,
        @DefaultValue("2") int reservedPolicies,
        @DefaultValue("9000") int maxPolicies,
        @DefaultValue("3s") Duration settle,
        @DefaultValue("PT0.25S") Duration poll,
        @DefaultValue("1m") Duration look,
        @DefaultValue("REPORT") OnForeignChange onForeignChange) {

    /** What is done when somebody else changed, detached or deleted one of our documents. */
    enum OnForeignChange {
        /** Nothing is written over it until an administrator chooses. */
        REPORT,
        /** It is written anew at once, and reported all the same. */
        RESTORE
    }

    ScpProperties {
        if (maxCharacters < 1_000 || maxPoliciesPerTarget - reservedPolicies < 1 || maxPolicies < 1) {
            throw new IllegalArgumentException("drawbridge.aws.scp: max-characters has to be at least 1000, and"
                    + " max-policies-per-target above reserved-policies; found " + maxCharacters + ", "
                    + maxPoliciesPerTarget + " and " + reservedPolicies + ".");
        }
        if (settle.isNegative() || settle.compareTo(Duration.ofMinutes(4)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.aws.scp.settle: " + settle + " cannot be used; expected 0s to 4m.");
        }
        demand("poll", poll, Duration.ofMillis(50), Duration.ofMinutes(1));
        demand("look", look, Duration.ofSeconds(1), Duration.ofHours(24));
    }

    private static void demand(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.aws.scp." + key + ": " + value + " cannot be used; expected "
                    + least + " to " + most + ".");
        }
    }

    /** The room of one account; a quarter of each document is left free at first, so that leases fit without moving. */
    DocumentLimits limits() {
        return new DocumentLimits(maxCharacters, maxPoliciesPerTarget - reservedPolicies, maxCharacters / 4);
    }
}
