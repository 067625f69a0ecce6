package io.drawbridge.intake;

import io.drawbridge.request.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record, and why.
 *
 * @param request the request that it opened or joined, or that stands in its way
 * @param reason a sentence for people
 */
record Verdict(RecordOutcome outcome, @Nullable RequestId request, String reason) {
    static Verdict of(RecordOutcome outcome, String reason) {
        return new Verdict(outcome, null, reason);
    }
}
