package io.drawbridge.policy.cedar;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.policy.TenantScopes;
import java.util.List;
import org.springframework.stereotype.Component;

/** The organisation as free questions see it: as it is today. */
@Component
class OrganizationScopes implements TenantScopes {
    private final Scopes scopes;
    private final Controls controls;

    OrganizationScopes(Scopes scopes, Controls controls) {
        this.scopes = scopes;
        this.controls = controls;
    }

    @Override
    public List<Scope> scopes(TenantId tenant) {
        return scopes.of(tenant);
    }

    @Override
    public Control control(TenantId tenant, ScopeId account, String service) {
        return scopes.path(tenant, account)
                .filter(path -> path.account().isAccount())
                .map(path -> controls.effective(tenant, path, service).control())
                .orElse(Control.NONE);
    }
}
