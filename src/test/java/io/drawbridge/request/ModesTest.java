package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a permitted request goes on: at once, to the approvers, or through the broken glass. */
class ModesTest extends RequestStage {

    @Test
    @DisplayName("R23 auto approves at once, and no human is asked")
    void autoApprovesAtOnce() {
        AccessRequest request = ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT4H");

        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(request.mode()).contains(ApprovalMode.AUTO);
        assertThat(request.decision().orElseThrow().by()).isEqualTo(Decision.By.POLICY);
        assertThat(request.grantedDuration()).isEqualTo(request.requestedDuration());
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(told(request, "decide")).isEmpty();
        assertThat(told(request, "break_glass")).isEmpty();
        assertThat(rungs(request)).isEmpty();
        assertThat(taskOf(request, REVIEW)).isNull();
    }

    @Test
    @DisplayName("R23 one second above what auto permits is require")
    void oneSecondMoreNeedsAnApprover() {
        AccessRequest request = ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT4H1S");

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(request.mode()).contains(ApprovalMode.REQUIRE);
        assertThat(told(request, "decide")).containsExactly(Cast.CAROL.value());
    }

    @Test
    @DisplayName("R19 R23 auto does not hold for a denied call that nobody has confirmed, and holds once he has")
    void autoNeedsThePersonHimself() {
        requestUserJustification(false);
        AccessRequest unconfirmed = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.DEV, Set.of());
        assertThat(unconfirmed.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(unconfirmed.mode()).contains(ApprovalMode.REQUIRE);

        requestUserJustification(true);
        AccessRequest asked = aDenial(person(Cast.MALLORY), Cast.MALLORY, Cast.DEV, Set.of());
        AccessRequest confirmed = justification.justify(as(Cast.MALLORY), asked.id(), "It was me.", "PT1H");

        assertThat(confirmed.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(confirmed.mode()).contains(ApprovalMode.AUTO);
    }

    @Test
    @DisplayName("R23 the broken glass opens at once, for an hour at most, and everybody is told")
    void brokenGlassOpensAtOnce() throws Exception {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT1H"));

        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(request.mode()).contains(ApprovalMode.BREAK_GLASS);
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(told(request, "break_glass"))
                .containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value(), Cast.ERIN.value());
        assertThat(records(request, "request.glass_broken")).singleElement().satisfies(record -> {
            assertThat(record.actor()).isEqualTo(Cast.ALICE.value());
            JsonNode details = JsonMapper.builder().build().readTree(record.details());
            assertThat(details.path("reason").asText()).isEqualTo("Payments are down.");
            assertThat(details.path("ticket").asText()).isEqualTo("INC-4711");
            assertThat(details.path("ticketVerified").isBoolean()).isTrue();
            assertThat(details.path("ticketVerified").asBoolean()).isFalse();
            assertThat(details.path("sourceAddress").asText()).isEqualTo("198.51.100.23");
            assertThat(details.path("told")).hasSize(4);
        });
    }

    @Test
    @DisplayName("R23 an emergency of more than its cap is refused and leaves nothing behind")
    void emergencyAboveItsCapIsRefused() {
        assertThatThrownBy(() -> opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT1H1S")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("break-glass");

        assertThat(count("access_request")).isZero();
    }

    @Test
    @DisplayName("R23 a review is due 24 hours after the end, for approvers and administrators and not the requester")
    void reviewIsDueADayAfterTheEnd() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));
        runDueJobs();

        Instant due = TestClock.START.plus(Duration.ofMinutes(30)).plus(Duration.ofHours(24));
        Task task = taskOf(request, REVIEW);
        assertThat(task.getDueDate().toInstant()).isEqualTo(due);
        assertThat(now(request).reviewDueAt()).contains(due);
        assertThat(tasks.getIdentityLinksForTask(task.getId()))
                .extracting(link -> link.getUserId())
                .containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value(), Cast.ERIN.value());
        assertThat(told(request, "review"))
                .containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value(), Cast.ERIN.value());
    }

    @Test
    @DisplayName("R23 neither the requester nor anybody else without a part closes the review")
    void reviewIsNotForTheRequester() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));

        assertThatThrownBy(() -> reviews.review(as(Cast.ALICE), request.id(), "All well.", true))
                .isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(() -> reviews.review(as(Cast.VICTOR), request.id(), "All well.", true))
                .isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(() -> reviews.review(as(Cast.MALLORY), request.id(), "All well.", true))
                .isInstanceOf(io.drawbridge.identity.NotFoundException.class);
        assertThatThrownBy(() -> reviews.review(as(Cast.BOB), request.id(), " ", true))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> reviews.review(as(Cast.BOB), request.id(), "All well.", null))
                .isInstanceOf(InvalidInputException.class);
        assertThat(now(request).review()).isEmpty();
        assertThat(records(request, "request.refused")).hasSize(2);
    }

    @Test
    @DisplayName("R23 an approver closes the review once; the access goes on until its own end")
    void approverClosesTheReview() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));
        runDueJobs();

        reviews.review(as(Cast.BOB), request.id(), "The dashboards agree.", true);

        assertThat(now(request).review().orElseThrow())
                .isEqualTo(new Review(Cast.BOB, "The dashboards agree.", true, TestClock.START));
        assertThat(recorded(request)).contains("request.reviewed");
        assertThat(taskOf(request, REVIEW)).isNull();
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThatThrownBy(() -> reviews.review(as(Cast.ERIN), request.id(), "Again.", false))
                .isInstanceOf(StatusConflictException.class);
        after(Duration.ofMinutes(30));
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R23 one living break-glass grant a person")
    void oneLivingEmergencyAPerson() {
        AccessRequest first = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));

        assertThatThrownBy(() -> opening.ask(as(Cast.ALICE), anEmergency(Cast.DEV, "kms:ScheduleKeyDeletion", "PT30M")))
                .isInstanceOf(StatusConflictException.class);
        runDueJobs();
        assertThatThrownBy(() -> opening.ask(as(Cast.ALICE), anEmergency(Cast.DEV, "kms:ScheduleKeyDeletion", "PT30M")))
                .isInstanceOf(StatusConflictException.class);
        assertThat(count("access_request")).isOne();

        after(Duration.ofMinutes(30));
        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(opening.ask(as(Cast.ALICE), anEmergency(Cast.DEV, "kms:ScheduleKeyDeletion", "PT30M"))
                        .status())
                .isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R23 while a review of his is overdue, his next emergency is refused; once it is closed it is not")
    void overdueReviewBlocksTheNextEmergency() {
        AccessRequest first = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));
        runDueJobs();
        Instant due = now(first).reviewDueAt().orElseThrow();

        at(due.plusSeconds(1));
        assertThatThrownBy(() -> opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M")))
                .isInstanceOf(StatusConflictException.class)
                .hasMessageContaining("overdue");
        assertThat(count("access_request")).isOne();

        reviews.review(as(Cast.DAVE), first.id(), "Late, and fine.", true);
        assertThat(opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"))
                        .status())
                .isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R23 a review that is not overdue yet blocks nothing")
    void reviewInTimeBlocksNothing() {
        AccessRequest first = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));
        runDueJobs();

        at(now(first).reviewDueAt().orElseThrow().minusSeconds(1));

        assertThat(opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"))
                        .status())
                .isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName(
            "R22 an emergency that no policy for emergencies fits goes the ordinary way, and the requester is told")
    void unrecognisedEmergencyGoesOnAsAnyOther() {
        AccessRequest request = opening.ask(as(Cast.MALLORY), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(request.mode()).contains(ApprovalMode.REQUIRE);
        assertThat(told(request, "emergency_not_recognised")).containsExactly(Cast.MALLORY.value());
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value());
        assertThat(told(request, "break_glass")).isEmpty();
    }

    @Test
    @DisplayName("R22 a flag without a ticket where auto holds is auto, and the requester is told")
    void unrecognisedEmergencyMayBeAuto() {
        AccessRequest request = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(Cast.DEV, "s3:DeleteBucket", null, "PT30M", "Quick.", true, null, null));

        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(request.mode()).contains(ApprovalMode.AUTO);
        assertThat(told(request, "emergency_not_recognised")).containsExactly(Cast.ALICE.value());
        assertThat(request.reviewDueAt()).isEmpty();
    }

    @Test
    @DisplayName("R22 who did not flag an emergency gets none, ticket or not")
    void noFlagNoEmergency() {
        AccessRequest request = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(Cast.PROD, "s3:DeleteBucket", null, "PT30M", "Quick.", false, "INC-4711", null));

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(told(request, "emergency_not_recognised")).isEmpty();
    }

    @Test
    @DisplayName("R23 not even an emergency breaks a guard-rail")
    void guardRailBeatsTheEmergency() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "cloudtrail:StopLogging", "PT30M"));

        assertThat(request.status()).isEqualTo(RequestStatus.DENIED);
        assertThat(request.decision().orElseThrow().by()).isEqualTo(Decision.By.POLICY);
        assertThat(told(request, "denied")).containsExactly(Cast.ALICE.value());
        assertThat(noticeText(request, "denied", Cast.ALICE)).contains("Nobody may stop the audit trail");
    }

    @Test
    @DisplayName("R23 the reviewer can answer in Tasklist, and his words stay with us")
    void reviewInTasklist() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "s3:DeleteBucket", "PT30M"));

        complete(
                Cast.CAROL,
                taskOf(request, REVIEW),
                Map.of("message", "Seen on the dashboards.", "justified", "false"));

        assertThat(now(request).review().orElseThrow().justified()).isFalse();
        assertThat(now(request).review().orElseThrow().reviewer()).isEqualTo(Cast.CAROL);
        assertThat(taskOf(request, REVIEW)).isNull();
    }
}
