package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that the answer is yes, and until when. */
@Component
class NotifyRequesterApprovedDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    NotifyRequesterApprovedDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellApproved(RequestVariables.request(execution));
    }
}
