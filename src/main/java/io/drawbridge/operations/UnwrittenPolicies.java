package io.drawbridge.operations;

import io.drawbridge.grant.Cloud;
import java.util.List;
import org.springframework.stereotype.Component;

/** Accounts in which the cloud does not close yet what controls close, or not open what a lease opens. */
@Component
class UnwrittenPolicies implements Backlog {
    private final Cloud cloud;

    UnwrittenPolicies(Cloud cloud) {
        this.cloud = cloud;
    }

    @Override
    public String name() {
        return "policies.unwritten";
    }

    @Override
    public String title() {
        return "Accounts whose service control policies are not written";
    }

    @Override
    public String advice() {
        return "A control that was set there is not in force, so that what it protects is open to everybody; access"
                + " that was given or ended early may wait for the same write. The log says at \"service control"
                + " policies\" why; mend that. If it says that somebody else changed a policy, an administrator chooses"
                + " under Drift.";
    }

    @Override
    public List<Waiting> waiting() {
        return cloud.unwritten().stream()
                .map(unwritten -> new Waiting(unwritten.tenant(), unwritten.accounts(), unwritten.since()))
                .toList();
    }
}
