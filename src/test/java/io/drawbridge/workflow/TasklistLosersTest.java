package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.rest.exception.RestException;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who sends a form for a task that is gone is told so. */
@SuppressWarnings("NullAway.Init")
class TasklistLosersTest extends RequestStage {
    private static final Map<String, Object> APPROVAL = Map.of("decision", "approve", "message", "Fine.");

    @Autowired
    private FormService forms;

    @Test
    @DisplayName("R1 R2 a decision in Tasklist after another was made is a conflict")
    void secondDecisionIsAConflict() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));
        Task task = taskOf(request, APPROVE);
        decisions.deny(as(Cast.BOB), request.id(), "No.");

        assertConflict(() -> complete(Cast.CAROL, task, APPROVAL));
        assertConflict(() -> inTasklist(Cast.CAROL, () -> forms.submitTaskForm(task.getId(), APPROVAL)));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(count("access_grant")).isZero();
    }

    @Test
    @DisplayName("R1 R2 R47 a decision in Tasklist after the expiry is a conflict")
    void decisionAfterTheExpiryIsAConflict() {
        AccessRequest request = aPendingRequest();
        Task task = taskOf(request, APPROVE);
        after(Duration.ofHours(24));

        assertConflict(() -> complete(Cast.BOB, task, APPROVAL));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
    }

    @Test
    @DisplayName("R1 R30 an answer in Tasklist after the silence is a conflict")
    void answerAfterTheSilenceIsAConflict() {
        AccessRequest request = aRequestedRequest();
        Task task = taskOf(request, JUSTIFY);
        after(Duration.ofHours(24));

        assertConflict(() ->
                complete(Cast.ALICE, task, Map.of("answer", "yes", "justification", "Late.", "duration", "PT1H")));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED_EXPIRED);
    }

    private static void assertConflict(ThrowingCallable deed) {
        assertThatThrownBy(deed).isInstanceOfSatisfying(RestException.class, refusal -> assertThat(refusal.getStatus())
                .isEqualTo(Response.Status.CONFLICT));
    }
}
