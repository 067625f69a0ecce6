package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks the cloud for the access; after too many failures the diagram takes back whatever may be there. */
@Component
class ProvisionAccessDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    ProvisionAccessDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        if (!desk.provision(variables.grant(execution))) {
            throw new BpmnError(ProvisioningFailure.CODE);
        }
    }
}
