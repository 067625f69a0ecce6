package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells all who were asked that there is nothing left to decide. */
@Component
class NotifyWithdrawnDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    NotifyWithdrawnDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellWithdrawn(RequestVariables.request(execution));
    }
}
