package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that the policy denies what he asked for. */
@Component
class NotifyDeniedByPolicyDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    NotifyDeniedByPolicyDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellDenied(RequestVariables.request(execution));
    }
}
