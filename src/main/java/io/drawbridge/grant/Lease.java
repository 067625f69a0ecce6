package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import java.time.Instant;

/**
 * A grant's claim on one cloud object; the object stays while any lease on it lives.
 *
 * @param entitlement what is opened in the cloud
 * @param way how the cloud opens it
 * @param endsAt exclusive; of several claims on the object the last of their ends, so that where the cloud can end access
 *     by itself it does so neither early nor late
 */
public record Lease(
        GrantId grant,
        TenantId tenant,
        ScopeId account,
        Identity identity,
        Entitlement entitlement,
        Way way,
        Instant endsAt) {

    /** What two grants have to share to share the cloud object. */
    public String objectKey() {
        return account + "|" + entitlement + "|" + identity.key();
    }

    /** The same claim with another end. */
    public Lease until(Instant end) {
        return new Lease(grant, tenant, account, identity, entitlement, way, end);
    }
}
