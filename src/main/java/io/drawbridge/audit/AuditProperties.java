package io.drawbridge.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the audit trail is sealed and signed.
 *
 * @param directory where signed heads are written, outside of the database; without one nothing is signed
 * @param signingKey PEM file with both halves of an Ed25519 key; without one, a key is made in the directory
 * @param trustedKeys PEM files with public keys that signed earlier heads, or those of other nodes
 * @param sealEvery how often records are sealed, at most 1 second
 * @param signEvery how often the end of each chain that grew is signed, at least 1 second
 */
@ConfigurationProperties("drawbridge.audit")
record AuditProperties(
        @Nullable Path directory,
        @Nullable Path signingKey,
        @DefaultValue List<Path> trustedKeys,
        @DefaultValue("PT0.25S") Duration sealEvery,
        @DefaultValue("PT1M") Duration signEvery) {
    AuditProperties {
        trustedKeys = List.copyOf(trustedKeys);
        if (sealEvery.isNegative() || sealEvery.isZero() || sealEvery.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("drawbridge.audit.seal-every: " + sealEvery
                    + " cannot be used; expected more than nothing and at most 1 second.");
        }
        if (signEvery.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "drawbridge.audit.sign-every: " + signEvery + " is too short; expected at least 1 second.");
        }
        if (signingKey != null && directory == null) {
            throw new IllegalArgumentException(
                    "drawbridge.audit.directory: is missing, and drawbridge.audit.signing-key"
                            + " is set; expected the directory that signed heads are written to.");
        }
    }
}
