package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Writes down the intent and the end of the grant, if our own table says that the request is approved. */
@Component
class OpenGrantDelegate implements JavaDelegate {
    private final GrantDesk desk;
    private final GrantVariables variables;

    OpenGrantDelegate(GrantDesk desk, GrantVariables variables) {
        this.desk = desk;
        this.variables = variables;
    }

    @Override
    public void execute(DelegateExecution execution) {
        Grant grant = desk.open(RequestVariables.request(execution));
        variables.opened(execution, grant.id(), grant.endsAt(), desk.warnAt(grant));
    }
}
