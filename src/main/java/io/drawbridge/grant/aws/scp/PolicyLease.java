package io.drawbridge.grant.aws.scp;

import io.drawbridge.organization.PermissionName;
import io.drawbridge.policy.AccessDuration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;

/**
 * One action that stays open for one principal until its end.
 *
 * @param end the first moment at which the action is closed again, in whole seconds: a fraction is cut off, so that
 *     access never outlives it; {@link AccessDuration#FOREVER_END} for access without an end
 */
public record PolicyLease(PrincipalId principal, PermissionName action, Instant end)
        implements Comparable<PolicyLease> {

    private static final Comparator<PolicyLease> BY_ACTION_AND_PRINCIPAL = Comparator.comparing(PolicyLease::action)
            .thenComparing(PolicyLease::principal)
            .thenComparing(PolicyLease::end);

    public PolicyLease {
        end = end.isBefore(AccessDuration.FOREVER_END)
                ? end.truncatedTo(ChronoUnit.SECONDS)
                : AccessDuration.FOREVER_END;
    }

    public boolean isForever() {
        return end.equals(AccessDuration.FOREVER_END);
    }

    /** Whether the action is open at that moment; at its end it no longer is. */
    public boolean isOpenAt(Instant moment) {
        return isForever() || moment.isBefore(end);
    }

    @Override
    public int compareTo(PolicyLease other) {
        return BY_ACTION_AND_PRINCIPAL.compare(this, other);
    }
}
