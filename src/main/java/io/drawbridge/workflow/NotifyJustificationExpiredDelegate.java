package io.drawbridge.workflow;

import io.drawbridge.request.JustificationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells the requester that the time for an answer is over. */
@Component
class NotifyJustificationExpiredDelegate implements JavaDelegate {
    private final JustificationDesk desk;

    NotifyJustificationExpiredDelegate(JustificationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellExpired(RequestVariables.request(execution));
    }
}
