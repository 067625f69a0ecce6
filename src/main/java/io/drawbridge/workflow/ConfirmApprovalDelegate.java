package io.drawbridge.workflow;

import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DecisionDesk;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Looks into our own table whether a grant may open; whatever the variables say. */
@Component
class ConfirmApprovalDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    ConfirmApprovalDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        Optional<AccessRequest> approved = desk.approvedRequest(RequestVariables.request(execution));
        RequestVariables.mayOpen(
                execution,
                approved.isPresent(),
                approved.flatMap(AccessRequest::mode).map(ApprovalMode::word).orElse("none"),
                approved.flatMap(AccessRequest::reviewDueAt));
    }
}
