package io.drawbridge.grant;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.AccountsClosed;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Decision;
import io.drawbridge.request.Identity;
import io.drawbridge.request.LivingGrants;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens grants from approved requests, and takes them back.
 *
 * <p>The intent is committed before the cloud is called, every step may be taken again, and nothing is called done before
 * the cloud has confirmed it.
 */
@Service
public class GrantDesk implements LivingGrants {
    /** Grants shorter than this get no warning before their end. */
    private static final Duration WORTH_A_WARNING = Duration.ofMinutes(30);

    private static final Duration WARNING = Duration.ofMinutes(10);

    /** A revocation that the cloud has not confirmed for so long is overdue, unless the cloud's quotas explain it. */
    public static final Duration OVERDUE = Duration.ofMinutes(5);

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final int LONGEST_REASON = 2000;
    private static final int MOST_AT_ONCE = 10_000;

    private final Grants grants;
    private final AccessRequests requests;
    private final Cloud cloud;
    private final GrantWorkflow workflow;
    private final GrantNotices notices;
    private final People people;
    private final Scopes scopes;
    private final Controls controls;
    private final Assignments assignments;
    private final Reach reach;
    private final AuditTrail trail;
    private final TransactionTemplate apart;
    private final Clock clock;

    GrantDesk(
            Grants grants,
            AccessRequests requests,
            Cloud cloud,
            GrantWorkflow workflow,
            GrantNotices notices,
            People people,
            Scopes scopes,
            Controls controls,
            Assignments assignments,
            Reach reach,
            AuditTrail trail,
            org.springframework.transaction.PlatformTransactionManager transactions,
            Clock clock) {
        this.grants = grants;
        this.requests = requests;
        this.cloud = cloud;
        this.workflow = workflow;
        this.notices = notices;
        this.people = people;
        this.scopes = scopes;
        this.controls = controls;
        this.assignments = assignments;
        this.reach = reach;
        this.trail = trail;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(Propagation.REQUIRES_NEW.value());
        this.clock = clock;
    }

    /**
     * Writes down intent and end of the grant of an approved request; asking again returns the same grant.
     *
     * @throws GrantStateException if our own table does not say that the request is {@code APPROVED}
     */
    @Transactional
    public Grant open(RequestId id) {
        AccessRequest request = requests.lock(id)
                .orElseThrow(() -> new GrantStateException("There is no request " + id + "; no grant opens from it."));
        Optional<Grant> already = grants.findByRequest(id);
        if (already.isPresent()) {
            return already.get();
        }
        if (request.status() != RequestStatus.APPROVED) {
            throw new GrantStateException(
                    "No grant opens from request " + id + ": it is " + request.status() + ", not APPROVED.");
        }
        Decision decision = request.decision().orElseThrow();
        Opening opening = opening(request.tenant(), request.account(), request.entitlement());
        Grant grant = Grant.opened(
                request.tenant(),
                id,
                request.requester(),
                request.identity(),
                request.account(),
                request.entitlement(),
                decision.at(),
                request.grantedDuration().orElseThrow().endFrom(decision.at()),
                request.reviewDueAt().isPresent(),
                opening.way(),
                opening.opens(),
                clock.instant());
        grants.add(grant);
        grants.addLease(grant.lease());
        record(
                grant,
                AuditTrail.DRAWBRIDGE,
                "grant.opened",
                Map.of(
                        "endsAt", grant.endsAt().toString(),
                        "way", grant.way().word(),
                        "opens", grant.opens().toString()));
        return grant;
    }

    /** When the requester is warned of the end; far away for a grant too short for a warning. */
    public Instant warnAt(Grant grant) {
        boolean worthIt = Duration.between(grant.startsAt(), grant.endsAt()).compareTo(WORTH_A_WARNING) >= 0;
        return worthIt ? grant.endsAt().minus(WARNING) : AccessDuration.FOREVER_END;
    }

    /**
     * Asks the cloud for the access.
     *
     * @return false if it was tried often enough: the grant has to be given up, and what may be there taken back
     * @throws CloudException if the cloud did not take it and it is worth another try
     */
    @Transactional
    public boolean provision(GrantId id) {
        Lease lease = leaseOf(id);
        grants.lockObject(lease);
        // NB. The state is read after the object is locked: a revocation holds that lock, so whatever it took back
        // cannot be opened again by a call that was already under way.
        Grant grant = living(id);
        if (grant.state() != GrantState.PROVISIONING
                || !grants.isLiving(id)
                || !clock.instant().isBefore(grant.endsAt())) {
            return true;
        }
        if (isClosed(grant)) {
            return !failedAgain(id, new CloudException.Impossible("The account was closed."));
        }
        try {
            // NB. Until the last end of all who claim the object: a shorter claim must not cut a longer one.
            cloud.open(lease.until(grants.lastEnd(lease).orElse(lease.endsAt())));
            return true;
        } catch (CloudException.Throttled busy) {
            throw busy;
        } catch (CloudException failed) {
            if (failedAgain(id, failed)) {
                return false;
            }
            throw failed;
        }
    }

    /**
     * The cloud took the call and yet nothing is there: asks anew.
     *
     * @return false if it was tried often enough, as {@link #provision} does
     */
    @Transactional
    public boolean provisionAgain(GrantId id) {
        return !failedAgain(id, new CloudException("The cloud took the call, and nothing is there.")) && provision(id);
    }

    /**
     * Asks the cloud whether the access is there, and if so makes the grant {@code ACTIVE}.
     *
     * @return whether it is active, or why not
     * @throws CloudException if the cloud cannot be asked
     */
    @Transactional
    public Confirmation confirmAccess(GrantId id) {
        Cloud.Presence presence;
        try {
            presence = cloud.presenceOf(leaseOf(id));
        } catch (CloudException.Refused refused) {
            if (living(id).state() != GrantState.PROVISIONING) {
                return Confirmation.CONFIRMED;
            }
            return !failedAgain(id, refused) && provision(id) ? Confirmation.WAITING : Confirmation.GIVEN_UP;
        }
        // NB. The grant is locked only to be changed: whoever has to ask anew counts that in a transaction of its own,
        // which would wait for a lock held here for ever.
        Grant grant = presence == Cloud.Presence.PRESENT ? lockedGrant(id) : living(id);
        if (grant.state() != GrantState.PROVISIONING) {
            return Confirmation.CONFIRMED;
        }
        return switch (presence) {
            case PRESENT -> {
                grant.activate(clock.instant());
                grants.save(grant);
                record(
                        grant,
                        AuditTrail.DRAWBRIDGE,
                        "grant.active",
                        Map.of("cloud", cloud.name(), "cloudRequests", requestIds(grant.lease())));
                yield Confirmation.CONFIRMED;
            }
            case CHANGING -> Confirmation.WAITING;
            case ABSENT -> Confirmation.MISSING;
        };
    }

    /** What the cloud said when it was asked whether something is done. */
    public enum Confirmation {
        CONFIRMED,
        /** It is done, and somebody else had it confirmed before: whoever did tells of it. */
        ALREADY,
        WAITING,
        /** Nothing is under way and it is not done: the cloud has to be asked for it anew. */
        MISSING,
        /** It was tried often enough, or can never be: the grant has to be given up. */
        GIVEN_UP
    }

    /**
     * The cloud does not hold what an active grant opened: it is marked, told to its requester and to administrators, and
     * never given back. Called again it changes nothing.
     *
     * @return whether that was news
     */
    @Transactional
    public boolean foundMissing(GrantId id) {
        Grant grant = lockedGrant(id);
        if (grant.state() != GrantState.ACTIVE || grant.missingSince().isPresent()) {
            return false;
        }
        grant.foundMissing(clock.instant());
        grants.save(grant);
        record(grant, AuditTrail.DRAWBRIDGE, "grant.missing", Map.of("cloud", cloud.name()));
        Set<PersonId> told = new LinkedHashSet<>(Set.of(grant.person()));
        people.of(grant.tenant(), Role.ADMINISTRATOR).stream().map(Person::id).forEach(told::add);
        notices.missing(grant, request(grant), told);
        return true;
    }

    /**
     * What was missing is there again. Called again it changes nothing.
     *
     * @return whether that was news
     */
    @Transactional
    public boolean foundAgain(GrantId id) {
        Grant grant = lockedGrant(id);
        if (!grant.state().isLiving() || grant.missingSince().isEmpty()) {
            return false;
        }
        Instant since = grant.missingSince().get();
        grant.foundAgain();
        grants.save(grant);
        record(grant, AuditTrail.DRAWBRIDGE, "grant.found_again", Map.of("missingSince", since.toString()));
        return true;
    }

    /** The access ends: from here on it is being taken back. Called again it changes nothing. */
    @Transactional
    public void beginRevocation(GrantId id) {
        Grant grant = lockedGrant(id);
        if (grant.state().isOpen()) {
            grant.revoke(clock.instant());
            grants.save(grant);
            trail.recordAll(List.of(revoking(grant)));
        }
    }

    static AuditTrail.Entry revoking(Grant grant) {
        return entry(
                grant,
                grant.endedBy().orElse(AuditTrail.DRAWBRIDGE),
                "grant.revoking",
                Map.of(
                        "endsAt",
                        grant.endsAt().toString(),
                        "reason",
                        grant.endReason().orElse("its end came")));
    }

    /**
     * Gives up the grant's lease, and asks the cloud to close the object unless another grant holds it.
     *
     * @throws CloudException if the cloud did not take it; it has to be asked again, for as long as it takes
     */
    @Transactional
    public void revoke(GrantId id) {
        Lease lease = leaseOf(id);
        grants.lockObject(lease);
        if (!living(id).state().isLiving()) {
            // The cloud has confirmed to somebody else meanwhile that it is gone, and nothing opens it again.
            return;
        }
        grants.endLease(id);
        Optional<Instant> othersEnd = grants.lastEnd(lease);
        if (othersEnd.isEmpty()) {
            cloud.close(lease);
        } else if (othersEnd.get().isBefore(lease.endsAt())) {
            // The object stays for the others, and no longer than for them.
            cloud.shorten(lease.until(othersEnd.get()));
        }
    }

    /**
     * Asks the cloud whether the access is gone, and if so ends the grant. An object that another grant holds stays.
     *
     * @throws CloudException if the cloud cannot be asked
     */
    @Transactional
    public Confirmation confirmRemoval(GrantId id) {
        Lease lease = leaseOf(id);
        grants.lockObject(lease);
        boolean shared = grants.isShared(lease);
        Cloud.Presence presence = shared ? Cloud.Presence.ABSENT : cloud.presenceOf(lease);
        Grant grant = lockedGrant(id);
        if (!grant.state().isLiving()) {
            return Confirmation.ALREADY;
        }
        return switch (presence) {
            case ABSENT -> {
                Instant gone = clock.instant();
                grant.removed(
                        gone, shared ? null : cloud.sessionsUntil(lease, gone).orElse(null));
                grants.save(grant);
                trail.recordAll(List.of(removed(grant, shared, shared ? List.of() : requestIds(lease))));
                yield Confirmation.CONFIRMED;
            }
            case CHANGING -> Confirmation.WAITING;
            case PRESENT -> Confirmation.MISSING;
        };
    }

    private List<String> requestIds(Lease lease) {
        return cloud.requestIds(lease.tenant(), lease.objectKey());
    }

    static AuditTrail.Entry removed(Grant grant, boolean shared, List<String> cloudRequests) {
        return entry(
                grant,
                AuditTrail.DRAWBRIDGE,
                grant.state() == GrantState.REVOKED ? "grant.revoked" : "grant.provision_failed",
                Map.of(
                        "sharedWithAnotherGrant",
                        shared,
                        "cloudRequests",
                        cloudRequests,
                        "endsAt",
                        grant.endsAt().toString()));
    }

    /**
     * Whether the access is being taken back for longer than that may last, although the cloud has taken the call each time;
     * what waits before us there is given its time.
     */
    @Transactional(readOnly = true)
    public boolean isUnconfirmedForLong(GrantId id) {
        Grant grant = living(id);
        if (grant.state() != GrantState.REVOKING && grant.state() != GrantState.REVOKE_OVERDUE) {
            return false;
        }
        Duration since = Duration.between(revokingSince(grant), clock.instant());
        return since.compareTo(OVERDUE) > 0
                && since.compareTo(OVERDUE.plus(
                                cloud.ending(leaseOf(id)).lateness().multipliedBy(2)))
                        > 0;
    }

    /**
     * A cloud that takes the call and never gets done must not go unnoticed: fails as it does where the cloud refuses.
     *
     * @throws CloudException if the removal is {@link #isUnconfirmedForLong unconfirmed for long}
     */
    @Transactional(readOnly = true)
    public void demandConfirmation(GrantId id) {
        if (isUnconfirmedForLong(id)) {
            throw new CloudException("The cloud has not confirmed since " + revokingSince(living(id))
                    + " that the access is gone; it is asked on.");
        }
    }

    private static Instant revokingSince(Grant grant) {
        return grant.revokingAt().orElse(grant.stateSince());
    }

    /**
     * Asks the cloud anew for a removal that is {@link #isUnconfirmedForLong unconfirmed for long}, unless it works at it;
     * else does nothing. In a transaction of its own, before anything is locked: whoever asked fails afterwards.
     */
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void insist(GrantId id) {
        if (isUnconfirmedForLong(id) && cloud.presenceOf(leaseOf(id)) == Cloud.Presence.PRESENT) {
            revoke(id);
        }
    }

    /** How long to wait before the cloud is asked again: a tenth of what waits before us there, 1 to 30 seconds. */
    @Transactional(readOnly = true)
    public Duration askAgainAfter(GrantId id) {
        Duration wait = cloud.ending(leaseOf(id)).lateness().dividedBy(10).truncatedTo(ChronoUnit.SECONDS);
        return wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    /**
     * The revocation has failed so often that people have to know; it goes on being tried. The same holds if it
     * could not even begin when the end came. Before that, a grant that is on stays as it is.
     */
    @Transactional
    public void revocationOverdue(GrantId id, String why) {
        if (!clock.instant().isBefore(living(id).endsAt())) {
            beginRevocation(id);
        }
        Grant grant = lockedGrant(id);
        if (!grant.state().mayStillBeOn()) {
            return;
        }
        boolean news = grant.state() != GrantState.REVOKE_OVERDUE;
        grant.revocationOverdue(shortened(why), clock.instant());
        grants.save(grant);
        if (news) {
            record(grant, AuditTrail.DRAWBRIDGE, "grant.revoke_overdue", Map.of("failure", shortened(why)));
            notices.revocationOverdue(grant, request(grant), watchersOf(grant));
        }
    }

    /**
     * Tells the requester that access is on, and until when.
     *
     * @return the grant, with the end that was told
     */
    @Transactional
    public Grant tellActive(GrantId id) {
        Grant grant = lockedGrant(id);
        if (grant.state() == GrantState.ACTIVE) {
            notices.active(grant, request(grant));
        }
        return grant;
    }

    /** Tells the requester that access ends soon. */
    @Transactional
    public void tellExpiringSoon(GrantId id) {
        Grant grant = lockedGrant(id);
        if (grant.state() == GrantState.ACTIVE) {
            notices.expiringSoon(grant, request(grant));
        }
    }

    /** Tells the requester that access is gone, or that there was none. */
    @Transactional
    public void tellEnded(GrantId id) {
        Grant grant = lockedGrant(id);
        if (grant.state() == GrantState.PROVISION_FAILED) {
            notices.provisioningFailed(grant, request(grant));
        } else {
            notices.revoked(grant, request(grant));
        }
    }

    /**
     * Ends a grant now: for its requester, an approver of the account, or an administrator.
     *
     * @return the grant; it is being taken back when this returns, and revoked when the cloud has confirmed it
     * @throws NotFoundException if the caller may not know of it
     * @throws ForbiddenException if he may not end it
     * @throws GrantStateException if it is already ending or has ended
     */
    @Transactional
    public Grant endEarly(Caller caller, GrantId id) {
        Grant grant = grants.lock(id)
                .filter(found -> mayRead(caller, found))
                .orElseThrow(() -> new NotFoundException("grant", id.value()));
        if (!mayEnd(caller, grant)) {
            String reason = "Only the requester, an approver of account " + grant.account()
                    + " or an administrator may end grant " + id + ".";
            trail.recordRefusal(
                    grant.tenant(),
                    caller.id().value(),
                    "grant.refused",
                    grant.request().value(),
                    Map.of("grant", id.value(), "deed", "end", "reason", reason));
            throw new ForbiddenException(reason);
        }
        end(caller.id().value(), grant, "ended early by " + caller.id());
        return grants.find(id).orElseThrow();
    }

    /**
     * Ends every living grant that matches, in one action.
     *
     * @param person only grants of this person, null for anybody's
     * @param scope only grants in this scope and below, null for anywhere
     * @param all has to be true if neither is given
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException without a reason, or without anything to match
     */
    @Transactional
    public List<Grant> endAll(
            Caller caller, @Nullable PersonId person, @Nullable ScopeId scope, boolean all, @Nullable String reason) {
        String why = reasonToEndAll(caller, person, scope, all, reason);
        List<Grant> matching = matching(caller, person, scope);
        List<Grant> ended = new ArrayList<>();
        for (Grant match : matching) {
            Optional<Grant> locked =
                    grants.lock(match.id()).filter(grant -> grant.state().isOpen());
            if (locked.isPresent()) {
                end(caller.id().value(), locked.get(), why);
                ended.add(grants.find(match.id()).orElseThrow());
            }
        }
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "grants.revoked_together",
                caller.tenant().value(),
                Map.of(
                        "person",
                        person == null ? "" : person.value(),
                        "scope",
                        scope == null ? "" : scope.value(),
                        "all",
                        all,
                        "reason",
                        why,
                        "grants",
                        ended.size()));
        return ended;
    }

    /**
     * The grants that {@link #endAll} would end if it were called now; nothing changes.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException where {@link #endAll} would throw it
     */
    @Transactional(readOnly = true)
    public List<Grant> wouldEnd(
            Caller caller, @Nullable PersonId person, @Nullable ScopeId scope, boolean all, @Nullable String reason) {
        reasonToEndAll(caller, person, scope, all, reason);
        return matching(caller, person, scope);
    }

    /** The reason, if the caller may end many at once and has said which and why. */
    private String reasonToEndAll(
            Caller caller, @Nullable PersonId person, @Nullable ScopeId scope, boolean all, @Nullable String reason) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may revoke many grants at once.");
        }
        Map<String, String> wrong = new LinkedHashMap<>();
        if (reason == null || reason.isBlank() || reason.length() > LONGEST_REASON) {
            wrong.put("reason", "must have 1 to " + LONGEST_REASON + " characters, not blank.");
        }
        if (person == null && scope == null && !all) {
            wrong.put("all", "give a person, a scope, or all: true.");
        }
        if (person != null
                && people.find(person)
                        .filter(known -> known.tenant().equals(caller.tenant()))
                        .isEmpty()) {
            wrong.put("person", "is not a person of this organisation.");
        }
        if (scope != null && scopes.find(caller.tenant(), scope).isEmpty()) {
            wrong.put("scope", "is not a scope of this organisation.");
        }
        if (!wrong.isEmpty() || reason == null) {
            throw new InvalidInputException(wrong);
        }
        return reason.strip();
    }

    private List<Grant> matching(Caller caller, @Nullable PersonId person, @Nullable ScopeId scope) {
        Set<ScopeId> accounts = scope == null ? null : scopes.subtree(caller.tenant(), scope);
        return grants.find(
                caller.tenant(),
                new Grants.Query(
                        null,
                        caller.id(),
                        Set.of(GrantState.PROVISIONING, GrantState.ACTIVE),
                        accounts,
                        person,
                        null,
                        MOST_AT_ONCE));
    }

    /** Whatever is open in an account that was closed, or is about to be, ends. Doing it again changes nothing. */
    @EventListener
    @Transactional
    public void endIn(AccountsClosed closed) {
        for (Grant each : grants.findLiving(closed.tenant())) {
            if (closed.accounts().contains(each.account())) {
                grants.lock(each.id())
                        .filter(grant -> grant.state().isOpen())
                        .ifPresent(grant -> end(AuditTrail.DRAWBRIDGE, grant, "the account was closed"));
            }
        }
    }

    /**
     * One grant.
     *
     * @throws NotFoundException if there is none, or none that the caller may read
     */
    @Transactional(readOnly = true)
    public Grant read(Caller caller, GrantId id) {
        return grants.find(id)
                .filter(grant -> mayRead(caller, grant))
                .orElseThrow(() -> new NotFoundException("grant", id.value()));
    }

    /** Grants that the caller may read, newest first. */
    @Transactional(readOnly = true)
    public List<Grant> list(
            Caller caller,
            Set<GrantState> states,
            @Nullable ScopeId account,
            @Nullable PersonId person,
            Grants.@Nullable Position before,
            int limit) {
        if (!caller.has(Role.REQUESTER) && !caller.isAdministrator()) {
            throw new ForbiddenException("A service that hands in events has no grants to read.");
        }
        return grants.find(
                caller.tenant(),
                new Grants.Query(
                        caller.isAdministrator() ? null : reach.readable(caller),
                        caller.id(),
                        states,
                        account == null ? null : Set.of(account),
                        person,
                        before,
                        limit));
    }

    /** Those of the grants, all of his tenant, that the caller may end now. */
    @Transactional(readOnly = true)
    public Set<GrantId> endable(Caller caller, Collection<Grant> found) {
        Set<ScopeId> approved = caller.isAdministrator() ? Set.of() : reach.approved(caller.tenant(), caller.id());
        return found.stream()
                .filter(grant -> grant.state().isOpen())
                .filter(grant -> caller.isAdministrator()
                        || caller.id().equals(grant.person())
                        || approved.contains(grant.account()))
                .map(Grant::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    @Transactional(readOnly = true)
    public boolean holdsBrokenGlass(TenantId tenant, PersonId person) {
        return grants.holdsBrokenGlass(tenant, person);
    }

    @Override
    @Transactional(readOnly = true)
    public Ending ending(TenantId tenant, ScopeId account, Identity identity, Entitlement entitlement) {
        Opening opening = opening(tenant, account, entitlement);
        Cloud.Ending ending = cloud.ending(new Lease(
                GrantId.random(),
                tenant,
                account,
                identity,
                opening.opens(),
                opening.way(),
                AccessDuration.FOREVER_END));
        return new Ending(ending.byItself(), ending.lateness());
    }

    /** How the access of this grant ends, or would. */
    @Transactional(readOnly = true)
    public Ending ending(Grant grant) {
        Cloud.Ending ending = cloud.ending(grant.lease());
        return new Ending(ending.byItself(), ending.lateness());
    }

    private Opening opening(TenantId tenant, ScopeId account, Entitlement entitlement) {
        if (entitlement instanceof PermissionSetName) {
            return new Opening(Way.ACCOUNT_ASSIGNMENT, entitlement);
        }
        return scopes.path(tenant, account)
                .map(path -> controls.effective(tenant, path, entitlement.service()))
                .map(control -> new Opening(control.way(), control.opens(entitlement)))
                .orElse(new Opening(Way.SCP_EXEMPTION, entitlement));
    }

    /** What is opened in the cloud for an entitlement, and how. */
    private record Opening(Way way, Entitlement opens) {}

    private boolean isClosed(Grant grant) {
        return scopes.find(grant.tenant(), grant.account())
                .filter(Scope::closed)
                .isPresent();
    }

    private void end(String actor, Grant grant, String reason) {
        grant.endEarly(actor, reason);
        grants.save(grant);
        record(grant, actor, "grant.ended_early", Map.of("reason", reason));
        if (workflow.isUnderWay(grant)) {
            workflow.endedEarly(grant);
        } else {
            // Without its process nobody else begins; the reconciliation takes it from here.
            beginRevocation(grant.id());
        }
    }

    /** Counts the failure, whatever becomes of the caller's transaction; true if it was one too many. */
    private boolean failedAgain(GrantId id, CloudException failed) {
        Boolean givenUp = apart.execute(transaction -> {
            Grant grant = lockedGrant(id);
            String why = shortened(String.valueOf(failed.getMessage()));
            if (failed instanceof CloudException.Impossible) {
                grant.provisioningImpossible(why);
            } else {
                grant.provisioningFailed(why);
            }
            grants.save(grant);
            record(
                    grant,
                    AuditTrail.DRAWBRIDGE,
                    "grant.provisioning_attempt_failed",
                    Map.of(
                            "attempt",
                            grant.attempts(),
                            "failure",
                            grant.failure().orElse("")));
            return grant.isGivenUp();
        });
        return !Boolean.FALSE.equals(givenUp);
    }

    private boolean mayRead(Caller caller, Grant grant) {
        if (!caller.tenant().equals(grant.tenant())) {
            return false;
        }
        if (caller.id().equals(grant.person()) || caller.isAdministrator()) {
            return true;
        }
        Optional<ScopePath> path = scopes.path(grant.tenant(), grant.account());
        return path.isPresent() && reach.reads(caller, path.get());
    }

    private boolean mayEnd(Caller caller, Grant grant) {
        if (caller.id().equals(grant.person()) || caller.isAdministrator()) {
            return true;
        }
        Optional<ScopePath> path = scopes.path(grant.tenant(), grant.account());
        return path.isPresent() && reach.isApprover(grant.tenant(), caller.id(), path.get());
    }

    private Set<PersonId> watchersOf(Grant grant) {
        Set<PersonId> watchers = new LinkedHashSet<>();
        watchers.add(grant.person());
        scopes.path(grant.tenant(), grant.account()).ifPresent(path -> assignments
                .approversAt(grant.tenant(), path.ids())
                .values()
                .forEach(watchers::addAll));
        people.of(grant.tenant(), Role.ADMINISTRATOR).stream().map(Person::id).forEach(watchers::add);
        people.of(grant.tenant(), Role.OPERATIONS).stream().map(Person::id).forEach(watchers::add);
        return watchers;
    }

    private AccessRequest request(Grant grant) {
        return requests.find(grant.request()).orElseThrow();
    }

    private Grant living(GrantId id) {
        return grants.find(id).orElseThrow(() -> new GrantStateException("There is no grant " + id + "."));
    }

    private Lease leaseOf(GrantId id) {
        return grants.leaseOf(id).orElseThrow(() -> new GrantStateException("There is no grant " + id + "."));
    }

    private Grant lockedGrant(GrantId id) {
        return grants.lock(id).orElseThrow(() -> new GrantStateException("There is no grant " + id + "."));
    }

    private void record(Grant grant, String actor, String action, Map<String, ?> details) {
        trail.recordAll(List.of(entry(grant, actor, action, details)));
    }

    private static AuditTrail.Entry entry(Grant grant, String actor, String action, Map<String, ?> details) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("grant", grant.id().value());
        all.put("state", grant.state().name());
        all.putAll(details);
        return new AuditTrail.Entry(
                grant.tenant(), actor, action, grant.request().value(), all);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
    }
}
