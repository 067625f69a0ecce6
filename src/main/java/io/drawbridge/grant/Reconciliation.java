package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;

/**
 * What one sweep found and did.
 *
 * @param compared whether the cloud could be asked for everything; if not, only what is overdue was taken back
 * @param takenBack grants past their end whose access is gone now
 * @param stillOn grants past their end that could not yet be taken back; they are tried again
 * @param missing active grants that the cloud was found not to hold, by this sweep
 * @param foundAgain grants that were missing and are there again
 * @param unexplained objects of ours that no living grant explains, those that are kept by choice left out
 * @param removed how many of these are gone now
 * @param heldBack how many are not removed because they are too many
 * @param foreign findings that are new and not ours
 * @param failures what could not be done, one sentence each; for the log
 */
public record Reconciliation(
        TenantId tenant,
        Instant at,
        boolean compared,
        int takenBack,
        int stillOn,
        int missing,
        int foundAgain,
        int unexplained,
        int removed,
        int heldBack,
        int foreign,
        List<String> failures) {
    public Reconciliation {
        failures = List.copyOf(failures);
    }
}
