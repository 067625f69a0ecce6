package io.drawbridge.workflow;

import io.drawbridge.request.EscalationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Tells approvers and administrators loudly that the glass was broken. */
@Component
class NotifyBreakGlassDelegate implements JavaDelegate {
    private final EscalationDesk desk;

    NotifyBreakGlassDelegate(EscalationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.tellBrokenGlass(RequestVariables.request(execution));
    }
}
