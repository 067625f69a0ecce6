package io.drawbridge.grant;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All grants. */
public interface Grants {
    Optional<Grant> find(GrantId id);

    Optional<Grant> findByRequest(RequestId request);

    /** The same, of which nothing is needed but its id. */
    Optional<GrantId> idOf(RequestId request);

    /** What the grant claims, which never changes; empty if there is no such grant. */
    Optional<Lease> leaseOf(GrantId id);

    /** The grants of these requests, by request. */
    Map<RequestId, Grant> findByRequests(Collection<RequestId> requests);

    /** The grant, locked until the transaction ends. */
    Optional<Grant> lock(GrantId id);

    /** Those of the grants that nobody else has locked, locked until the transaction ends; waits for nobody. */
    List<Grant> lockFree(Collection<GrantId> ids);

    void add(Grant grant);

    void save(Grant grant);

    /** Saves each of them, by one statement for all. */
    void saveAll(List<Grant> grants);

    /** Living grants of an identity for a permission in an account. */
    List<Grant> findLiving(TenantId tenant, Identity identity, ScopeId account, Entitlement entitlement);

    /** All living grants of a tenant, by id. */
    List<Grant> findLiving(TenantId tenant);

    /**
     * Grants of all tenants whose end came before that moment and that nobody has begun to take back, the latest end first.
     *
     * @param most how many at most
     */
    List<Grant> findUnbegun(Instant endedBefore, int most);

    /**
     * Grants of all tenants that are being taken back, and were already at that moment; those that were begun last first.
     *
     * @param most how many at most
     */
    List<Grant> findRevoking(Instant begunBefore, int most);

    /**
     * Living grants of a tenant that should be gone or on their way by now: those whose end came before that moment, those
     * that were being taken back already then, and all that are overdue.
     */
    List<Grant> findOverdue(TenantId tenant, Instant before);

    /** Living break-glass grants of a person. */
    boolean holdsBrokenGlass(TenantId tenant, PersonId person);

    List<Grant> find(TenantId tenant, Query query);

    /** Claims the object for the grant; claiming again changes nothing. */
    void addLease(Lease lease);

    /** Gives the claim up; giving up again changes nothing. */
    default void endLease(GrantId grant) {
        endLeases(Set.of(grant));
    }

    /** The same for all of them. */
    void endLeases(Collection<GrantId> grants);

    /** Whether the grant still claims its object. */
    boolean isLiving(GrantId grant);

    /** The last end of all that claim the object now; empty if nobody does. */
    default Optional<Instant> lastEnd(Lease lease) {
        return Optional.ofNullable(lastEnds(Set.of(lease.objectKey())).get(lease.objectKey()));
    }

    /** The last end of all that claim each of these objects now; of an object that nobody claims there is nothing. */
    Map<String, Instant> lastEnds(Collection<String> objectKeys);

    /** Whether another grant than this one claims the object. */
    boolean isShared(Lease lease);

    /**
     * Serialises what is done to one cloud object until the transaction ends.
     *
     * <p>Two grants that share an object must not open and close it at the same moment.
     */
    void lockObject(String objectKey);

    /** The same, for the object of a lease. */
    default void lockObject(Lease lease) {
        lockObject(lease.objectKey());
    }

    /** The same for those of the objects that nobody else has locked, which are returned; waits for nobody. */
    Set<String> lockFreeObjects(Collection<String> objectKeys);

    /** Whether a living grant of the tenant is the reason that the object is there, one that is being taken back included. */
    boolean isExplained(TenantId tenant, String objectKey);

    /**
     * Which grants.
     *
     * @param readableAccounts accounts whose grants the caller may read, null for all of the tenant
     * @param reader the caller, who always reads his own
     * @param accounts only in these, null for any
     * @param before only what started before that grant
     */
    record Query(
            @Nullable Set<ScopeId> readableAccounts,
            PersonId reader,
            Set<GrantState> states,
            @Nullable Set<ScopeId> accounts,
            @Nullable PersonId person,
            @Nullable Position before,
            int limit) {}

    /** A place in the list, newest first. */
    record Position(Instant startsAt, String id) {}
}
