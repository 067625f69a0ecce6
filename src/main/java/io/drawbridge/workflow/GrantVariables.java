package io.drawbridge.workflow;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Reading;
import io.drawbridge.request.RequestId;
import java.time.Duration;
import java.time.Instant;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.springframework.stereotype.Component;

/** The variables of {@code timeboxed-grant}: a key, deadlines and outcomes. Its instances have no task for people. */
@Component
class GrantVariables {
    private final Grants grants;

    GrantVariables(Grants grants) {
        this.grants = grants;
    }

    /** The grant of the request that is the instance's business key, from our own table. */
    GrantId grant(DelegateExecution execution) {
        RequestId request = new RequestId(execution.getProcessBusinessKey());
        Reading.remember();
        GrantId grant = grants.idOf(request)
                .orElseThrow(() -> new IllegalStateException("Request " + request + " has no grant."));
        GrantInLogs.workingOn(grant);
        return grant;
    }

    void opened(VariableScope scope, GrantId grant, Instant endsAt, Instant expiresSoonAt) {
        Variables.set(scope, "grantId", grant.value());
        deadlines(scope, endsAt, expiresSoonAt);
    }

    /** Written anew before each timer that reads them: whatever became of them meanwhile moves no end. */
    void deadlines(VariableScope scope, Instant endsAt, Instant expiresSoonAt) {
        Variables.set(scope, "endsAt", endsAt.toString());
        Variables.set(scope, "expiresSoonAt", expiresSoonAt.toString());
    }

    /** How long the diagram waits before the cloud is asked again. */
    void askAgainAfter(VariableScope scope, Duration wait) {
        Variables.set(scope, "askAgainAfter", wait.toString());
    }

    void access(VariableScope scope, boolean confirmed) {
        Variables.set(scope, "access", confirmed ? "confirmed" : "waiting");
    }

    void removal(VariableScope scope, boolean confirmed) {
        Variables.set(scope, "removal", confirmed ? "confirmed" : "waiting");
    }
}
