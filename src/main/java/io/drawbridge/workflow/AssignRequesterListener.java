package io.drawbridge.workflow;

import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.RequestId;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.stereotype.Component;

/** Gives the justification task to the requester, and asks him. */
@Component
class AssignRequesterListener implements TaskListener {
    private final AccessRequests requests;
    private final JustificationDesk desk;

    AssignRequesterListener(AccessRequests requests, JustificationDesk desk) {
        this.requests = requests;
        this.desk = desk;
    }

    @Override
    public void notify(DelegateTask task) {
        RequestId request = RequestVariables.request(task.getExecution());
        task.setAssignee(requests.find(request).orElseThrow().requester().value());
        desk.askRequester(request);
    }
}
