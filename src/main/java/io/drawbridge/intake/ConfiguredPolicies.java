package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The policies that the configuration names, for every tenant: an id is given once in all of AWS. */
@Component
class ConfiguredPolicies implements OwnPolicies {
    private final Set<String> ids;

    ConfiguredPolicies(IntakeProperties properties) {
        this.ids = Set.copyOf(properties.scpIds());
    }

    @Override
    public Set<String> ids(TenantId tenant) {
        return ids;
    }
}
