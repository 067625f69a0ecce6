package io.drawbridge.workflow;

import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.JudgingDesk;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.springframework.stereotype.Component;

/** Hands a judgement to the diagram. */
@Component
class JudgementOutcome {
    private final AccessRequests requests;

    JudgementOutcome(AccessRequests requests) {
        this.requests = requests;
    }

    /** Writes what the gateways behind a judgement read. */
    void write(DelegateExecution execution, JudgingDesk.Outcome judged) {
        String mode =
                switch (judged) {
                    case DENIED, ASK -> null;
                    case AUTO -> ApprovalMode.AUTO.word();
                    case BREAK_GLASS -> ApprovalMode.BREAK_GLASS.word();
                    case REQUIRE -> ApprovalMode.REQUIRE.word();
                };
        RequestVariables.judgement(
                execution,
                switch (judged) {
                    case DENIED, ASK -> "denied";
                    case AUTO, BREAK_GLASS -> "approved";
                    case REQUIRE -> "require";
                },
                mode,
                requests.find(RequestVariables.request(execution)).orElseThrow().approvalTimeout());
    }
}
