package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One ask by one identity for one permission in one account.
 *
 * <p>The state machine of the whole product: every method that moves it guards its own source status, and a final status
 * is absolute.
 */
public final class AccessRequest {

    /** How a request came about. */
    public enum Origin {
        /** A denied call opened it; an event is input that an attacker can produce. */
        EVENT,
        /** A signed-in person made it. */
        PERSON
    }

    private final RequestId id;
    private final TenantId tenant;
    private final PersonId requester;
    private final Identity identity;
    private final ScopeId account;
    private final String scopePath;
    private final Entitlement entitlement;
    private final Origin origin;
    private final Instant createdAt;
    private final Liftable liftable;
    private final @Nullable RequestId previous;
    private final @Nullable String ticket;
    private final boolean breakGlass;

    private RequestStatus status;
    private Instant statusSince;
    private int attempts;
    private boolean confirmed;
    private boolean mfa;
    private @Nullable String sourceIp;
    private @Nullable String justification;
    private @Nullable AccessDuration requestedDuration;
    private @Nullable AccessDuration grantedDuration;
    private @Nullable ApprovalMode mode;
    private @Nullable Duration approvalTimeout;
    private @Nullable AccessDuration maxDuration;
    private List<String> policies;
    private @Nullable Decision decision;
    private @Nullable Instant reviewDueAt;
    private @Nullable Review review;
    private final Set<String> identityUsers;
    private final List<RequestMoved> moves = new ArrayList<>();

    /** Takes every field as it was stored; {@link #opened} makes a new one. */
    public AccessRequest(Stored stored) {
        this.id = stored.id();
        this.tenant = stored.tenant();
        this.requester = stored.requester();
        this.identity = stored.identity();
        this.account = stored.account();
        this.scopePath = stored.scopePath();
        this.entitlement = stored.entitlement();
        this.origin = stored.origin();
        this.createdAt = stored.createdAt();
        this.liftable = stored.liftable();
        this.previous = stored.previous();
        this.ticket = stored.ticket();
        this.breakGlass = stored.breakGlass();
        this.status = stored.status();
        this.statusSince = stored.statusSince();
        this.attempts = stored.attempts();
        this.confirmed = stored.confirmed();
        this.mfa = stored.mfa();
        this.sourceIp = stored.sourceIp();
        this.justification = stored.justification();
        this.requestedDuration = stored.requestedDuration();
        this.grantedDuration = stored.grantedDuration();
        this.mode = stored.mode();
        this.approvalTimeout = stored.approvalTimeout();
        this.maxDuration = stored.maxDuration();
        this.policies = stored.policies();
        this.decision = stored.decision();
        this.reviewDueAt = stored.reviewDueAt();
        this.review = stored.review();
        this.identityUsers = new LinkedHashSet<>(stored.identityUsers());
    }

    /** All fields of a request. */
    public record Stored(
            RequestId id,
            TenantId tenant,
            PersonId requester,
            Identity identity,
            ScopeId account,
            String scopePath,
            Entitlement entitlement,
            Origin origin,
            Instant createdAt,
            Liftable liftable,
            @Nullable RequestId previous,
            @Nullable String ticket,
            boolean breakGlass,
            RequestStatus status,
            Instant statusSince,
            int attempts,
            boolean confirmed,
            boolean mfa,
            @Nullable String sourceIp,
            @Nullable String justification,
            @Nullable AccessDuration requestedDuration,
            @Nullable AccessDuration grantedDuration,
            @Nullable ApprovalMode mode,
            @Nullable Duration approvalTimeout,
            @Nullable AccessDuration maxDuration,
            List<String> policies,
            @Nullable Decision decision,
            @Nullable Instant reviewDueAt,
            @Nullable Review review,
            Set<String> identityUsers) {}

    /** Every field as it is now. */
    public Stored stored() {
        return new Stored(
                id,
                tenant,
                requester,
                identity,
                account,
                scopePath,
                entitlement,
                origin,
                createdAt,
                liftable,
                previous,
                ticket,
                breakGlass,
                status,
                statusSince,
                attempts,
                confirmed,
                mfa,
                sourceIp,
                justification,
                requestedDuration,
                grantedDuration,
                mode,
                approvalTimeout,
                maxDuration,
                policies,
                decision,
                reviewDueAt,
                review,
                Set.copyOf(identityUsers));
    }

    /** A new request, {@code REQUESTED} since that moment. */
    public static AccessRequest opened(
            TenantId tenant,
            PersonId requester,
            Identity identity,
            ScopeId account,
            String scopePath,
            Entitlement entitlement,
            Origin origin,
            Liftable liftable,
            @Nullable RequestId previous,
            @Nullable String ticket,
            boolean breakGlass,
            @Nullable String sourceIp,
            boolean mfa,
            Set<String> identityUsers,
            Instant now) {
        AccessRequest request = new AccessRequest(new Stored(
                RequestId.random(),
                tenant,
                requester,
                identity,
                account,
                scopePath,
                entitlement,
                origin,
                now,
                liftable,
                previous,
                ticket,
                breakGlass,
                RequestStatus.REQUESTED,
                now,
                1,
                false,
                mfa,
                sourceIp,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                identityUsers));
        request.moved(null, now);
        return request;
    }

    /** What makes two requests ask for the same; at most one of them is open at a time. */
    public static String openKey(TenantId tenant, Identity identity, ScopeId account, Entitlement entitlement) {
        return tenant + "|" + account + "|" + entitlement + "|" + identity.key();
    }

    public String openKey() {
        return openKey(tenant, identity, account, entitlement);
    }

    /** The same call was denied that many times more while this request is open. */
    public void attemptedAgain(int times, Set<String> usedBy) {
        demand(RequestStatus.REQUESTED, RequestStatus.PENDING, "be attempted again");
        attempts += times;
        identityUsers.addAll(usedBy);
    }

    /** The requester, signed in, says why and for how long. */
    public void justify(@Nullable String text, AccessDuration duration, @Nullable String from, boolean withMfa) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "be justified");
        justification = text;
        requestedDuration = duration;
        confirmed = true;
        sourceIp = from;
        mfa = withMfa;
    }

    /** Nobody is asked: the request goes on with what is known. */
    public void assume(AccessDuration duration) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "go on");
        requestedDuration = duration;
    }

    /** Keeps how the policy judged; moves nothing. */
    public void judged(Judgement judgement, @Nullable ApprovalMode effective) {
        mode = effective;
        policies = judgement.policies();
        approvalTimeout = judgement.approvalTimeout();
        maxDuration = judgement.maxDuration();
    }

    public void sendToApprovers(Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "become PENDING");
        become(RequestStatus.PENDING, now);
    }

    /** The policy says yes by itself; the asked duration is given. */
    public void approveByPolicy(Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "become APPROVED");
        if (mode != ApprovalMode.AUTO && mode != ApprovalMode.BREAK_GLASS) {
            throw new StatusConflictException(
                    "Request " + id + " cannot be approved by policy: its mode is " + mode + ".");
        }
        grantedDuration = requestedDuration;
        decision = new Decision(Decision.By.POLICY, null, null, now);
        become(RequestStatus.APPROVED, now);
    }

    public void denyByPolicy(@Nullable String advice, Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.PENDING, "become DENIED");
        decision = new Decision(Decision.By.POLICY, null, advice, now);
        become(RequestStatus.DENIED, now);
    }

    public void approve(PersonId approver, String message, AccessDuration given, Instant now) {
        demand(RequestStatus.PENDING, RequestStatus.PENDING, "become APPROVED");
        grantedDuration = given;
        decision = new Decision(Decision.By.APPROVER, approver, message, now);
        become(RequestStatus.APPROVED, now);
    }

    public void deny(PersonId approver, String message, Instant now) {
        demand(RequestStatus.PENDING, RequestStatus.PENDING, "become DENIED");
        decision = new Decision(Decision.By.APPROVER, approver, message, now);
        become(RequestStatus.DENIED, now);
    }

    public void expire(Instant now) {
        demand(RequestStatus.PENDING, RequestStatus.PENDING, "become EXPIRED");
        become(RequestStatus.EXPIRED, now);
    }

    public void abandon(Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "become ABANDONED");
        become(RequestStatus.ABANDONED, now);
    }

    public void expireJustification(Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.REQUESTED, "become ABANDONED_EXPIRED");
        become(RequestStatus.ABANDONED_EXPIRED, now);
    }

    public void cancel(Instant now) {
        demand(RequestStatus.REQUESTED, RequestStatus.PENDING, "become CANCELLED");
        become(RequestStatus.CANCELLED, now);
    }

    /** Break-glass access was opened; somebody has to look at it until then. */
    public void reviewDue(Instant dueAt) {
        reviewDueAt = dueAt;
    }

    /** Somebody looked at what the broken glass was used for. */
    public void reviewed(Review made) {
        if (reviewDueAt == null) {
            throw new StatusConflictException("Request " + id + " has no review: its glass was not broken.");
        }
        if (review != null) {
            throw new StatusConflictException("Request " + id + " was already reviewed at " + review.at() + ".");
        }
        review = made;
    }

    private void demand(RequestStatus one, RequestStatus other, String deed) {
        if (status != one && status != other) {
            throw new StatusConflictException(
                    "Request " + id + " cannot " + deed + ": it is " + status + " since " + statusSince + ".");
        }
    }

    private void become(RequestStatus next, Instant now) {
        RequestStatus before = status;
        status = next;
        statusSince = now;
        moved(before, now);
    }

    private void moved(@Nullable RequestStatus before, Instant now) {
        moves.add(new RequestMoved(
                id, tenant, before, status, createdAt, now, mode, decision == null ? null : decision.by()));
    }

    /** What it has entered since it was read or made, in that order; asked again, there is nothing. For its repository. */
    public List<RequestMoved> takeMoves() {
        List<RequestMoved> taken = List.copyOf(moves);
        moves.clear();
        return taken;
    }

    public RequestId id() {
        return id;
    }

    public TenantId tenant() {
        return tenant;
    }

    public PersonId requester() {
        return requester;
    }

    public Identity identity() {
        return identity;
    }

    public ScopeId account() {
        return account;
    }

    /** The account's path from the root, as it was when the request was opened. */
    public String scopePath() {
        return scopePath;
    }

    public Entitlement entitlement() {
        return entitlement;
    }

    public Origin origin() {
        return origin;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Liftable liftable() {
        return liftable;
    }

    public Optional<RequestId> previous() {
        return Optional.ofNullable(previous);
    }

    public Optional<String> ticket() {
        return Optional.ofNullable(ticket);
    }

    /** Whether the requester flagged an emergency. */
    public boolean breakGlass() {
        return breakGlass;
    }

    public RequestStatus status() {
        return status;
    }

    public Instant statusSince() {
        return statusSince;
    }

    public int attempts() {
        return attempts;
    }

    /** Whether the signed-in requester made or confirmed it. */
    public boolean confirmed() {
        return confirmed || origin == Origin.PERSON;
    }

    public boolean mfa() {
        return mfa;
    }

    public Optional<String> sourceIp() {
        return Optional.ofNullable(sourceIp);
    }

    public Optional<String> justification() {
        return Optional.ofNullable(justification);
    }

    public Optional<AccessDuration> requestedDuration() {
        return Optional.ofNullable(requestedDuration);
    }

    public Optional<AccessDuration> grantedDuration() {
        return Optional.ofNullable(grantedDuration);
    }

    public Optional<ApprovalMode> mode() {
        return Optional.ofNullable(mode);
    }

    public Optional<Duration> approvalTimeout() {
        return Optional.ofNullable(approvalTimeout);
    }

    public Optional<AccessDuration> maxDuration() {
        return Optional.ofNullable(maxDuration);
    }

    public List<String> policies() {
        return policies;
    }

    public Optional<Decision> decision() {
        return Optional.ofNullable(decision);
    }

    public Optional<Instant> reviewDueAt() {
        return Optional.ofNullable(reviewDueAt);
    }

    public Optional<Review> review() {
        return Optional.ofNullable(review);
    }

    /** Names known to have used the identity; none of them may decide. */
    public Set<String> identityUsers() {
        return Set.copyOf(identityUsers);
    }
}
