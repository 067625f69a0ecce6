package io.drawbridge.request;

import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.ApprovalMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request has entered a status: once for each status that it enters, in the transaction of the change.
 *
 * <p>Not sent for what moves nothing: a further attempt, a message, a change of approvers, a try that was refused.
 *
 * @param from null for a request that is new
 * @param at by the clock of the node that moved it
 * @param mode how the policy had it go on; null if it was not judged, or denied
 * @param decidedBy who said yes or no; null unless it was decided
 */
public record RequestMoved(
        RequestId request,
        TenantId tenant,
        @Nullable RequestStatus from,
        RequestStatus to,
        Instant createdAt,
        Instant at,
        @Nullable ApprovalMode mode,
        Decision.@Nullable By decidedBy) {}
