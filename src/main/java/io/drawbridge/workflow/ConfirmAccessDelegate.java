package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import org.camunda.bpm.engine.delegate.BpmnError;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks the cloud whether the access is there. */
@Component
class ConfirmAccessDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    ConfirmAccessDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        GrantId grant = variables.grant(execution);
        GrantDesk.Confirmation confirmation = desk.confirmAccess(grant);
        if (confirmation == GrantDesk.Confirmation.GIVEN_UP
                || (confirmation == GrantDesk.Confirmation.MISSING && !desk.provisionAgain(grant))) {
            throw new BpmnError(ProvisioningFailure.CODE);
        }
        boolean confirmed = confirmation == GrantDesk.Confirmation.CONFIRMED;
        if (!confirmed) {
            variables.askAgainAfter(execution, desk.askAgainAfter(grant));
        }
        variables.access(execution, confirmed);
    }
}
