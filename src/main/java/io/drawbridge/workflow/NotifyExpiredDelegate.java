package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester and all who were asked that nobody decided in time. */
@Component
class NotifyExpiredDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    NotifyExpiredDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellExpired(RequestVariables.request(execution));
    }
}
