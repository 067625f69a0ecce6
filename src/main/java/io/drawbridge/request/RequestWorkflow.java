package io.drawbridge.request;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The process that orders what happens to a request; keys, deadlines and outcomes, no data.
 *
 * <p>Every method works in the caller's transaction: what the process does with it is committed together with the change
 * in our own tables, or not at all.
 */
public interface RequestWorkflow {
    /** Starts the process of a request that was just added; it has been judged when the call returns. */
    void start(AccessRequest request);

    /** The requester answered. */
    void answered(AccessRequest request);

    /** An approver, or the policy in his stead, decided. */
    void decided(AccessRequest request);

    void withdrawn(AccessRequest request);

    void reviewed(AccessRequest request);

    /** Those who may take the approval task are other people than before. */
    void approversChanged(AccessRequest request, List<String> people);

    /** The clocks of one request; {@link Clocks#NONE} if it waits for nothing. */
    Clocks clocks(RequestId request);

    /** The clocks of many requests at once; a request that waits for nothing is absent. */
    Map<RequestId, Clocks> clocks(Collection<RequestId> requests);

    /** Those of the requests whose process has not ended. */
    Set<RequestId> running(Collection<RequestId> requests);

    /**
     * Due dates of the process's own timers.
     *
     * @param escalatesAt when the next rung is due, if one is left
     * @param expiresAt when the justification or the decision is due
     */
    record Clocks(@Nullable Instant escalatesAt, @Nullable Instant expiresAt) {
        public static final Clocks NONE = new Clocks(null, null);
    }
}
