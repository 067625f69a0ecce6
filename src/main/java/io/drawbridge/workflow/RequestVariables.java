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
        Variables.set(scope, "arrival", outcome);
    }

    static void judgement(
            VariableScope scope, String outcome, @Nullable String mode, Optional<Duration> approvalTimeout) {
        Variables.set(scope, "judgement", outcome);
        Variables.set(scope, "mode", mode);
        Variables.set(
                scope,
                "approvalTimeout",
                approvalTimeout.map(Duration::toString).orElse(null));
    }

    static void justified(VariableScope scope, boolean justified) {
        Variables.set(scope, "justified", justified ? "yes" : "no");
    }

    static void decision(VariableScope scope, boolean approved) {
        Variables.set(scope, "decision", approved ? "approved" : "denied");
    }

    static void mayOpen(VariableScope scope, boolean open, String mode, Optional<Instant> reviewDueAt) {
        Variables.set(scope, "mayOpen", open ? "yes" : "no");
        Variables.set(scope, "mode", mode);
        Variables.set(scope, "reviewDueAt", reviewDueAt.map(Instant::toString).orElse(null));
    }
}
