package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import java.time.Duration;

/** What the asking has to know of the giving. */
public interface LivingGrants {
    /** Whether a break-glass grant of this person is not yet revoked. */
    boolean holdsBrokenGlass(TenantId tenant, PersonId person);

    /** How access that is asked for now would end. */
    Ending ending(TenantId tenant, ScopeId account, Identity identity, Entitlement entitlement);

    /**
     * How access ends.
     *
     * @param byItself whether the cloud ends it at the second, even if Drawbridge never runs again
     * @param lateness how late its end may be confirmed, by what waits for the cloud's quotas now; zero if nothing does
     */
    record Ending(boolean byItself, Duration lateness) {}
}
