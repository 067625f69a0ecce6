package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.GrantId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.ScopeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssoadmin.model.PrincipalType;

/**
 * One assignment: whether it is wanted, whether AWS was last seen to have it, and what is under way between the two.
 *
 * <p>A request is in one of three states: none; accepted, with AWS's id for it; or sent without anybody knowing whether AWS
 * took it, because the answer was lost or the node fell. The last is never forgotten: what AWS lists tells whether it has
 * taken effect, and if it has not, asking again is what orders it behind whatever AWS may still be at.
 */
final class Assignment {
    /** AWS is eventually consistent: for so long a list may not yet show what a request has done. */
    static final Duration SETTLING = Duration.ofSeconds(30);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    /** So often in a row AWS may have trouble before anybody is told. */
    private static final int PATIENCE = 3;

    /** Whether it is there. */
    enum Side {
        PRESENT,
        ABSENT
    }

    /** What AWS is asked to do. */
    enum Deed {
        CREATE,
        DELETE
    }

    /**
     * What is assigned, where, and to whom.
     *
     * @param objectKey as {@code Lease.objectKey}
     * @param principalId id of the user or group in the identity store
     * @param identity as people know it
     */
    record Target(
            String objectKey,
            TenantId tenant,
            ScopeId account,
            PermissionSetName permissionSet,
            String permissionSetArn,
            PrincipalType principalType,
            String principalId,
            String identity) {

        /** The thing in words, for messages. */
        String words() {
            return "permission set " + permissionSet.name() + " of " + identity + " in account " + account;
        }
    }

    /**
     * What becomes of sessions when the assignment is removed.
     *
     * @param longest how long a session lasts at most
     * @param closes whether a deny closes them
     */
    record Sessions(Duration longest, boolean closes) {}

    Target target;

    @Nullable
    GrantId grant;

    long revision;
    Side wanted;
    Instant wantedSince;

    @Nullable
    Side seen;

    @Nullable
    Instant seenAt;

    @Nullable
    Instant presentAt;

    @Nullable
    Deed request;

    @Nullable
    String requestId;

    /** Under which id AWS took the last call, kept after it was done with it. */
    @Nullable
    String takenUnder;

    @Nullable
    Instant requestedAt;

    @Nullable
    Deed succeeded;

    @Nullable
    Instant succeededAt;

    int attempts;
    Instant nextAttemptAt;

    @Nullable
    String failure;

    boolean impossible;
    boolean unknownToAws;

    @Nullable
    String unreachable;

    @Nullable
    String remark;

    @Nullable
    Instant removedAt;

    @Nullable
    Instant sessionsUntil;

    boolean closesSessions;

    @Nullable
    Instant sessionsDeniedAt;

    Assignment(Target target, Side wanted, Instant now) {
        this.target = target;
        this.revision = 1;
        this.wanted = wanted;
        this.wantedSince = now;
        this.nextAttemptAt = now;
    }

    boolean isSettled() {
        return request == null && seen == wanted;
    }

    /** AWS has it in hand. */
    boolean isFollowed() {
        return requestId != null;
    }

    /** Nobody knows whether AWS took it. */
    boolean isLost() {
        return request != null && requestId == null;
    }

    boolean isDue(Instant now) {
        return !nextAttemptAt.isAfter(now);
    }

    /**
     * It is asked for. What is wanted already, is under way and has not failed stays as it is; what was settled is looked at
     * again, because somebody else may have changed it.
     */
    void ask(Side side, @Nullable GrantId by, Instant now) {
        grant = by == null ? grant : by;
        if (side == wanted && !isSettled() && failure == null) {
            return;
        }
        revision++;
        if (side != wanted) {
            wanted = side;
            wantedSince = now;
            attempts = 0;
        } else if (isSettled()) {
            wantedSince = now;
        }
        seen = null;
        failure = null;
        impossible = false;
        unknownToAws = false;
        nextAttemptAt = now;
    }

    /** What to ask of AWS next; empty if nothing, or not before it has been looked at. */
    Optional<Deed> next() {
        if (isFollowed() || seen == null) {
            return Optional.empty();
        }
        boolean create = wanted == Side.PRESENT && request != Deed.DELETE;
        if (request == null && seen == wanted) {
            return Optional.empty();
        }
        // NB. A creation that failed waits until it is asked for anew; a removal is tried for as long as it takes.
        return create ? Optional.of(Deed.CREATE).filter(deed -> failure == null) : Optional.of(Deed.DELETE);
    }

    void lookAgain(Instant now) {
        seen = null;
        nextAttemptAt = now;
    }

    /** It is about to be sent. */
    void begin(Deed deed, Instant now) {
        request = deed;
        requestId = null;
        takenUnder = null;
        requestedAt = now;
        succeeded = null;
        succeededAt = null;
    }

    /** AWS did not take it, and will another time; not a failure. */
    void retreat(@Nullable Deed before, Instant again) {
        request = before;
        requestId = null;
        attempts++;
        nextAttemptAt = again;
    }

    void accept(String id, Instant now) {
        requestId = id;
        takenUnder = id;
        nextAttemptAt = now;
        failure = null;
        unreachable = null;
        unknownToAws = false;
    }

    /** AWS refused to take it. */
    void refuse(@Nullable Deed before, String why, boolean forEver, Instant again) {
        request = before;
        requestId = null;
        attempts++;
        failure = why;
        impossible = forEver;
        nextAttemptAt = again;
    }

    /** Nobody knows whether AWS took it. */
    void lose(String why, Instant again) {
        seen = null;
        attempts++;
        nextAttemptAt = again;
        if (attempts >= PATIENCE) {
            failure = why;
        }
    }

    /** AWS has done it; whether it shows is still to be looked at. */
    void succeed(Instant now) {
        if (request == Deed.CREATE) {
            presentAt = now;
        }
        succeeded = request;
        succeededAt = now;
        request = null;
        requestId = null;
        attempts = 0;
        failure = null;
        unreachable = null;
        lookAgain(now);
    }

    /** AWS took it and has failed at it. */
    void fail(String why, boolean unknown, Instant now) {
        boolean asked = (request == Deed.CREATE) == (wanted == Side.PRESENT);
        request = null;
        requestId = null;
        unreachable = null;
        attempts++;
        if (asked) {
            failure = why;
            impossible = unknown && wanted == Side.PRESENT;
            unknownToAws = unknown;
        }
        lookAgain(now);
    }

    /** AWS no longer knows the request: what it lists tells how that ended. */
    void forget(Instant now) {
        request = null;
        requestId = null;
        lookAgain(now);
    }

    /** AWS has no end to tell yet. */
    void awaitEnd(Instant again) {
        attempts = 0;
        unreachable = null;
        nextAttemptAt = again;
    }

    /** AWS could not be asked. */
    void missAnswer(String why, boolean refused, Instant again) {
        attempts++;
        nextAttemptAt = again;
        if (refused || attempts >= PATIENCE) {
            unreachable = why;
        }
    }

    /**
     * AWS was asked what it has.
     *
     * @param again when to try again what has failed
     */
    void see(boolean listed, Sessions sessions, Instant now, Instant again) {
        unreachable = null;
        if (listed) {
            presentAt = now;
        }
        boolean notYet = succeeded != null
                && succeededAt != null
                && listed != (succeeded == Deed.CREATE)
                && now.isBefore(succeededAt.plus(SETTLING));
        if (notYet) {
            nextAttemptAt = now.plus(LOOK_AGAIN);
            return;
        }
        seen = listed ? Side.PRESENT : Side.ABSENT;
        seenAt = now;
        if (isLost() && listed == (request == Deed.CREATE)) {
            request = null;
        }
        if (!listed && presentAt != null && (removedAt == null || removedAt.isBefore(presentAt))) {
            removedAt = now;
            sessionsUntil = now.plus(sessions.longest());
            closesSessions = sessions.closes() && target.principalType() == PrincipalType.USER;
            sessionsDeniedAt = null;
        }
        if (isSettled()) {
            failure = null;
            impossible = false;
            unknownToAws = false;
            attempts = 0;
        }
        nextAttemptAt = failure == null ? now : again;
    }

    /** Sessions of it are to be closed: it is not wanted, was seen to be gone, and its last session may still live. */
    boolean wantsSessionsClosed(Instant now) {
        return closesSessions
                && wanted == Side.ABSENT
                && removedAt != null
                && (presentAt == null || !presentAt.isAfter(removedAt))
                && sessionsUntil != null
                && sessionsUntil.isAfter(now);
    }
}
