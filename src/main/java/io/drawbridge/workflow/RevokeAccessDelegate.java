package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks the cloud to take the access back. */
@Component
class RevokeAccessDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    RevokeAccessDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.revoke(variables.grant(execution));
    }
}
