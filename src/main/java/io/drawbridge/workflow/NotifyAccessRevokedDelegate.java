package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that access is gone, or that there was none. */
@Component
class NotifyAccessRevokedDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    NotifyAccessRevokedDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellEnded(variables.grant(execution));
    }
}
