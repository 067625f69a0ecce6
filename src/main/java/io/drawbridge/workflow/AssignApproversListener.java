package io.drawbridge.workflow;

import io.drawbridge.request.EscalationDesk;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Offers the approval task to everybody who was asked. */
@Component
class AssignApproversListener implements TaskListener {
    private final EscalationDesk desk;

    AssignApproversListener(EscalationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void notify(DelegateTask task) {
        task.addCandidateUsers(desk.candidates(RequestVariables.request(task.getExecution())));
    }
}
