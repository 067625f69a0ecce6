package io.drawbridge.workflow;

import io.drawbridge.grant.ReconciliationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Removes what was held back; fails until an administrator has chosen, and until all of it is gone. */
@Component
class RemoveDriftDelegate implements JavaDelegate {
    private final ReconciliationDesk desk;

    RemoveDriftDelegate(ReconciliationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.removeHeldBack(DriftVariables.finding(execution));
    }
}
