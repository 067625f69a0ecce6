package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A grant has entered a state: once for each state that it enters, in the transaction of the change.
 *
 * <p>Not sent for what moves nothing: a try that failed, access that was found missing, a notice.
 *
 * @param from null for a grant that is new
 * @param startsAt the decision
 * @param overAt when the access had to go: its end, or the moment at which it was ended before that
 * @param at by the clock of the node that moved it
 */
public record GrantMoved(
        GrantId grant,
        RequestId request,
        TenantId tenant,
        @Nullable GrantState from,
        GrantState to,
        Instant startsAt,
        Instant overAt,
        Instant at) {}
