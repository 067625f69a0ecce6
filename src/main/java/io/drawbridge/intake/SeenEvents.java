package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which denied calls have come before, and the order in which those of one identity are handled. */
public interface SeenEvents {
    /**
     * Which of the events came before, each with the request that it opened or joined then, if any.
     *
     * @param eventIds at most 1,000
     */
    Map<String, Optional<RequestId>> known(TenantId tenant, Collection<String> eventIds);

    /**
     * Writes down what became of events that were not known.
     *
     * @param events at most 1,000, each event once
     * @throws org.springframework.dao.ConcurrencyFailureException if one of them came to somebody else at the same moment;
     *     nothing of the caller's transaction may stand
     */
    void settle(TenantId tenant, Instant now, Collection<Settled> events);

    /**
     * An event and what became of it.
     *
     * @param request the request that it opened or joined, or that stands in its way
     */
    record Settled(String eventId, String outcome, @Nullable RequestId request) {}

    /** Asks the database for nothing; throws if it does not answer. */
    void ping();

    /**
     * Serialises what denied calls of one identity open until the transaction ends.
     *
     * @param identityKey at most 2,400 characters
     */
    void lockIdentity(TenantId tenant, String identityKey);
}
