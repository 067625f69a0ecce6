package io.drawbridge.intake;

import io.drawbridge.grant.Cloud;
import io.drawbridge.identity.TenantId;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The policies that Drawbridge itself has written. */
@Component
class WrittenPolicies implements OwnPolicies {
    private final Cloud cloud;

    WrittenPolicies(Cloud cloud) {
        this.cloud = cloud;
    }

    @Override
    public Set<String> ids(TenantId tenant) {
        return cloud.closingPolicies(tenant);
    }
}
