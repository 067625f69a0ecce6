package io.drawbridge.workflow;

import io.drawbridge.request.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.jspecify.annotations.Nullable;

/**
 * The variables of {@code access-request}: a key, deadlines and outcomes, nothing else.
 *
 * <p>An outcome is written by our own code in the transaction in which a gateway reads it; none is ever read back to
 * decide anything, because whoever may complete a task could have written it.
 */
final class RequestVariables {
    /** What people send with a task; taken to the desk and removed before the task is complete. */
    static final Set<String> FORM_FIELDS =
            Set.of("answer", "justification", "duration", "decision", "message", "justified");

    private static final String REQUEST_ID = "requestId";

    private RequestVariables() {}

    static String requestIdName() {
        return REQUEST_ID;
    }

    /** The request that the instance is about: its business key, which nobody can change. */
    static RequestId request(DelegateExecution execution) {
        return new RequestId(execution.getProcessBusinessKey());
    }

    static void arrival(VariableScope scope, String outcome) {
        scope.setVariable("arrival", outcome);
    }

    static void judgement(
            VariableScope scope, String outcome, @Nullable String mode, Optional<Duration> approvalTimeout) {
        scope.setVariable("judgement", outcome);
        scope.setVariable("mode", mode);
        scope.setVariable(
                "approvalTimeout", approvalTimeout.map(Duration::toString).orElse(null));
    }

    static void justified(VariableScope scope, boolean justified) {
        scope.setVariable("justified", justified ? "yes" : "no");
    }

    static void decision(VariableScope scope, boolean approved) {
        scope.setVariable("decision", approved ? "approved" : "denied");
    }

    static void mayOpen(VariableScope scope, boolean open, String mode, Optional<Instant> reviewDueAt) {
        scope.setVariable("mayOpen", open ? "yes" : "no");
        scope.setVariable("mode", mode);
        scope.setVariable("reviewDueAt", reviewDueAt.map(Instant::toString).orElse(null));
    }
}
