package io.drawbridge.notification.chat;

import static io.drawbridge.stage.Cast.ALICE;
import static io.drawbridge.stage.Cast.BOB;
import static io.drawbridge.stage.Cast.PROD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.NoticeBoard;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.FaultyProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What happens to messages while Slack does not take them. */
@SuppressWarnings("NullAway.Init")
class SlackOutageTest extends SlackStage {
    @Autowired
    private NoticeBoard board;

    @Test
    @DisplayName(
            "R3 R62 Slack is down for an hour: requests go on by mail and page, nothing is lost, nothing is doubled")
    void downForAnHour() throws Exception {
        connect(ALICE);
        connect(BOB);
        line.fault(call -> Optional.of(FaultyProxy.Answer.brokenOff()));
        AccessRequest decided = aPendingRequest();
        AccessRequest open = opening.ask(as(ALICE), anAsk(PROD, "s3:DeleteBucketPolicy", "PT1H"));
        deliver();
        decisions.approve(as(BOB), decided.id(), "Fine.", null);
        runDueJobs();
        assertThat(statusOf(decided.id())).isEqualTo(RequestStatus.APPROVED);
        for (int minute = 0; minute < 59; minute++) {
            deliver();
            clock.moveBy(Duration.ofMinutes(1));
        }
        NoticeBoard.Notice waiting = board.read(as(BOB), null, 100).stream()
                .filter(notice -> notice.address().startsWith("slack:") && notice.sentAt() == null)
                .findFirst()
                .orElseThrow();
        assertThat(waiting.attempts()).isPositive();
        assertThat(waiting.failure()).contains("Slack");

        line.fault(call -> Optional.empty());
        for (int minute = 0; minute < 10; minute++) {
            clock.moveBy(Duration.ofMinutes(1));
            deliver();
        }

        assertThat(shown(BOB, decided.id())).hasSize(1);
        assertThat(actions(only(BOB, decided.id(), "Approved: "))).isEmpty();
        assertThat(actions(only(BOB, open.id(), "Please decide"))).containsExactly("approve", "deny");
        only(ALICE, decided.id(), "Access is on: ");
        assertThat(board.read(as(BOB), null, 100))
                .allMatch(notice -> notice.sentAt() != null && notice.failure() == null);
    }

    @Test
    @DisplayName("R62 a message whose answer was lost is found, and not posted again")
    void lostAnswersDoubleNothing() throws Exception {
        connect(BOB);
        line.afterwards(call -> call.operation().equals("chat.postMessage")
                ? Optional.of(FaultyProxy.Answer.brokenOff())
                : Optional.empty());
        AccessRequest request = aPendingRequest();
        deliver();
        assertThat(shown(BOB, request.id()))
                .as("it was posted, but nobody knows")
                .hasSize(1);

        line.afterwards(call -> Optional.empty());
        clock.moveBy(Duration.ofMinutes(1));
        deliver();
        assertThat(shown(BOB, request.id())).hasSize(1);

        decisions.deny(as(BOB), request.id(), "No.");
        deliver();
        JsonNode outcome = only(BOB, request.id(), "Denied: ");
        assertThat(actions(outcome)).isEmpty();
        assertThat(shown(BOB, request.id())).hasSize(1);
    }

    @Test
    @DisplayName("R62 a node that dies over a message leaves it to another, which looks for it first")
    void deadNodesDoubleNothing() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        deliver();
        // As if this node had died between Slack's yes and its own note of it.
        database.sql("update chat_message set conversation = null, message = null, shown = 0, claimed_until = ?")
                .param(clock.instant().plus(Duration.ofMinutes(10)).atOffset(java.time.ZoneOffset.UTC))
                .update();
        database.sql("update notice set sent_at = null where transport = 'slack'")
                .update();

        deliver();
        assertThat(line.count("conversations.history")).isZero();
        clock.moveBy(Duration.ofMinutes(10));
        deliver();

        assertThat(line.count("conversations.history")).isPositive();
        assertThat(shown(BOB, request.id())).hasSize(1);
    }

    @Test
    @DisplayName("R62 what Slack calls too much is waited out, for as long as it says")
    void rateLimitsAreWaitedOut() throws Exception {
        connect(BOB);
        line.forget();
        line.fault(call -> call.operation().equals("chat.postMessage")
                ? Optional.of(FaultyProxy.Answer.tooMuch(90))
                : Optional.empty());
        List<AccessRequest> asked =
                List.of(aPendingRequest(), opening.ask(as(ALICE), anAsk(PROD, "s3:DeleteBucketPolicy", "PT1H")));
        deliver();
        assertThat(line.count("chat.postMessage"))
                .as("the second is not even tried")
                .isOne();
        line.fault(call -> Optional.empty());
        line.forget();

        clock.moveBy(Duration.ofSeconds(89));
        deliver();
        assertThat(line.count("chat.postMessage")).isZero();
        clock.moveBy(Duration.ofSeconds(1));
        deliver();

        asked.forEach(request -> only(BOB, request.id(), "Please decide"));
    }

    @Test
    @DisplayName(
            "a command is answered in the time that Slack waits for it, also where Slack itself takes longer to be asked")
    void slowAnswersHoldUpNoCommand() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        line.fault(call -> {
            if (call.operation().equals("users.info")) {
                first.complete(waited(answered));
            }
            return Optional.empty();
        });

        assertThat(command(BOB, "connect").body()).contains("/chat/connect/");
        answered.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS))
                .as("whoever said it had his answer before we had Slack's")
                .isTrue();
    }

    private static boolean waited(CountDownLatch answered) {
        try {
            return answered.await(6, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
