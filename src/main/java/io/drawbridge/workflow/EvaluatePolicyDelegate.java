package io.drawbridge.workflow;

import io.drawbridge.request.JudgingDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Puts a request whose justification and duration are known before the policy. */
@Component
class EvaluatePolicyDelegate implements JavaDelegate {
    private final JudgingDesk desk;
    private final JudgementOutcome outcome;

    EvaluatePolicyDelegate(JudgingDesk desk, JudgementOutcome outcome) {
        this.desk = desk;
        this.outcome = outcome;
    }

    @Override
    public void execute(DelegateExecution execution) {
        outcome.write(execution, desk.judge(RequestVariables.request(execution)));
    }
}
