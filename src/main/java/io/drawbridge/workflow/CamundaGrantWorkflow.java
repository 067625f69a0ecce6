package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantWorkflow;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.stereotype.Component;

/** Grants as instances of {@code timeboxed-grant}, called by the request; they share its business key. */
@Component
class CamundaGrantWorkflow implements GrantWorkflow {
    private final RuntimeService runtime;
    private final EngineFailures failures;
    private final Instances instances;

    CamundaGrantWorkflow(RuntimeService runtime, EngineFailures failures, Instances instances) {
        this.runtime = runtime;
        this.failures = failures;
        this.instances = instances;
    }

    @Override
    public void endedEarly(Grant grant) {
        failures.byDesk(() -> runtime.createMessageCorrelation(ProcessKeys.GRANT_ENDED_EARLY)
                .processInstanceBusinessKey(grant.request().value())
                .correlate());
    }

    @Override
    public boolean isUnderWay(Grant grant) {
        return instances
                .definition(grant.request().value(), ProcessKeys.TIMEBOXED_GRANT)
                .isPresent();
    }

    @Override
    public Set<GrantId> underWay(Collection<Grant> grants) {
        Set<String> running = instances
                .definitions(
                        grants.stream().map(grant -> grant.request().value()).toList(), ProcessKeys.TIMEBOXED_GRANT)
                .keySet();
        return grants.stream()
                .filter(grant -> running.contains(grant.request().value()))
                .map(Grant::id)
                .collect(Collectors.toSet());
    }
}
