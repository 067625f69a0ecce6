package io.drawbridge.policy;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import java.util.List;

/** What a free question needs to know of a tenant's organisation when it brings no entities of its own. */
public interface TenantScopes {

    /** Every scope of the tenant; empty if there is no such tenant. */
    List<Scope> scopes(TenantId tenant);

    /** What is set for a service at an account; {@link Control#NONE} if the account is not of the tenant. */
    Control control(TenantId tenant, ScopeId account, String service);
}
