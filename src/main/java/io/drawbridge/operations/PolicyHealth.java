package io.drawbridge.operations;

import io.drawbridge.identity.People;
import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.AccessPolicies;
import java.util.List;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/**
 * Up while a policy set is there for one tenant at least: without any, everything that is asked here is denied.
 *
 * <p>One tenant without policies takes no node out of service, which would close it to the others; it has a figure and an
 * alert of its own.
 */
@Component("policiesHealthIndicator")
class PolicyHealth extends AbstractHealthIndicator {
    private final AccessPolicies policies;
    private final People people;

    PolicyHealth(AccessPolicies policies, People people) {
        super("The policy sets could not be asked for.");
        this.policies = policies;
        this.people = people;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        List<TenantId> tenants = people.tenants();
        List<TenantId> without = tenants.stream()
                .filter(tenant -> policies.running(tenant).policies().isEmpty())
                .toList();
        boolean all = without.size() == tenants.size();
        health.status(all ? Status.DOWN : Status.UP);
        if (!without.isEmpty()) {
            health.withDetail(
                    "withoutPolicies", without.stream().map(TenantId::value).toList());
        }
    }
}
