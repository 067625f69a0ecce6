package io.drawbridge.workflow;

import io.drawbridge.operations.TroubleDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Asks whether a trouble is gone; fails while it stands. */
@Component
class ConfirmRemedyDelegate implements JavaDelegate {
    private final TroubleDesk desk;

    ConfirmRemedyDelegate(TroubleDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.confirmRemedy(TroubleVariables.trouble(execution));
    }
}
