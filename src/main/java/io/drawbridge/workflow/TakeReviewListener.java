package io.drawbridge.workflow;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.ReviewDesk;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Takes a review from Tasklist to the desk, before the task is complete. */
@Component
class TakeReviewListener implements TaskListener {
    private final ReviewDesk desk;
    private final EngineCallers callers;
    private final DeskCall deskCall;

    TakeReviewListener(ReviewDesk desk, EngineCallers callers, DeskCall deskCall) {
        this.desk = desk;
        this.callers = callers;
        this.deskCall = deskCall;
    }

    @Override
    public void notify(DelegateTask task) {
        if (!deskCall.isByDesk()) {
            RequestId id = RequestVariables.request(task.getExecution());
            Caller caller = callers.current();
            boolean justified = justified(TaskForm.field(task, "justified"));
            deskCall.byEngine(() -> desk.review(caller, id, TaskForm.field(task, "message"), justified));
        }
        TaskForm.forget(task);
    }

    private static boolean justified(@org.jspecify.annotations.Nullable String text) {
        if ("true".equals(text) || "false".equals(text)) {
            return Boolean.parseBoolean(text);
        }
        throw new InvalidInputException("justified", "is missing; say true or false.");
    }
}
