package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/**
 * Asks the cloud whether the access is gone, and if it is still there asks anew to take it back.
 *
 * <p>Fails when that lasts for too long, although the cloud refuses nothing: what fails is an incident, and asked on.
 */
@Component
class ConfirmRemovalDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    ConfirmRemovalDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        GrantId grant = variables.grant(execution);
        if (desk.isUnconfirmedForLong(grant)) {
            desk.insist(grant);
        }
        GrantDesk.Confirmation confirmation = desk.confirmRemoval(grant);
        if (confirmation == GrantDesk.Confirmation.MISSING) {
            desk.revoke(grant);
        }
        boolean confirmed =
                confirmation == GrantDesk.Confirmation.CONFIRMED || confirmation == GrantDesk.Confirmation.ALREADY;
        if (!confirmed) {
            desk.demandConfirmation(grant);
            variables.askAgainAfter(execution, desk.askAgainAfter(grant));
        }
        variables.removal(execution, confirmed);
    }
}
