package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that access ends soon. */
@Component
class NotifyExpiringSoonDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    NotifyExpiringSoonDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellExpiringSoon(variables.grant(execution));
    }
}
