package io.drawbridge.policy;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopePath;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * May this requester have this permission in this account for this long?
 *
 * <p>The caller gives duration, justification, ticket and the emergency flag; everything else is derived by the server.
 *
 * @param requester whoever asks; he need not be a person we know
 * @param groups the requester's groups, empty for somebody unknown
 * @param account the account with everything above it
 * @param control what is set for the permission's service at that account
 * @param now the moment that policies see
 * @param mfa whether the requester is known to have signed in with a second factor
 * @param sourceIp an IPv4 or IPv6 address, null if unknown
 */
public record AccessQuestion(
        TenantId tenant,
        PersonId requester,
        Set<String> groups,
        ScopePath account,
        Entitlement entitlement,
        Control control,
        AccessDuration duration,
        Instant now,
        @Nullable String justification,
        @Nullable String ticket,
        boolean breakGlass,
        boolean mfa,
        @Nullable String sourceIp) {
    public AccessQuestion {
        groups = Set.copyOf(groups);
    }

    /** The same question for another duration. */
    public AccessQuestion forDuration(AccessDuration other) {
        return new AccessQuestion(
                tenant,
                requester,
                groups,
                account,
                entitlement,
                control,
                other,
                now,
                justification,
                ticket,
                breakGlass,
                mfa,
                sourceIp);
    }
}
