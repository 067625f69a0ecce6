package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;

/** What the asking has to know of the giving. */
public interface LivingGrants {
    /** Whether a break-glass grant of this person is not yet revoked. */
    boolean holdsBrokenGlass(TenantId tenant, PersonId person);
}
