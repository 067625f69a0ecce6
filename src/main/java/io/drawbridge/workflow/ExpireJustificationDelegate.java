package io.drawbridge.workflow;

import io.drawbridge.request.JustificationDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** The requester did not answer in time: the request becomes {@code ABANDONED_EXPIRED}. */
@Component
class ExpireJustificationDelegate implements JavaDelegate {
    private final JustificationDesk desk;

    ExpireJustificationDelegate(JustificationDesk desk) {
        this.desk = desk;
    }

    @Override
    public void execute(DelegateExecution execution) {
        desk.expire(RequestVariables.request(execution));
    }
}
