package io.drawbridge.workflow;

import io.drawbridge.request.JudgingDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.stereotype.Component;

/** Puts a request that has just arrived before the policy. */
@Component
class EvaluatePolicyOnArrivalDelegate implements JavaDelegate {
    private final JudgingDesk desk;
    private final JudgementOutcome outcome;

    EvaluatePolicyOnArrivalDelegate(JudgingDesk desk, JudgementOutcome outcome) {
        this.desk = desk;
        this.outcome = outcome;
    }

    @Override
    public void execute(DelegateExecution execution) {
        JudgingDesk.Outcome judged = desk.judgeOnArrival(RequestVariables.request(execution));
        RequestVariables.arrival(
                execution,
                switch (judged) {
                    case DENIED -> "denied";
                    case ASK -> "ask";
                    case AUTO, BREAK_GLASS, REQUIRE -> "judged";
                });
        outcome.write(execution, judged);
    }
}
