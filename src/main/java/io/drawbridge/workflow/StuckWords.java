package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import org.jspecify.annotations.Nullable;

/** What operations read in Cockpit about a stuck job: what happened, what it means, and what to do. Keys only. */
final class StuckWords {
    /** The engine's column takes 4,000 characters. */
    private static final int LONGEST_CAUSE = 3000;

    private StuckWords() {}

    /** Of a revocation, or of the end itself: access may be on that nobody may have any more. */
    static String ofRevocation(Grant grant, String step, @Nullable String cause) {
        return "Access may still be on: grant \"" + grant.id() + "\" had to be gone at " + grant.overAt() + ". \""
                + step
                + "\" failed: " + sentence(cause)
                + " It is tried again by itself every few seconds, for as long as it takes. See that the cloud answers and"
                + " that Drawbridge may change it, then press Retry here to try at once.";
    }

    /** Of what comes before a grant's end, such as a notice or the opening: the end is not touched by it. */
    static String ofGrant(Grant grant, String step, @Nullable String cause) {
        return "\"" + step + "\" of grant \"" + grant.id() + "\" failed: " + sentence(cause) + " The access ends at "
                + grant.endsAt() + " all the same. Mend what is named, then press Retry here.";
    }

    /** Of a request that has no access. */
    static String ofRequest(String request, String step, @Nullable String cause) {
        return "\"" + step + "\" of request \"" + request + "\" failed: " + sentence(cause)
                + " Nobody has access by this request; it does not go on. Mend what is named, then press Retry here.";
    }

    private static String sentence(@Nullable String cause) {
        if (cause == null || cause.isBlank()) {
            return "the engine kept no reason; see the log of that moment.";
        }
        String text = cause.strip();
        text = text.length() <= LONGEST_CAUSE ? text : text.substring(0, LONGEST_CAUSE) + "…";
        return text.matches("(?s).*[.!?…]") ? text : text + ".";
    }
}
