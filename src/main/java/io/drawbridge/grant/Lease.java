package io.drawbridge.grant;

import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.Identity;
import java.time.Instant;

/**
 * A grant's claim on one cloud object; the object stays while any lease on it lives.
 *
 * @param endsAt when the claim ends by itself, where the cloud can enforce it
 */
public record Lease(GrantId grant, ScopeId account, Identity identity, PermissionName permission, Instant endsAt) {

    /** What two grants have to share to share the cloud object. */
    public String objectKey() {
        return account + "|" + permission + "|" + identity.key();
    }
}
