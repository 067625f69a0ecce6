package io.drawbridge.grant;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The access that an approved request opens: from its start to its end, and never a second longer than it must be. */
public final class Grant {
    /** How often opening is tried before the grant is given up and whatever is there is taken back. */
    private static final int MOST_ATTEMPTS = 5;

    private final GrantId id;
    private final TenantId tenant;
    private final RequestId request;
    private final PersonId person;
    private final Identity identity;
    private final ScopeId account;
    private final Entitlement entitlement;
    private final Instant startsAt;
    private final Instant endsAt;
    private final boolean breakGlass;
    private final Way way;
    private final Entitlement opens;

    private GrantState state;
    private Instant stateSince;
    private @Nullable Instant activeAt;
    private @Nullable Instant revokingAt;
    private @Nullable Instant revokedAt;
    private @Nullable String endedBy;
    private @Nullable String endReason;
    private int attempts;
    private @Nullable String failure;
    private @Nullable Instant missingSince;
    private @Nullable Instant sessionsUntil;
    private final List<GrantMoved> moves = new ArrayList<>();

    /** Takes every field as it was stored; {@link #opened} makes a new one. */
    public Grant(Stored stored) {
        this.id = stored.id();
        this.tenant = stored.tenant();
        this.request = stored.request();
        this.person = stored.person();
        this.identity = stored.identity();
        this.account = stored.account();
        this.entitlement = stored.entitlement();
        this.startsAt = stored.startsAt();
        this.endsAt = stored.endsAt();
        this.breakGlass = stored.breakGlass();
        this.way = stored.way();
        this.opens = stored.opens();
        this.state = stored.state();
        this.stateSince = stored.stateSince();
        this.activeAt = stored.activeAt();
        this.revokingAt = stored.revokingAt();
        this.revokedAt = stored.revokedAt();
        this.endedBy = stored.endedBy();
        this.endReason = stored.endReason();
        this.attempts = stored.attempts();
        this.failure = stored.failure();
        this.missingSince = stored.missingSince();
        this.sessionsUntil = stored.sessionsUntil();
    }

    /** All fields of a grant. */
    public record Stored(
            GrantId id,
            TenantId tenant,
            RequestId request,
            PersonId person,
            Identity identity,
            ScopeId account,
            Entitlement entitlement,
            Instant startsAt,
            Instant endsAt,
            boolean breakGlass,
            Way way,
            Entitlement opens,
            GrantState state,
            Instant stateSince,
            @Nullable Instant activeAt,
            @Nullable Instant revokingAt,
            @Nullable Instant revokedAt,
            @Nullable String endedBy,
            @Nullable String endReason,
            int attempts,
            @Nullable String failure,
            @Nullable Instant missingSince,
            @Nullable Instant sessionsUntil) {}

    /** Every field as it is now. */
    public Stored stored() {
        return new Stored(
                id,
                tenant,
                request,
                person,
                identity,
                account,
                entitlement,
                startsAt,
                endsAt,
                breakGlass,
                way,
                opens,
                state,
                stateSince,
                activeAt,
                revokingAt,
                revokedAt,
                endedBy,
                endReason,
                attempts,
                failure,
                missingSince,
                sessionsUntil);
    }

    /**
     * A new grant, {@code PROVISIONING} since that moment.
     *
     * @param startsAt the decision
     * @param endsAt fixed at the decision; never moves
     * @param way how the cloud gives it; a later change of the control does not change it
     * @param opens what is opened in the cloud: the entitlement itself, or the permission set that stands for it
     */
    public static Grant opened(
            TenantId tenant,
            RequestId request,
            PersonId person,
            Identity identity,
            ScopeId account,
            Entitlement entitlement,
            Instant startsAt,
            Instant endsAt,
            boolean breakGlass,
            Way way,
            Entitlement opens,
            Instant now) {
        Grant grant = new Grant(new Stored(
                GrantId.random(),
                tenant,
                request,
                person,
                identity,
                account,
                entitlement,
                startsAt,
                endsAt,
                breakGlass,
                way,
                opens,
                GrantState.PROVISIONING,
                now,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                null,
                null));
        grant.moved(null, now);
        return grant;
    }

    /** The cloud has confirmed the access. */
    public void activate(Instant now) {
        demand(GrantState.PROVISIONING, GrantState.PROVISIONING, GrantState.ACTIVE);
        become(GrantState.ACTIVE, now);
        activeAt = now;
        failure = null;
    }

    /** The end came, somebody ended it early, or it could not be provided. */
    public void revoke(Instant now) {
        demand(GrantState.PROVISIONING, GrantState.ACTIVE, GrantState.REVOKING);
        revokingAt = now;
        become(GrantState.REVOKING, now);
    }

    /** Somebody wants it to end now; the process takes it from there. */
    public void endEarly(String actor, String reason) {
        demand(GrantState.PROVISIONING, GrantState.ACTIVE, GrantState.REVOKING);
        endedBy = actor;
        endReason = reason;
    }

    /** A try to open it failed. */
    public void provisioningFailed(String why) {
        attempts++;
        failure = why;
    }

    /** The cloud said that it can never be opened; no further try is worth it. */
    public void provisioningImpossible(String why) {
        attempts = MOST_ATTEMPTS;
        failure = why;
    }

    /** The revocation has failed so often that people have to know. */
    public void revocationOverdue(String why, Instant now) {
        demand(GrantState.REVOKING, GrantState.REVOKE_OVERDUE, GrantState.REVOKE_OVERDUE);
        failure = why;
        if (state != GrantState.REVOKE_OVERDUE) {
            become(GrantState.REVOKE_OVERDUE, now);
        }
    }

    /** Somebody else has taken the access away: noticed, and not given back. */
    public void foundMissing(Instant now) {
        if (missingSince == null) {
            missingSince = now;
        }
    }

    /** What was missing is there again. */
    public void foundAgain() {
        missingSince = null;
    }

    /**
     * The cloud has confirmed that the access is gone.
     *
     * @param sessions until when sessions that began under it may go on; null if they ended with it
     */
    public void removed(Instant now, @Nullable Instant sessions) {
        GrantState end =
                activeAt == null && isGivenUp() && endedBy == null ? GrantState.PROVISION_FAILED : GrantState.REVOKED;
        demand(GrantState.REVOKING, GrantState.REVOKE_OVERDUE, end);
        become(end, now);
        revokedAt = now;
        sessionsUntil = sessions;
    }

    private void demand(GrantState one, GrantState other, GrantState target) {
        if (state != one && state != other) {
            throw new GrantStateException(
                    "Grant " + id + " cannot become " + target + ": it is " + state + " since " + stateSince + ".");
        }
    }

    private void become(GrantState next, Instant now) {
        GrantState before = state;
        state = next;
        stateSince = now;
        moved(before, now);
    }

    private void moved(@Nullable GrantState before, Instant now) {
        moves.add(new GrantMoved(id, request, tenant, before, state, startsAt, overAt(), now));
    }

    /** What it has entered since it was read or made, in that order; asked again, there is nothing. For its repository. */
    public List<GrantMoved> takeMoves() {
        List<GrantMoved> taken = List.copyOf(moves);
        moves.clear();
        return taken;
    }

    /** When the access has to go, or had to: its end, or the moment at which it was ended before that. */
    public Instant overAt() {
        return revokingAt != null && revokingAt.isBefore(endsAt) ? revokingAt : endsAt;
    }

    /** What it claims in the cloud, from its beginning to its end; made of what never changes. */
    public Lease lease() {
        return new Lease(id, tenant, account, identity, opens, way, endsAt);
    }

    public GrantId id() {
        return id;
    }

    public TenantId tenant() {
        return tenant;
    }

    public RequestId request() {
        return request;
    }

    public PersonId person() {
        return person;
    }

    public Identity identity() {
        return identity;
    }

    public ScopeId account() {
        return account;
    }

    public Entitlement entitlement() {
        return entitlement;
    }

    public Instant startsAt() {
        return startsAt;
    }

    /** Exclusive: at this moment the access has to be on its way out. */
    public Instant endsAt() {
        return endsAt;
    }

    public boolean isForever() {
        return endsAt.equals(AccessDuration.FOREVER_END);
    }

    public boolean breakGlass() {
        return breakGlass;
    }

    /** How the cloud gives it. */
    public Way way() {
        return way;
    }

    /** What is opened in the cloud. */
    public Entitlement opens() {
        return opens;
    }

    public GrantState state() {
        return state;
    }

    public Instant stateSince() {
        return stateSince;
    }

    public Optional<Instant> activeAt() {
        return Optional.ofNullable(activeAt);
    }

    public Optional<Instant> revokingAt() {
        return Optional.ofNullable(revokingAt);
    }

    /** When the cloud confirmed that nothing is left. */
    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }

    public Optional<String> endedBy() {
        return Optional.ofNullable(endedBy);
    }

    public Optional<String> endReason() {
        return Optional.ofNullable(endReason);
    }

    /** Whether opening it has failed as often as it is tried. */
    public boolean isGivenUp() {
        return attempts >= MOST_ATTEMPTS;
    }

    /** How often opening it has failed. */
    public int attempts() {
        return attempts;
    }

    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Since when the cloud has not held what this grant should have opened; empty while it does. */
    public Optional<Instant> missingSince() {
        return Optional.ofNullable(missingSince);
    }

    /** Until when sessions that began under it may go on after its end; empty if they ended with it, or it has not ended. */
    public Optional<Instant> sessionsUntil() {
        return Optional.ofNullable(sessionsUntil);
    }
}
