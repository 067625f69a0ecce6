package io.drawbridge.workflow;

import io.drawbridge.request.EscalationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks rung 0. */
@Component
class AskApproversDelegate implements JavaDelegate {
    private final EscalationDesk desk;

    AskApproversDelegate(EscalationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.askApprovers(RequestVariables.request(execution));
    }
}
