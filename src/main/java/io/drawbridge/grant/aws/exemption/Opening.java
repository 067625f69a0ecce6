package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.aws.scp.PolicyLease;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the documents of an account are to leave open, or to close before its end.
 *
 * @param horizon the last end that any document which may be in force has for it; from then on it is closed by AWS
 * @param wantedOpen false while it is being closed early
 * @param change number of the account's change that this is part of
 * @param confirmedAt when AWS showed the change as written; null until then
 */
record Opening(
        String objectKey,
        TenantId tenant,
        ScopeId account,
        PermissionName action,
        String identityKey,
        PrincipalId principal,
        GrantId grant,
        Instant endsAt,
        Instant horizon,
        boolean wantedOpen,
        long change,
        @Nullable Instant confirmedAt) {

    PolicyLease lease() {
        return new PolicyLease(principal, action, endsAt);
    }

    boolean isConfirmed() {
        return confirmedAt != null;
    }
}
