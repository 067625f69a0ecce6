package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that access is on, and sets the timers that follow to what our own table says. */
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
        Grant grant = desk.tellActive(variables.grant(execution));
        variables.deadlines(execution, grant.endsAt(), desk.warnAt(grant));
    }
}
