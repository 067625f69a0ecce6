package io.drawbridge.workflow;

import io.drawbridge.request.EscalationDesk;
import io.drawbridge.request.RequestId;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Offers the review to approvers and administrators, and asks them. */
@Component
class AssignReviewersListener implements TaskListener {
    private final EscalationDesk desk;

    AssignReviewersListener(EscalationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void notify(DelegateTask task) {
        RequestId request = RequestVariables.request(task.getExecution());
        task.addCandidateUsers(desk.reviewers(request));
        desk.askReviewers(request);
    }
}
