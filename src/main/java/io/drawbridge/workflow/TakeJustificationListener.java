package io.drawbridge.workflow;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Takes the requester's answer from Tasklist to the desk, before the task is complete. */
@Component
class TakeJustificationListener implements TaskListener {
    private final JustificationDesk desk;
    private final AccessRequests requests;
    private final EngineCallers callers;
    private final DeskCall deskCall;

    TakeJustificationListener(
            JustificationDesk desk, AccessRequests requests, EngineCallers callers, DeskCall deskCall) {
        this.desk = desk;
        this.requests = requests;
        this.callers = callers;
        this.deskCall = deskCall;
    }

    @Override
    public void notify(DelegateTask task) {
        RequestId id = RequestVariables.request(task.getExecution());
        if (!deskCall.isByDesk()) {
            Caller caller = callers.current();
            String answer = TaskForm.field(task, "answer");
            deskCall.byEngine(() -> answer(caller, id, answer, task));
        }
        TaskForm.forget(task);
        boolean justified = requests.find(id).orElseThrow().status() == RequestStatus.REQUESTED;
        RequestVariables.justified(task, justified);
    }

    private AccessRequest answer(
            Caller caller, RequestId id, @org.jspecify.annotations.Nullable String answer, DelegateTask task) {
        if ("no".equals(answer)) {
            return desk.abandon(caller, id);
        }
        if (!"yes".equals(answer)) {
            throw new InvalidInputException("answer", "is missing; say yes or no.");
        }
        return desk.justify(caller, id, TaskForm.field(task, "justification"), TaskForm.field(task, "duration"));
    }
}
