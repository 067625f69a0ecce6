package io.drawbridge.grant.aws.exemption;

import io.drawbridge.organization.ScopeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far what is wanted in an account has been written.
 *
 * @param wanted number of the last change
 * @param written everything up to this number is in force
 * @param urgent whether a change that is not written takes access back
 * @param attempts failures in a row
 * @param failure why the last try failed, null if it did not
 * @param failureIsFinal whether no further try of the same is worth it
 */
record AccountWrites(
        ScopeId account,
        long wanted,
        long written,
        boolean urgent,
        int attempts,
        Instant nextAttemptAt,
        @Nullable String failure,
        boolean failureIsFinal) {
    boolean isDirty() {
        return wanted > written;
    }
}
