package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked why and for how long, and what becomes of the answer. */
class JustificationTest extends RequestStage {

    @Test
    @DisplayName("R30 a person is asked, and has the task")
    void personIsAsked() {
        AccessRequest request = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.PROD, Set.of());

        assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
        assertThat(taskOf(request, JUSTIFY).getAssignee()).isEqualTo(Cast.ALICE.value());
        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("justify");
        assertThat(count("notice")).isOne();
    }

    @Test
    @DisplayName("R30 a justification brings the request to its approvers")
    void justificationGoesToTheApprovers() {
        AccessRequest request = aRequestedRequest();

        AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "  The archive.  ", "PT2H");

        assertThat(judged.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(judged.justification()).contains("The archive.");
        assertThat(judged.requestedDuration()).contains(AccessDuration.parse("PT2H"));
        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("justify", "pending");
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
    }

    @Test
    @DisplayName("R30 \"No\" abandons the request")
    void noAbandons() {
        AccessRequest request = aRequestedRequest();

        justification.abandon(as(Cast.ALICE), request.id());

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED);
        assertThat(recorded(request)).contains("request.abandoned");
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R30 \"No\" in Tasklist abandons, \"Yes\" justifies, anything else does neither")
    void answersInTasklist() {
        AccessRequest first = aRequestedRequest();
        assertThatThrownBy(() -> complete(Cast.ALICE, taskOf(first, JUSTIFY), Map.of("answer", "maybe")));
        assertThatThrownBy(() -> complete(Cast.ALICE, taskOf(first, JUSTIFY), Map.of()));
        assertThatThrownBy(() -> complete(Cast.ALICE, taskOf(first, JUSTIFY), Map.of("answer", "yes")));
        assertThat(statusOf(first.id())).isEqualTo(RequestStatus.REQUESTED);

        complete(Cast.ALICE, taskOf(first, JUSTIFY), Map.of("answer", "no"));
        assertThat(statusOf(first.id())).isEqualTo(RequestStatus.ABANDONED);

        AccessRequest second = aRequestedRequest();
        complete(
                Cast.ALICE,
                taskOf(second, JUSTIFY),
                Map.of("answer", "yes", "justification", "The archive.", "duration", "PT1H"));
        assertThat(statusOf(second.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(now(second).requestedDuration()).contains(AccessDuration.parse("PT1H"));
    }

    @Test
    @DisplayName("R30 at 23:59:59 it still waits, at 24 hours it is ABANDONED_EXPIRED and the requester is told")
    void silenceAbandonsAfterADay() {
        AccessRequest request = aRequestedRequest();

        after(Duration.ofHours(24).minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.REQUESTED);
        assertThat(taskOf(request, JUSTIFY)).isNotNull();

        after(Duration.ofSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED_EXPIRED);
        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("justify", "justification_expired");
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R30 only the requester answers, in Tasklist too")
    void onlyTheRequesterAnswers() {
        AccessRequest request = aRequestedRequest();

        for (PersonId other : new PersonId[] {Cast.BOB, Cast.ERIN, Cast.VICTOR}) {
            assertThatThrownBy(() -> justification.justify(as(other), request.id(), "For her.", "PT1H"))
                    .isInstanceOf(ForbiddenException.class);
            assertThatThrownBy(() -> justification.abandon(as(other), request.id()))
                    .isInstanceOf(ForbiddenException.class);
            assertThatThrownBy(() -> justification.cancel(as(other), request.id()))
                    .isInstanceOf(ForbiddenException.class);
            assertThatThrownBy(() -> complete(other, taskOf(request, JUSTIFY), Map.of("answer", "no")));
        }

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.REQUESTED);
        assertThat(records(request, "request.refused")).hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\u2003\n\t"})
    @DisplayName("R43 a blank justification is refused, and the request goes on waiting")
    void blankJustificationIsRefused(String text) {
        AccessRequest request = aRequestedRequest();

        assertThatThrownBy(() -> justification.justify(as(Cast.ALICE), request.id(), text, "PT1H"))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> complete(
                Cast.ALICE,
                taskOf(request, JUSTIFY),
                Map.of("answer", "yes", "justification", text, "duration", "PT1H")));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.REQUESTED);
        assertThat(now(request).justification()).isEmpty();
    }

    @Test
    @DisplayName("R43 a justification has at most 2,000 characters")
    void justificationHasItsLongest() {
        AccessRequest request = aRequestedRequest();

        assertThatThrownBy(() -> justification.justify(as(Cast.ALICE), request.id(), "x".repeat(2001), "PT1H"))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> opening.ask(
                        as(Cast.MALLORY),
                        new AskForAccess(
                                Cast.PROD, "s3:DeleteBucket", null, "PT1H", "x".repeat(2001), false, null, null)))
                .isInstanceOf(InvalidInputException.class);

        AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "x".repeat(2000), "PT1H");
        assertThat(judged.justification().orElseThrow()).hasSize(2000);
    }

    @Test
    @DisplayName("R30 a duration that was asked at the beginning holds unless the justification names another")
    void askedDurationHolds() {
        AccessRequest request = opening.ask(
                as(Cast.ALICE), new AskForAccess(Cast.PROD, "s3:DeleteBucket", null, "PT4H", null, false, null, null));

        AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "Because.", null);

        assertThat(judged.requestedDuration()).contains(AccessDuration.parse("PT4H"));
    }

    @Test
    @DisplayName("R34 without a duration it is the preset")
    void withoutADurationItIsThePreset() {
        AccessRequest request = aRequestedRequest();

        AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "Because.", null);

        assertThat(judged.requestedDuration()).contains(AccessDuration.parse("PT1H"));
    }

    @Test
    @DisplayName("R31 with the setting off nobody is asked, and the approver can set a duration")
    void settingOffAsksNobody() {
        requestUserJustification(false);

        AccessRequest request = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.PROD, Set.of());

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(request.justification()).isEmpty();
        assertThat(told(request, "justify")).isEmpty();
        AccessRequest approved = decisions.approve(as(Cast.BOB), request.id(), "Fine.", "PT30M");
        assertThat(approved.grantedDuration()).contains(AccessDuration.parse("PT30M"));
    }

    @Test
    @DisplayName("R31 with the setting off the approver need not name a duration: the preset is given")
    void settingOffGivesThePreset() {
        requestUserJustification(false);
        AccessRequest request = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.PROD, Set.of());

        AccessRequest approved = decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);

        assertThat(approved.grantedDuration()).contains(AccessDuration.parse("PT1H"));
    }

    @Test
    @DisplayName("R32 who cannot be reached is not asked")
    void whoCannotBeReachedIsNotAsked() {
        leaves(Cast.ALICE);

        AccessRequest request = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.PROD, Set.of());

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(told(request, "justify")).isEmpty();
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value());
    }

    @Test
    @DisplayName("R32 R24 R40 the owner of a role is asked nothing, does not decide, and his scope is passed over")
    void ownerOfARoleIsAskedNothing() {
        AccessRequest request = aDenial(deployRole(), Cast.BOB, Cast.PROD, Set.of("build-1234"));

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(request.requester()).isEqualTo(Cast.BOB);
        assertThat(told(request, "justify")).isEmpty();
        assertThat(told(request, "decide")).containsExactly(Cast.CAROL.value());
        assertThat(records(request, "request.rung_skipped"))
                .singleElement()
                .satisfies(skipped -> assertThat(skipped.details()).contains(Cast.PROD));
        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Mine.", null))
                .isInstanceOf(ForbiddenException.class);
        decisions.approve(as(Cast.CAROL), request.id(), "Fine.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R32 a role's request that the policy denies ends there")
    void deniedRoleEndsByPolicy() {
        AccessRequest request = opening.ask(
                as(Cast.BOB),
                new AskForAccess(Cast.PROD, "cloudtrail:StopLogging", null, null, null, false, null, DEPLOY_ROLE));

        assertThat(request.status()).isEqualTo(RequestStatus.DENIED);
        assertThat(told(request, "decide")).isEmpty();
    }

    @Test
    @DisplayName("R33 where self-approval is on, an approver gets the approval only, and may decide")
    void selfApproverGetsTheApprovalOnly() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anOpenAsk(Cast.SANDBOX, "s3:DeleteBucket"));

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(taskOf(request, JUSTIFY)).isNull();
        assertThat(candidates(request)).containsExactly(Cast.ALICE.value());
        assertThat(told(request, "justify")).isEmpty();
        assertThat(told(request, "decide")).containsExactly(Cast.ALICE.value());

        decisions.approve(as(Cast.ALICE), request.id(), "My own sandbox.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        assertThat(now(request).decision().orElseThrow().person()).isEqualTo(Cast.ALICE);
    }

    @Test
    @DisplayName("R33 self-approval is only for who approves there")
    void selfApprovalIsForApprovers() {
        AccessRequest request = opening.ask(as(Cast.MALLORY), anOpenAsk(Cast.SANDBOX, "s3:DeleteBucket"));

        assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
        justification.justify(as(Cast.MALLORY), request.id(), "Because.", "PT1H");
        assertThatThrownBy(() -> decisions.approve(as(Cast.MALLORY), request.id(), "Mine.", null))
                .isInstanceOf(ForbiddenException.class);
    }

    @Test
    @DisplayName("R33 a scope below that turns self-approval off wins over the one above")
    void nearestScopeSaysWhetherOneDecidesHimself() {
        organization.assignApprovers(
                as(Cast.ERIN),
                new io.drawbridge.organization.ScopeId(Cast.SANDBOX),
                java.util.List.of(Cast.ALICE),
                false,
                false);

        AccessRequest request = opening.ask(as(Cast.ALICE), anOpenAsk(Cast.SANDBOX, "s3:DeleteBucket"));

        assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
        justification.justify(as(Cast.ALICE), request.id(), "Because.", "PT1H");
        assertThat(candidates(request)).containsExactly(Cast.DAVE.value());
        assertThatThrownBy(() -> decisions.approve(as(Cast.ALICE), request.id(), "Mine.", null))
                .isInstanceOf(ForbiddenException.class);
    }

    @Test
    @DisplayName("R33 R42 self-approval that is turned off while a request waits takes the task away")
    void selfApprovalTurnedOffTakesTheTaskAway() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anOpenAsk(Cast.SANDBOX, "s3:DeleteBucket"));

        organization.assignApprovers(
                as(Cast.ERIN), new io.drawbridge.organization.ScopeId("ou-sandbox"), java.util.List.of(), false, false);

        assertThat(candidates(request)).containsExactly(Cast.DAVE.value());
        assertThat(told(request, "decide")).containsExactly(Cast.ALICE.value(), Cast.DAVE.value());
    }
}
