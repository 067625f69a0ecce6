package io.drawbridge.workflow;

import io.drawbridge.request.DecisionDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Nobody decided in time: the request becomes {@code EXPIRED}. */
@Component
class ExpireRequestDelegate implements JavaDelegate {
    private final DecisionDesk desk;

    ExpireRequestDelegate(DecisionDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.expire(RequestVariables.request(execution));
    }
}
