package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantWorkflow;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.stereotype.Component;

/** Grants as instances of {@code timeboxed-grant}, called by the request; they share its business key. */
@Component
class CamundaGrantWorkflow implements GrantWorkflow {
    private final RuntimeService runtime;
    private final EngineFailures failures;

    CamundaGrantWorkflow(RuntimeService runtime, EngineFailures failures) {
        this.runtime = runtime;
        this.failures = failures;
    }

    @Override
    public void endedEarly(Grant grant) {
        failures.byDesk(() -> runtime.createMessageCorrelation(ProcessKeys.GRANT_ENDED_EARLY)
                .processInstanceBusinessKey(grant.request().value())
                .correlate());
    }

    @Override
    public boolean isUnderWay(Grant grant) {
        return runtime.createProcessInstanceQuery()
                        .processDefinitionKey(ProcessKeys.TIMEBOXED_GRANT)
                        .processInstanceBusinessKey(grant.request().value())
                        .count()
                > 0;
    }
}
