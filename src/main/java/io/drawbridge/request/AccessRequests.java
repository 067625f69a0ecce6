package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.Judgement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All requests. */
public interface AccessRequests {

    Optional<AccessRequest> find(RequestId id);

    /**
     * The request, locked until the transaction ends: of two who want to move it, the second waits for the first and then
     * sees what it did.
     */
    Optional<AccessRequest> lock(RequestId id);

    /** The open request for the same identity, account and permission. */
    Optional<RequestId> findOpen(String openKey);

    /**
     * Adds a new request.
     *
     * @throws DuplicateOpenRequestException if somebody else added the same ask meanwhile; the transaction is lost
     */
    void add(AccessRequest request);

    void save(AccessRequest request);

    /** Deletes requests with their messages, rungs and judgements; whoever calls it has seen to what names them. */
    void remove(Collection<RequestId> ids);

    /** The newest request for the same identity, account and permission that is no longer open. */
    Optional<AccessRequest> findLatestFinal(TenantId tenant, Identity identity, ScopeId account, String permission);

    /** How many requests denied calls of this identity opened since that moment. */
    int countOpenedByEvents(TenantId tenant, Identity identity, Instant since);

    /** Requests in these accounts that are with their approvers. */
    List<RequestId> findPendingIn(TenantId tenant, Collection<ScopeId> accounts);

    /** Requests of a person whose break-glass review is not done. */
    List<AccessRequest> findUnreviewed(TenantId tenant, PersonId requester);

    List<AccessRequest> find(TenantId tenant, Query query);

    List<Rung> rungs(RequestId id);

    /** The rungs of many requests; a request that asked nobody is missing. */
    Map<RequestId, List<Rung>> rungs(Collection<RequestId> ids);

    void addRung(RequestId id, Rung rung);

    void replacePeople(RequestId id, int level, List<PersonId> people);

    List<Message> messages(RequestId id);

    void addMessage(RequestId id, Message message);

    /** Keeps what a judgement was made from. */
    void addJudgement(AccessRequest request, Occasion occasion, Judgement judgement, Instant at);

    /** Serialises what a person does with broken glass until the transaction ends. */
    void lockPerson(PersonId person);

    /** When the policy was asked. */
    enum Occasion {
        ARRIVAL,
        JUSTIFIED,
        DECISION
    }

    /**
     * Which requests.
     *
     * @param readableAccounts accounts whose requests the caller may read, null for all of the tenant
     * @param reader the caller, who always reads his own
     * @param text searched for in permission, account, requester, identity, justification and id, whatever the case
     * @param narrowing what else they have in common
     * @param before only what was created before that request
     * @param limit at most this many
     */
    record Query(
            @Nullable Set<ScopeId> readableAccounts,
            PersonId reader,
            Set<RequestStatus> statuses,
            @Nullable String account,
            @Nullable PersonId requester,
            @Nullable String text,
            Narrowing narrowing,
            @Nullable Position before,
            int limit) {}

    /**
     * What requests of a list have in common; null for what does not matter.
     *
     * @param service of the permission that is asked for
     * @param asked somebody with whom they are: asked to decide, and not decided yet
     */
    record Narrowing(@Nullable String service, @Nullable PersonId asked) {
        public static final Narrowing NONE = new Narrowing(null, null);
    }

    /** A place in the list, newest first. */
    record Position(Instant createdAt, String id) {}

    /**
     * Approvers of one scope who were asked.
     *
     * @param level counts from 0
     * @param people who was notified, or joined since
     */
    record Rung(int level, ScopeId scope, List<PersonId> people, Instant notifiedAt) {
        public Rung {
            people = List.copyOf(people);
        }
    }

    /** A message on a request. */
    record Message(String id, PersonId author, Instant writtenAt, String body) {}

    /** Two transactions opened the same request; the one that gets this has to start anew and will find the other's. */
    final class DuplicateOpenRequestException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public DuplicateOpenRequestException(String openKey, Throwable cause) {
            super("Another request for \"" + openKey + "\" was opened at the same moment.", cause);
        }
    }
}
