package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** The access ends: records it in the transaction of the timer or the message that said so. */
@Component
class BeginRevocationDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    BeginRevocationDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.beginRevocation(variables.grant(execution));
    }
}
