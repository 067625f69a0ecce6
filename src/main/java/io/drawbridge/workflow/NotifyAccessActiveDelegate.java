package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that access is on. */
@Component
class NotifyAccessActiveDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    NotifyAccessActiveDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellActive(variables.grant(execution));
    }
}
