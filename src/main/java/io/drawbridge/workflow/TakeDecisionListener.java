package io.drawbridge.workflow;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Decision;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/**
 * Takes an approver's decision from Tasklist to the desk, before the task is complete.
 *
 * <p>NB. It refuses by exceptions only. A BPMN error that nobody catches would complete the task.
 */
@Component
class TakeDecisionListener implements TaskListener {
    private final DecisionDesk desk;
    private final AccessRequests requests;
    private final EngineCallers callers;
    private final DeskCall deskCall;
    private final Refusals refusals;

    TakeDecisionListener(
            DecisionDesk desk, AccessRequests requests, EngineCallers callers, DeskCall deskCall, Refusals refusals) {
        this.desk = desk;
        this.requests = requests;
        this.callers = callers;
        this.deskCall = deskCall;
        this.refusals = refusals;
    }

    @Override
    public void notify(DelegateTask task) {
        RequestId id = RequestVariables.request(task.getExecution());
        if (!deskCall.isByDesk()) {
            Caller caller = callers.current();
            String decision = TaskForm.field(task, "decision");
            AccessRequest decided = deskCall.byEngine(() -> decide(caller, id, decision, task));
            boolean overruled = "approve".equals(decision) && decided.status() == RequestStatus.DENIED;
            if (overruled) {
                refusals.tellAfterCommit("The policy has changed and now denies request " + id + ": "
                        + decided.decision().map(Decision::message).orElse("no policy permits it") + ".");
            }
        }
        TaskForm.forget(task);
        RequestVariables.decision(task, requests.find(id).orElseThrow().status() == RequestStatus.APPROVED);
    }

    private AccessRequest decide(
            Caller caller, RequestId id, @org.jspecify.annotations.Nullable String decision, DelegateTask task) {
        String message = TaskForm.field(task, "message");
        if ("approve".equals(decision)) {
            return desk.approve(caller, id, message, TaskForm.field(task, "duration"));
        }
        if ("deny".equals(decision)) {
            return desk.deny(caller, id, message);
        }
        throw new InvalidInputException("decision", "is missing; say approve or deny.");
    }
}
