package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftWorkflow;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.stereotype.Component;

/** What was held back as instances of {@code drift-removal}; the business key is its tenant and the finding's id. */
@Component
class CamundaDriftWorkflow implements DriftWorkflow {
    private final RuntimeService runtime;
    private final EngineFailures failures;

    CamundaDriftWorkflow(RuntimeService runtime, EngineFailures failures) {
        this.runtime = runtime;
        this.failures = failures;
    }

    @Override
    public void heldBack(DriftFinding finding) {
        String key = DriftVariables.businessKey(finding);
        failures.byDesk(() -> {
            long running = runtime.createProcessInstanceQuery()
                    .processDefinitionKey(ProcessKeys.DRIFT_REMOVAL)
                    .processInstanceBusinessKey(key)
                    .count();
            if (running == 0) {
                runtime.createProcessInstanceByKey(ProcessKeys.DRIFT_REMOVAL)
                        .businessKey(key)
                        .setVariable(
                                DriftVariables.findingIdName(), finding.id().value())
                        .execute();
            }
        });
    }
}
