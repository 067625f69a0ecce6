package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.cedar.OtherPolicies;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.management.JobDefinition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people read of deadlines is what the engine's timers will do. */
class ClocksTest extends RequestStage {
    private static final String PATIENT = "@id(\"slow\") %s permit (principal,"
            + " action == Drawbridge::Action::\"request_access\", resource);"
            + " @id(\"approvers\") permit (principal, action == Drawbridge::Action::\"approve_request\", resource);";

    @Test
    @DisplayName("R4 a request that waits for its justification shows the due date of that timer")
    void showsWhenTheJustificationIsDue() {
        AccessRequest request = aRequestedRequest();

        RequestWorkflow.Clocks clocks = workflow.clocks(request.id());

        assertThat(clocks.expiresAt()).isEqualTo(dueOf("BoundaryEvent_JustificationOverdue"));
        assertThat(clocks.expiresAt()).isEqualTo(TestClock.START.plus(Duration.ofHours(24)));
        assertThat(clocks.escalatesAt()).isNull();
    }

    @Test
    @DisplayName("R4 R41 a pending request shows the due dates of its own two timers, before and after an escalation")
    void showsEscalationAndExpiry() {
        AccessRequest request = aPendingRequest();
        Instant expiry = TestClock.START.plus(Duration.ofHours(24));

        RequestWorkflow.Clocks first = workflow.clocks(request.id());
        assertThat(first.escalatesAt()).isEqualTo(dueOf("BoundaryEvent_ApprovalOverdue"));
        assertThat(first.escalatesAt()).isEqualTo(TestClock.START.plus(Duration.ofHours(1)));
        assertThat(first.expiresAt()).isEqualTo(dueOf("BoundaryEvent_ApprovalExpired"));
        assertThat(first.expiresAt()).isEqualTo(expiry);

        after(Duration.ofHours(1));
        RequestWorkflow.Clocks second = workflow.clocks(request.id());
        assertThat(second.escalatesAt()).isEqualTo(dueOf("BoundaryEvent_ApprovalOverdue"));
        assertThat(second.escalatesAt()).isEqualTo(TestClock.START.plus(Duration.ofHours(2)));
        assertThat(second.expiresAt()).isEqualTo(expiry);
    }

    @Test
    @DisplayName("R4 a whole page of requests is read with its clocks, and what is final has none")
    void readsManyClocksAtOnce() {
        AccessRequest pending = aPendingRequest();
        clock.moveBy(Duration.ofMinutes(5));
        AccessRequest requested = opening.ask(as(Cast.MALLORY), anOpenAsk(Cast.PROD, "s3:DeleteBucket"));
        AccessRequest decided = ask(Cast.MALLORY, Cast.PROD, "kms:ScheduleKeyDeletion", "PT1H");
        decisions.deny(as(Cast.BOB), decided.id(), "No.");

        Map<RequestId, RequestWorkflow.Clocks> clocks =
                workflow.clocks(List.of(pending.id(), requested.id(), decided.id()));

        assertThat(clocks).containsOnlyKeys(pending.id(), requested.id());
        assertThat(clocks.get(pending.id())).isEqualTo(workflow.clocks(pending.id()));
        assertThat(clocks.get(requested.id())).isEqualTo(workflow.clocks(requested.id()));
        assertThat(workflow.clocks(decided.id())).isEqualTo(RequestWorkflow.Clocks.NONE);
    }

    @Test
    @DisplayName("R5 the clock starts anew when the request goes to its approvers")
    void clockRestartsWithTheApprovers() {
        AccessRequest request = aRequestedRequest();
        clock.moveBy(Duration.ofHours(20));

        justification.justify(as(Cast.ALICE), request.id(), "Because.", "PT1H");

        assertThat(workflow.clocks(request.id()).expiresAt())
                .isEqualTo(clock.instant().plus(Duration.ofHours(24)));
        after(Duration.ofHours(24).minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        after(Duration.ofSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
    }

    @Test
    @DisplayName("R5 @approval_timeout is the clock of the approvers, to the second")
    void policySaysHowLongApproversHave() {
        try (OtherPolicies patient =
                OtherPolicies.instead(policies, PATIENT.formatted("@approval_timeout(\"PT4H\")"))) {
            AccessRequest request = aPendingRequest();

            assertThat(workflow.clocks(request.id()).expiresAt()).isEqualTo(TestClock.START.plus(Duration.ofHours(4)));
            after(Duration.ofHours(4).minusSeconds(1));
            assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
            after(Duration.ofSeconds(1));
            assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
            assertThat(patient).isNotNull();
        }
    }

    @Test
    @DisplayName("R4 the end of the access is the due date of its timer, counted from the decision")
    void endOfAccessIsATimer() {
        AccessRequest request = aPendingRequest();
        clock.moveBy(Duration.ofMinutes(7));

        decisions.approve(as(Cast.BOB), request.id(), "Fine.", "PT2H");
        clock.moveBy(Duration.ofMinutes(1));
        runDueJobs();

        Instant end = TestClock.START.plus(Duration.ofMinutes(127));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(grantOf(request.id()).endsAt()).isEqualTo(end);
        assertThat(dueOf("BoundaryEvent_AccessEnded")).isEqualTo(end);
    }

    @Test
    @DisplayName("R34 forever ends on 9999-12-31 and has its timer like any other")
    void foreverHasItsTimer() {
        try (OtherPolicies generous = OtherPolicies.instead(policies, PATIENT.formatted(""))) {
            AccessRequest request = ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", "forever");
            decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
            runDueJobs();

            assertThat(grantOf(request.id()).endsAt()).isEqualTo(Instant.parse("9999-12-31T00:00:00Z"));
            assertThat(dueOf("BoundaryEvent_AccessEnded")).isEqualTo(Instant.parse("9999-12-31T00:00:00Z"));
            assertThat(now(request).grantedDuration()).contains(AccessDuration.FOREVER);
            assertThat(generous).isNotNull();
        }
    }

    /** Due date of the one timer of that event. */
    private Instant dueOf(String event) {
        JobDefinition definition =
                management.createJobDefinitionQuery().activityIdIn(event).list().get(0);
        return management
                .createJobQuery()
                .jobDefinitionId(definition.getId())
                .singleResult()
                .getDuedate()
                .toInstant();
    }
}
