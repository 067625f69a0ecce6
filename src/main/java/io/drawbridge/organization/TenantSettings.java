package io.drawbridge.organization;

import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant can change.
 *
 * @param requestUserJustification whether requesters are asked for a justification and a duration
 * @param minDuration shortest access that can be asked or given
 * @param maxDuration longest, null for no limit ({@code forever})
 * @param presetDuration offered first, null for {@code forever}
 * @param coolDown how long after a denial, an abandonment or a withdrawal further denied calls open nothing
 * @param propagation how long after access became active denied calls open nothing
 * @param maxRequestsPerIdentityAndHour how many requests denied calls of one identity open in an hour, at most
 * @param timeZone in which mails write times
 * @param removalGuardPercent of the living grants, and
 * @param removalGuardCount number of objects: a reconciliation that would remove more than both removes nothing and asks
 */
public record TenantSettings(
        boolean requestUserJustification,
        Duration minDuration,
        @Nullable Duration maxDuration,
        @Nullable Duration presetDuration,
        Duration coolDown,
        Duration propagation,
        int maxRequestsPerIdentityAndHour,
        ZoneId timeZone,
        int removalGuardPercent,
        int removalGuardCount) {

    /** What holds until a tenant changes it. */
    public static final TenantSettings DEFAULT = new TenantSettings(
            true,
            Duration.ofMinutes(5),
            null,
            Duration.ofHours(1),
            Duration.ofMinutes(15),
            Duration.ofMinutes(2),
            20,
            ZoneId.of("UTC"),
            10,
            5);

    /** Whether to remove so many objects at once is too much to do without being asked. */
    public boolean guards(int removals, int livingGrants) {
        return removals > removalGuardCount && removals * 100L > (long) removalGuardPercent * livingGrants;
    }
}
