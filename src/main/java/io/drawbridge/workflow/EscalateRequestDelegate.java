package io.drawbridge.workflow;

import io.drawbridge.request.EscalationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks the next rung as well. */
@Component
class EscalateRequestDelegate implements JavaDelegate {
    private final EscalationDesk desk;

    EscalateRequestDelegate(EscalationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.escalate(RequestVariables.request(execution));
    }
}
