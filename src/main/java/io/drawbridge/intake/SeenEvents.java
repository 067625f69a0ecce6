package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which denied calls have come before, and the order in which those of one identity are handled. */
public interface SeenEvents {
    /**
     * Takes the event for the caller's transaction: of two who take it at once, the second waits for the first.
     *
     * @return whether it is new; it stays new for others if the transaction is rolled back
     */
    boolean take(TenantId tenant, String eventId, Instant now);

    /** Writes down what became of an event that was taken. */
    void settle(TenantId tenant, String eventId, String outcome, @Nullable RequestId request);

    /** The request that an earlier record of the same event opened or joined. */
    Optional<RequestId> requestOf(TenantId tenant, String eventId);

    /**
     * Serialises what denied calls of one identity open until the transaction ends.
     *
     * @param identityKey at most 2,400 characters
     */
    void lockIdentity(TenantId tenant, String identityKey);
}
