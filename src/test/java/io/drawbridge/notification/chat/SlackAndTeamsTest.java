package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.app_backend.SlackSignature;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.SlackEmulator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Two approvers of one request, one in Slack and one in Teams. */
class SlackAndTeamsTest extends TeamsStage {
    private static final List<String> PERMISSIONS =
            List.of("s3:DeleteBucket", "kms:ScheduleKeyDeletion", "iam:CreateUser", "rds:DeleteDBInstance");

    @Test
    @DisplayName(
            "R2 of two who send their forms at the same moment, in Slack and in Teams, one decides; both messages end with it")
    void oneDecision() throws Exception {
        SlackEmulator slack = SlackEmulator.server();
        SlackEmulator.line().fault(call -> Optional.empty());
        SlackEmulator.line().afterwards(call -> Optional.empty());
        String bobInSlack = slack.userWith(Cast.BOB.value());
        accounts.connect(
                as(Cast.BOB),
                accounts.invite(new ChatAccount(ChatPlatform.SLACK, SlackEmulator.WORKSPACE, bobInSlack)));
        connect(Cast.CAROL);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (String permission : PERMISSIONS) {
                AccessRequest request = ask(Cast.ALICE, Cast.PROD, permission, "PT2H");
                after(Duration.ofHours(1));
                deliver();
                JsonNode question = cards(Cast.CAROL).stream()
                        .filter(card -> actions(card).contains("Approve")
                                && textOf(card).contains(request.id().value()))
                        .findFirst()
                        .orElseThrow();
                JsonNode form = click(Cast.CAROL, question, "Approve").card();
                ObjectNode inTeams = clickOn(Cast.CAROL, form, "Approve", Map.of("message", "From Teams."), null);
                String inSlack = submission(bobInSlack, request.id());
                CyclicBarrier together = new CyclicBarrier(2);

                Future<JsonNode> teamsAnswer =
                        both.submit(at(together, () -> post(inTeams).card()));
                Future<Integer> slackAnswer = both.submit(at(together, () -> postToSlack(inSlack)));

                assertThat(slackAnswer.get(30, TimeUnit.SECONDS)).isEqualTo(200);
                String answered = textOf(teamsAnswer.get(30, TimeUnit.SECONDS));
                deliver();
                AccessRequest decided = now(request);
                assertThat(decided.status()).isEqualTo(RequestStatus.APPROVED);
                boolean byTeams =
                        Cast.CAROL.equals(decided.decision().orElseThrow().person());
                assertThat(decided.decision().orElseThrow().message())
                        .isEqualTo(byTeams ? "From Teams." : "From Slack.");
                assertThat(answered.startsWith("Approved")).as(answered).isEqualTo(byTeams);
                assertThat(records(request, "request.approved")).hasSize(1);
                JsonNode here = cards(Cast.CAROL).stream()
                        .filter(card -> textOf(card).startsWith("Approved")
                                && textOf(card).contains(request.id().value()))
                        .findFirst()
                        .orElseThrow();
                assertThat(actions(here)).isEmpty();
                String decider = byTeams ? Cast.CAROL.value() : Cast.BOB.value();
                assertThat(textOf(here)).contains("Approved by " + decider);
                List<JsonNode> there = slack.messages(bobInSlack).stream()
                        .filter(message ->
                                message.toString().contains(request.id().value()))
                        .toList();
                assertThat(there).anyMatch(message -> message.toString().contains("Approved by " + decider));
                assertThat(there).noneMatch(message -> message.toString().contains("drawbridge:approve"));
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(count("access_grant")).isEqualTo(PERMISSIONS.size());
    }

    private static <T> Callable<T> at(CyclicBarrier together, Callable<T> deed) {
        return () -> {
            together.await(10, TimeUnit.SECONDS);
            return deed.call();
        };
    }

    /** The form to approve, filled in and sent, as Slack posts it. */
    private static String submission(String user, RequestId request) {
        ObjectNode sent = JSON.createObjectNode().put("type", "view_submission").put("token", "unused");
        sent.putObject("team").put("id", SlackEmulator.WORKSPACE);
        sent.putObject("user").put("id", user).put("team_id", SlackEmulator.WORKSPACE);
        sent.put("api_app_id", "A1").put("trigger_id", "race-" + request.value());
        ObjectNode view = sent.putObject("view")
                .put("id", "V" + request.value())
                .put("hash", "h1")
                .put("type", "modal")
                .put("callback_id", "drawbridge:approve")
                .put("private_metadata", request.value());
        view.putObject("state")
                .putObject("values")
                .putObject("message")
                .putObject("message")
                .put("type", "plain_text_input")
                .put("value", "From Slack.");
        return "payload=" + URLEncoder.encode(sent.toString(), StandardCharsets.UTF_8);
    }

    private int postToSlack(String body) throws Exception {
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        return browser.perform(MockMvcRequestBuilders.post("/chat/slack")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .header("X-Slack-Request-Timestamp", timestamp)
                        .header(
                                "X-Slack-Signature",
                                new SlackSignature.Generator(SlackEmulator.SIGNING_SECRET).generate(timestamp, body))
                        .content(body))
                .andReturn()
                .getResponse()
                .getStatus();
    }
}
