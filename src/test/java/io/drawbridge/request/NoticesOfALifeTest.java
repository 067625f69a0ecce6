package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is told what in the course of a request, and when. */
class NoticesOfALifeTest extends RequestStage {

    @Test
    @DisplayName("R61 from the question to the revocation the requester is told each step, at its time")
    void requesterIsToldEachStep() {
        AccessRequest request = aRequestedRequest();
        justification.justify(as(Cast.ALICE), request.id(), "Because.", "PT1H");
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("justify", "pending", "approved");
        runDueJobs();
        assertThat(kindsFor(request, Cast.ALICE)).endsWith("access_on");

        at(TestClock.START.plus(Duration.ofMinutes(50)).minusSeconds(1));
        assertThat(kindsFor(request, Cast.ALICE)).endsWith("access_on");
        at(TestClock.START.plus(Duration.ofMinutes(50)));
        assertThat(kindsFor(request, Cast.ALICE)).endsWith("expiring_soon");
        at(TestClock.START.plus(Duration.ofMinutes(60)).minusSeconds(1));
        assertThat(kindsFor(request, Cast.ALICE)).endsWith("expiring_soon");
        at(TestClock.START.plus(Duration.ofMinutes(60)));

        assertThat(kindsFor(request, Cast.ALICE))
                .containsExactly("justify", "pending", "approved", "access_on", "expiring_soon", "revoked");
        assertThat(noticeText(request, "pending", Cast.ALICE)).contains(Cast.BOB.value());
        assertThat(noticeText(request, "approved", Cast.ALICE)).contains("15 January 2026, 13:00:00");
    }

    @Test
    @DisplayName("R61 a grant of 30 minutes is announced 10 minutes before its end, one of a second less is not")
    void shortGrantsAreNotAnnounced() {
        AccessRequest shortOne = ask(Cast.ALICE, Cast.PROD, "s3:DeleteBucket", "PT29M59S");
        AccessRequest longOne = ask(Cast.ALICE, Cast.PROD, "kms:ScheduleKeyDeletion", "PT30M");
        decisions.approve(as(Cast.BOB), shortOne.id(), "Fine.", null);
        decisions.approve(as(Cast.BOB), longOne.id(), "Fine.", null);
        runDueJobs();

        after(Duration.ofMinutes(20));
        assertThat(told(longOne, "expiring_soon")).containsExactly(Cast.ALICE.value());
        after(Duration.ofMinutes(10));

        assertThat(told(shortOne, "expiring_soon")).isEmpty();
        assertThat(told(shortOne, "revoked")).containsExactly(Cast.ALICE.value());
        assertThat(told(longOne, "revoked")).containsExactly(Cast.ALICE.value());
    }

    @Test
    @DisplayName("R61 a denial reaches the requester with its message; the others who were asked learn that it is done")
    void denialIsTold() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));

        decisions.deny(as(Cast.BOB), request.id(), "Use the lifecycle rule.");

        assertThat(noticeText(request, "denied", Cast.ALICE))
                .contains("Use the lifecycle rule.")
                .contains(Cast.BOB.value());
        assertThat(told(request, "denied")).containsExactly(Cast.ALICE.value());
        assertThat(told(request, "decided")).containsExactly(Cast.CAROL.value());
    }

    @Test
    @DisplayName("R61 a withdrawal is told to those who were asked")
    void withdrawalIsTold() {
        AccessRequest request = aPendingRequest();

        justification.cancel(as(Cast.ALICE), request.id());

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.CANCELLED);
        assertThat(told(request, "withdrawn")).containsExactly(Cast.BOB.value());
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R61 a withdrawal before anybody was asked is told to nobody")
    void earlyWithdrawalIsToldToNobody() {
        AccessRequest request = aRequestedRequest();

        justification.cancel(as(Cast.ALICE), request.id());

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.CANCELLED);
        assertThat(told(request, "withdrawn")).isEmpty();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R60 approvers read all that they decide upon, each once")
    void approversReadWhatTheyDecideUpon() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));

        for (var approver : List.of(Cast.BOB, Cast.CAROL)) {
            assertThat(kindsFor(request, approver)).containsExactly("decide");
            assertThat(noticeText(request, "decide", approver))
                    .contains(request.identity().arn())
                    .contains("s3:DeleteBucket")
                    .contains(request.id().value())
                    .contains("r-acme/ou-workloads/ou-production/111122223333")
                    .contains("payments-prod")
                    .contains("The archive has to go.")
                    .contains("2 hours")
                    .contains("http://127.0.0.1:8080/requests/" + request.id())
                    .doesNotContain("?");
        }
    }

    @Test
    @DisplayName("R61 auto is told as approved, and no approver hears of it")
    void autoIsToldToTheRequesterOnly() {
        AccessRequest request = ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT10M");
        runDueJobs();
        after(Duration.ofMinutes(10));

        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("approved", "access_on", "revoked");
        assertThat(count("notice")).isEqualTo(3);
    }
}
