package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that an approver denied, and those who were asked that it is done. */
@Component
class NotifyRequesterDeniedDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    NotifyRequesterDeniedDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellDenied(RequestVariables.request(execution));
    }
}
