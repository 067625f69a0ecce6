package io.drawbridge.web.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the API shows it.
 *
 * @param scope the account's path from the root, as it was when the request was opened
 * @param permission the IAM action asked for; null if a permission set was, and then so is the service
 * @param requestedDuration ISO 8601 or {@code forever}; so are all durations here
 * @param approvers rungs, those already asked first
 * @param escalatesAt when the next rung is asked; null if none is left
 * @param accessMayStillBeOn whether access is being taken back and the cloud has not yet confirmed that it is gone
 */
record RequestRepresentation(
        String id,
        String tenant,
        String status,
        Instant createdAt,
        int attempts,
        String requester,
        IdentityRepresentation identity,
        AccountRepresentation account,
        String scope,
        @Nullable String service,
        @Nullable String permission,
        @Nullable String permissionSet,
        @Nullable String justification,
        @Nullable String ticket,
        boolean breakGlass,
        String liftable,
        @Nullable String requestedDuration,
        @Nullable String grantedDuration,
        DecisionRepresentation decision,
        List<Rung> approvers,
        @Nullable Instant escalatesAt,
        @Nullable Instant expiresAt,
        @Nullable String previous,
        @Nullable Opened grant,
        boolean accessMayStillBeOn,
        @Nullable Instant reviewDueAt,
        @Nullable ReviewRepresentation review,
        Links links) {

    /** Who is denied, as the cloud knows him. */
    record IdentityRepresentation(String type, String arn, String name) {}

    /** An account and its name. */
    record AccountRepresentation(String id, String name) {}

    /**
     * How the policy judged, and who decided.
     *
     * @param decidedBy {@code approver} or {@code policy}; null while nobody has
     * @param by the person who decided
     */
    record DecisionRepresentation(
            @Nullable String mode,
            @Nullable String decidedBy,
            @Nullable String by,
            @Nullable String message,
            @Nullable Instant at,
            List<String> policies) {}

    /**
     * Approvers of one scope.
     *
     * @param level counts rungs from 0
     * @param notifiedAt null for a rung that was not asked yet
     */
    record Rung(int level, String scope, List<String> people, @Nullable Instant notifiedAt) {}

    /**
     * The grant that the request opened.
     *
     * @param way {@code scp-exemption} or {@code account-assignment}
     * @param endsByItself whether the cloud ends the access at its end even if Drawbridge does not run
     * @param missingSince since when the cloud has not held what the grant opened; null while it does
     * @param sessionsUntil until when sessions that began under it may go on; null if they end with it
     */
    record Opened(
            String id,
            String state,
            Instant startsAt,
            Instant endsAt,
            String way,
            boolean endsByItself,
            @Nullable Instant missingSince,
            @Nullable Instant revokedAt,
            @Nullable Instant sessionsUntil) {}

    /** How the use of broken glass was judged afterwards. */
    record ReviewRepresentation(String reviewer, String message, boolean justified, Instant at) {}

    /** Where to find it. */
    record Links(String self, String page) {}
}
