package io.drawbridge.identity;

import java.time.Instant;

/**
 * Rows that are kept for a time after they were done with, and no longer.
 *
 * <p>Whoever owns the rows says which of them are done with: nothing that anybody still waits for, and nothing that another
 * kept row names.
 */
public interface Retained {
    /** What is kept, as its retention is configured. */
    Kind kind();

    /**
     * Deletes what was done with before that moment, the oldest first, in one transaction; audit records are never among it.
     *
     * @param most rows that count, such as requests; what belongs to them goes with them
     * @return how many went; none if there was nothing that could go. What went may have been named by another row, which
     *     can go now: so whoever wants all of it gone asks until none goes
     */
    int forget(TenantId tenant, Instant before, int most);

    /** What may be kept for a time of its own. */
    enum Kind {
        /** Requests that are final, with all that belongs to them: messages, judgements, rungs, a closed grant. */
        REQUESTS,
        /** Notices that were delivered, or given up. */
        NOTICES,
        /** Which events came in, and what was told lately. */
        EVENTS,
        /** Records that could not be handled. */
        DEAD_LETTERS,
        /** Findings of the reconciliation that are settled. */
        DRIFT
    }
}
