package io.drawbridge.operations;

import io.drawbridge.identity.People;
import io.drawbridge.policy.AccessPolicies;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tenants without a policy set. */
@Component
class PolicyGap implements Backlog {
    private final AccessPolicies policies;
    private final People people;

    PolicyGap(AccessPolicies policies, People people) {
        this.policies = policies;
        this.people = people;
    }

    @Override
    public String name() {
        return "policies.missing";
    }

    @Override
    public String title() {
        return "Policy sets that are missing";
    }

    @Override
    public String advice() {
        return "Everything that is asked there is denied. Put the tenant's policies into its folder at"
                + " drawbridge.policies.location; the log says what was read from there.";
    }

    @Override
    public Duration patience() {
        return Duration.ZERO;
    }

    @Override
    public List<Waiting> waiting() {
        return people.tenants().stream()
                .filter(tenant -> policies.running(tenant).policies().isEmpty())
                .map(tenant -> new Waiting(tenant, 1, null))
                .toList();
    }
}
