package io.drawbridge.notification.chat;

import static io.drawbridge.stage.Cast.ACME;
import static io.drawbridge.stage.Cast.ALICE;
import static io.drawbridge.stage.Cast.BOB;
import static io.drawbridge.stage.Cast.CAROL;
import static io.drawbridge.stage.Cast.ERIN;
import static io.drawbridge.stage.Cast.MALLORY;
import static io.drawbridge.stage.Cast.PROD;
import static io.drawbridge.stage.Cast.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.grant.GrantState;
import io.drawbridge.organization.NoticeChoiceDesk;
import io.drawbridge.organization.NoticeChoices.Mute;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestNotices;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.SlackEmulator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** The conversation in Slack, from the question to the end of the access. */
@SuppressWarnings("NullAway.Init")
class SlackStoryTest extends SlackStage {
    @Autowired
    private OrganizationDesk organization;

    @Autowired
    private NoticeChoiceDesk choices;

    @Autowired
    private RequestNotices notices;

    @Autowired
    private ChatInbox inbox;

    @Autowired
    private Conversation conversation;

    @Autowired
    private TransactionTemplate transactions;

    @Test
    @DisplayName("R30 R40 R43 R44 R60 R61 asked, justified, approved for a shorter time, told and ended in Slack alone")
    void goesFromTheQuestionToTheEnd() throws Exception {
        connect(ALICE);
        connect(BOB);
        AccessRequest request =
                opening.ask(as(ALICE), new AskForAccess(PROD, "s3:DeleteBucket", null, null, null, false, null, null));

        deliver();
        assertThat(actions(only(ALICE, request.id(), "Do you need"))).containsExactly("justify", "abandon");
        click(ALICE, Deed.JUSTIFY, request.id().value());
        assertThat(send(ALICE, Map.of("justification", "Clean up <!channel> & more", "duration", "PT2H"))
                        .status())
                .isEqualTo(200);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        deliver();
        assertThat(actions(only(ALICE, request.id(), "Waiting for a decision: ")))
                .containsExactly("withdraw");
        JsonNode question = only(BOB, request.id(), "Please decide");
        assertThat(actions(question)).containsExactly("approve", "deny");
        assertThat(textOf(question.path("blocks")))
                .contains(
                        request.identity().arn(),
                        "s3:DeleteBucket",
                        request.id().value(),
                        request.scopePath())
                .contains("payments-prod (111122223333)", "2 hours", "Clean up <!channel> & more")
                .contains("Open the request");
        assertThat(question.toString()).contains("/requests/" + request.id());

        click(BOB, Deed.APPROVE, request.id().value());
        assertThat(openedView().toString()).contains("From 10 seconds to 8 hours");
        assertThat(send(BOB, Map.of("duration", "PT1H"))
                        .json()
                        .path("errors")
                        .path("message")
                        .asText())
                .startsWith("is missing");
        assertThat(send(BOB, Map.of("message", "Yes", "ownDuration", "9h"))
                        .json()
                        .path("errors")
                        .path("duration")
                        .asText())
                .contains("too long");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(send(BOB, Map.of("message", "Until lunch", "duration", "PT1H"))
                        .json()
                        .path("response_action")
                        .asText())
                .isEqualTo("update");

        AccessRequest approved = requests.find(request.id()).orElseThrow();
        assertThat(approved.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(approved.decision().orElseThrow().person()).isEqualTo(BOB);
        assertThat(approved.grantedDuration().orElseThrow()).hasToString("PT1H");
        assertThat(approved.requestedDuration().orElseThrow()).hasToString("PT2H");

        runDueJobs();
        deliver();
        JsonNode outcome = only(BOB, request.id(), "Approved: ");
        assertThat(outcome.path("ts").asText())
                .as("replaced, not added")
                .isEqualTo(question.path("ts").asText());
        assertThat(actions(outcome)).isEmpty();
        assertThat(textOf(outcome.path("blocks")))
                .contains("Approved by bob@acme.example on 15 January 2026, 12:00:00 UTC");
        assertThat(shown(ALICE, request.id()).stream()
                        .map(message -> message.path("text").asText()))
                .anyMatch(text -> text.startsWith("Approved: "))
                .anyMatch(text -> text.startsWith("Access is on: "))
                .noneMatch(text -> text.startsWith("Do you need"));

        after(Duration.ofMinutes(50));
        deliver();
        assertThat(actions(only(ALICE, request.id(), "Access ends soon"))).containsExactly("end", "more");
        click(ALICE, Deed.MORE, request.id().value());
        assertThat(openedView().path("callback_id").asText()).isEqualTo("drawbridge:request");
        assertThat(openedView().toString()).contains("s3:DeleteBucket").contains(PROD);

        click(ALICE, Deed.END, request.id().value());
        runDueJobs();
        deliver();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(shown(ALICE, request.id()).stream()
                        .filter(message -> actions(message).contains("end")))
                .as("nothing can be ended any more")
                .isEmpty();
        only(ALICE, request.id(), "Access is gone: ");
    }

    @Test
    @DisplayName("R30 \"No\" in Slack abandons, and the question is replaced by the answer")
    void noAbandons() throws Exception {
        connect(ALICE);
        AccessRequest request =
                opening.ask(as(ALICE), new AskForAccess(PROD, "s3:DeleteBucket", null, null, null, false, null, null));
        deliver();

        click(ALICE, Deed.ABANDON, request.id().value());
        deliver();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED);
        assertThat(actions(only(ALICE, request.id(), "Not needed: "))).isEmpty();
    }

    @Test
    @DisplayName(
            "R41 R1 the next rung gets it after the hour; a decision on the page replaces every copy, and a late click changes nothing")
    void decisionElsewhereReplacesEveryCopy() throws Exception {
        connect(BOB);
        connect(CAROL);
        AccessRequest request = aPendingRequest();
        deliver();
        assertThat(shown(CAROL, request.id())).isEmpty();

        after(Duration.ofHours(1));
        deliver();
        assertThat(actions(only(CAROL, request.id(), "Please decide"))).containsExactly("approve", "deny");
        click(BOB, Deed.APPROVE, request.id().value());
        decisions.deny(as(CAROL), request.id(), "Not today.");
        deliver();

        for (JsonNode copy : List.of(only(BOB, request.id(), "Denied: "), only(CAROL, request.id(), "Denied: "))) {
            assertThat(actions(copy)).isEmpty();
            assertThat(textOf(copy.path("blocks"))).contains("Denied by carol@acme.example on ", "Not today.");
        }
        assertThat(send(BOB, Map.of("message", "Yes", "duration", "PT1H")).body())
                .contains("Too late");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(recorded(request)).contains("request.refused");
    }

    @Test
    @DisplayName(
            "R47 a request that expires while the form is open stays expired, and whoever was asked sees it in place of the question")
    void expiresWhileTheFormIsOpen() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        deliver();
        click(BOB, Deed.APPROVE, request.id().value());

        after(Duration.ofHours(24));

        assertThat(send(BOB, Map.of("message", "Yes", "duration", "PT1H")).body())
                .contains("Too late");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
        deliver();
        assertThat(shown(BOB, request.id())).hasSize(1);
        assertThat(actions(only(BOB, request.id(), "Expired: "))).isEmpty();
    }

    @Test
    @DisplayName(
            "R24 who lost the role between message and click, or between click and form, decides nothing, and the tries are audited")
    void rolesAreReadAtEachAction() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        deliver();
        click(BOB, Deed.APPROVE, request.id().value());
        organization.assignApprovers(as(ERIN), new ScopeId(PROD), List.of(CAROL), false, null);

        assertThat(send(BOB, Map.of("message", "Yes", "duration", "PT1H")).body())
                .contains("Not found");
        click(BOB, Deed.DENY, request.id().value());
        assertThat(openedView().toString()).contains("Not found");

        database.sql("insert into viewer (tenant_id, scope_id, person_id) values ('acme', 'r-acme', ?)")
                .param(BOB.value())
                .update();
        click(BOB, Deed.APPROVE, request.id().value());
        assertThat(openedView().toString()).contains("Not allowed");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(trail.of(ACME, request.id().value()))
                .anyMatch(step -> step.action().equals("request.refused")
                        && step.actor().equals(BOB.value())
                        && step.details().contains("approve"));
    }

    @Test
    @DisplayName("R24 R33 nobody decides his own request in Slack, unless self-approval is on where he approves")
    void selfApprovalHoldsInSlackToo() throws Exception {
        connect(ALICE);
        organization.assignApprovers(as(ERIN), new ScopeId(PROD), List.of(ALICE, BOB), false, null);
        AccessRequest own = aPendingRequest();
        click(ALICE, Deed.APPROVE, own.id().value());
        assertThat(openedView().toString())
                .contains("Nobody decides his own request")
                .doesNotContain("\"input\"");

        AccessRequest sandbox = opening.ask(as(ALICE), anAsk(SANDBOX, "s3:DeleteBucket", "PT1H"));
        deliver();
        assertThat(actions(only(ALICE, sandbox.id(), "Please decide"))).containsExactly("approve", "deny");
        click(ALICE, Deed.APPROVE, sandbox.id().value());
        send(ALICE, Map.of("message", "My own sandbox", "duration", "PT1H"));
        assertThat(statusOf(sandbox.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName(
            "R55 R56 breaking the glass from Slack needs flag and ticket, is told loudly, and is reviewed in Slack")
    void breaksTheGlass() throws Exception {
        connect(ALICE);
        connect(BOB);
        command(ALICE, "request " + PROD + " s3:DeleteBucket 30m");
        assertThat(openedView().toString()).contains("payments-prod (" + PROD + ")", "PT30M");
        Map<String, String> asked = Map.of(
                "account",
                PROD,
                "permission",
                "s3:DeleteBucket",
                "duration",
                "PT30M",
                "justification",
                "Fire",
                "breakGlass",
                "true",
                "ticket",
                "INC-42");

        send(ALICE, asked);
        RequestId id = reader.list(as(ALICE), java.util.Set.of(), null, ALICE, null, null, 1)
                .get(0)
                .id();
        runDueJobs();
        deliver();

        assertThat(statusOf(id)).isEqualTo(RequestStatus.APPROVED);
        JsonNode loud = only(BOB, id, "BREAK-GLASS");
        assertThat(loud.toString()).contains("\uD83D\uDEA8");
        assertThat(textOf(loud.path("blocks"))).contains("INC-42 (not verified)");
        assertThat(actions(loud)).containsExactly("end");
        assertThat(actions(only(BOB, id, "Please review"))).containsExactly("review");
        click(BOB, Deed.REVIEW, id.value());
        send(BOB, Map.of("justified", "not-justified", "message", "There was no fire"));
        deliver();
        assertThat(requests.find(id).orElseThrow().review().orElseThrow().justified())
                .isFalse();
        assertThat(actions(only(BOB, id, "Reviewed, NOT justified: "))).isEmpty();
    }

    @Test
    @DisplayName("R15 R16 a call that no approval can help and a disabled service are told in Slack")
    void tellsWhatNoApprovalHelps() throws Exception {
        connect(ALICE);
        transactions.executeWithoutResult(status -> {
            notices.cannotHelp(ACME, ALICE, "s3:DeleteBucket", PROD, "a permissions boundary");
            notices.serviceDisabled(ACME, ALICE, "gamelift", PROD);
        });

        deliver();

        assertThat(slack.messages(userOf(ALICE)).stream().limit(2).map(message -> message.path("text")
                        .asText()))
                .containsExactlyInAnyOrder(
                        "No approval can help: s3:DeleteBucket in " + PROD, "Disabled: gamelift in " + PROD);
    }

    @Test
    void listsCompletesAndShowsTheHomeTab() throws Exception {
        connect(ALICE);
        connect(BOB);
        AccessRequest request = aPendingRequest();

        assertThat(command(BOB, "waiting").body()).contains(request.id().value(), "drawbridge:approve");
        assertThat(command(ALICE, "waiting").body()).contains("Nothing waits for your decision");
        assertThat(command(ALICE, "mine").body()).contains(request.id().value(), "drawbridge:withdraw");
        assertThat(command(ALICE, "help").body()).contains("disconnect", "ephemeral");
        var typed = JSON.createObjectNode()
                .put("type", "block_suggestion")
                .put("action_id", "drawbridge:permission")
                .put("block_id", "permission")
                .put("value", "deletebuck");
        typed.putObject("team").put("id", accountOf(ALICE).workspace());
        typed.putObject("user")
                .put("id", userOf(ALICE))
                .put("team_id", accountOf(ALICE).workspace());
        assertThat(signed(payload(typed)).json().path("options").findValuesAsText("value"))
                .contains("s3:DeleteBucket")
                .allMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("deletebuck"));

        var opened = JSON.createObjectNode()
                .put("type", "app_home_opened")
                .put("user", userOf(BOB))
                .put("tab", "home");
        assertThat(event("Ev-home", opened).status()).isEqualTo(200);
        assertThat(line.calls().stream()
                        .filter(call -> call.operation().equals("views.publish"))
                        .toList())
                .hasSize(1)
                .allMatch(call -> call.body().contains(request.id().value()));
        event("Ev-home", opened);
        assertThat(line.count("views.publish"))
                .as("the same event again does nothing")
                .isOne();

        var said = JSON.createObjectNode()
                .put("type", "message")
                .put("channel_type", "im")
                .put("channel", "D1")
                .put("user", userOf(ALICE))
                .put("text", "mine")
                .put("ts", "1.1");
        line.fault(call -> call.operation().equals("chat.postMessage")
                ? Optional.of(new FaultyProxy.Answer(200, "{\"ok\":true,\"ts\":\"1.2\"}"))
                : Optional.empty());
        assertThat(event("Ev-said", said).status()).isEqualTo(200);
        assertThat(line.calls().stream()
                        .filter(call -> call.operation().equals("chat.postMessage"))
                        .reduce((earlier, later) -> later)
                        .orElseThrow()
                        .body())
                .contains(request.id().value());
    }

    @Test
    void anEventThatCouldNotBeDoneIsDoneWhenSlackSendsItAgain() throws Exception {
        connect(BOB);
        var opened = JSON.createObjectNode()
                .put("type", "app_home_opened")
                .put("user", userOf(BOB))
                .put("tab", "home");
        line.fault(call -> Optional.of(FaultyProxy.Answer.brokenOff()));
        assertThat(event("Ev-again", opened).status()).isEqualTo(500);

        line.fault(call -> Optional.empty());
        line.forget();

        assertThat(event("Ev-again", opened).status()).isEqualTo(200);
        assertThat(line.count("views.publish")).isOne();

        String underWay = "slack:" + SlackEmulator.WORKSPACE + ":event:Ev-under-way";
        assertThat(inbox.take(underWay, null)).isTrue();
        assertThat(event("Ev-under-way", opened).status())
                .as("another node does it at this moment, and may fail")
                .isEqualTo(503);
        clock.moveBy(ChatInbox.LEASE);
        assertThat(event("Ev-under-way", opened).status()).isEqualTo(200);
        assertThat(line.count("views.publish")).isEqualTo(2);
    }

    @Test
    @DisplayName("R3 a form whose node died over it is done by the next, once, and its sender is told")
    void formsThatWereTakenAreNotLost() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        ChatInbox.Sent sent = new ChatInbox.Sent(
                accountOf(BOB), Deed.APPROVE, request.id().value(), Map.of("message", "Yes", "duration", "PT1H"));
        assertThat(inbox.take("a form of a node that died", sent)).isTrue();

        conversation.resume();
        assertThat(statusOf(request.id()))
                .as("still being done, for all that is known")
                .isEqualTo(RequestStatus.PENDING);
        clock.moveBy(Duration.ofMinutes(1));
        conversation.resume();
        conversation.resume();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        assertThat(database.sql("select count(*) from notice where kind = 'chat_answer'")
                        .query(Integer.class)
                        .single())
                .isOne();
        assertThat(database.sql("select count(*) from chat_delivery where content is not null")
                        .query(Integer.class)
                        .single())
                .as("what was written in the form is forgotten")
                .isZero();
    }

    @Test
    void isToldOnlyWhatHeWantsAndWithTheWordsOfHisTenant() throws Exception {
        connect(BOB);
        choices.setAddendum(as(ERIN), "Call 4711 at night.");
        choices.mute(as(BOB), Mute.Kind.SCOPE, "ou-production");
        AccessRequest muted = aPendingRequest();
        deliver();
        assertThat(shown(BOB, muted.id())).isEmpty();

        choices.unmute(as(BOB), Mute.Kind.SCOPE, "ou-production");
        AccessRequest told = opening.ask(as(ALICE), anAsk(PROD, "s3:DeleteBucketPolicy", "PT1H"));
        deliver();
        assertThat(textOf(only(BOB, told.id(), "Please decide").path("blocks"))).contains("Call 4711 at night.");

        choices.mute(as(BOB), Mute.Kind.CHANNEL, "slack");
        AccessRequest quiet = opening.ask(as(MALLORY), anAsk(PROD, "s3:DeleteBucket", "PT1H"));
        deliver();
        assertThat(shown(BOB, quiet.id())).isEmpty();
        assertThat(trail.of(ACME, BOB.value())).anyMatch(step -> step.action().equals("notices.muted"));
    }

    @Test
    @DisplayName("what is said to the app in a channel is answered there to whoever said it, and to nobody else")
    void mentionsAreAnsweredToOnePerson() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        deliver();
        line.forget();
        line.fault(call -> call.operation().startsWith("chat.")
                ? Optional.of(new FaultyProxy.Answer(200, "{\"ok\":true}"))
                : Optional.empty());

        assertThat(event("Ev-mention", mention("<@U0BOT>  waiting ")).status()).isEqualTo(200);

        assertThat(line.calls()).hasSize(1);
        FaultyProxy.Call answer = line.calls().get(0);
        assertThat(answer.operation()).isEqualTo("chat.postEphemeral");
        assertThat(answer.body())
                .contains(
                        "channel=C0SHARED", "user=" + userOf(BOB), request.id().value());

        line.forget();
        ObjectNode edited = mention("<@U0BOT> waiting");
        edited.putObject("edited").put("user", userOf(BOB)).put("ts", "1.2");
        event("Ev-edited", edited);
        event("Ev-bot", mention("<@U0BOT> waiting").put("bot_id", "B1"));
        event("Ev-other", mention("<@U0BOT> waiting").put("team", "T0ANOTHER"));
        assertThat(line.calls())
                .as("an edit, a bot, and somebody of the other company in a shared channel")
                .isEmpty();
    }

    private ObjectNode mention(String text) {
        return JSON.createObjectNode()
                .put("type", "app_mention")
                .put("user", userOf(BOB))
                .put("team", SlackEmulator.WORKSPACE)
                .put("channel", "C0SHARED")
                .put("text", text)
                .put("ts", "1.1")
                .put("event_ts", "1.1");
    }

    @Test
    @DisplayName("a form that takes longer than Slack waits is kept, done, and its sender is told by a message")
    void slowFormsAreDoneAfterwards() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        click(BOB, Deed.APPROVE, request.id().value());
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> holder = other.submit(() -> transactions.executeWithoutResult(status -> {
                database.sql("select id from access_request where id = ? for update")
                        .param(request.id().value())
                        .query(String.class)
                        .single();
                held.countDown();
                await(answered);
            }));
            await(held);

            assertThat(send(BOB, Map.of("message", "Yes", "duration", "PT1H")).body())
                    .contains("It has been kept");
            assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
            answered.countDown();
            holder.get(10, TimeUnit.SECONDS);
        } finally {
            answered.countDown();
            other.shutdown();
        }

        Awaitility.await()
                .until(() -> database.sql("select count(*) from notice where kind = 'chat_answer'")
                                .query(Integer.class)
                                .single()
                        == 1);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        deliver();
        assertThat(shown(BOB, request.id()))
                .as("the question that was replaced, and the answer")
                .hasSize(2)
                .allMatch(message -> message.path("text").asText().startsWith("Approved: "));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    @DisplayName("what a click has done is told by a message where Slack shows nothing any more")
    void clicksThatCannotBeAnsweredAreTold() throws Exception {
        connect(ALICE);
        AccessRequest request = aPendingRequest();
        deliver();
        line.fault(call -> call.operation().equals("views.open")
                ? Optional.of(new FaultyProxy.Answer(200, "{\"ok\":false,\"error\":\"expired_trigger_id\"}"))
                : Optional.empty());

        assertThat(click(ALICE, Deed.MORE, request.id().value()).status())
                .as("a form that does not open is said by Slack")
                .isEqualTo(500);
        assertThat(click(ALICE, Deed.WITHDRAW, request.id().value()).status()).isEqualTo(200);

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.CANCELLED);
        deliver();
        assertThat(shown(ALICE, request.id()))
                .hasSize(2)
                .allMatch(message -> message.path("text").asText().startsWith("Withdrawn: "));
    }

    @Test
    @DisplayName("R23 whoever has muted everything is told of broken glass nevertheless, and asked to review it")
    void muteSilencesNoEmergency() throws Exception {
        connect(BOB);
        choices.mute(as(BOB), Mute.Kind.CHANNEL, "slack");
        choices.mute(as(BOB), Mute.Kind.CHANNEL, "mail");
        choices.mute(as(BOB), Mute.Kind.SCOPE, "r-acme");

        AccessRequest request = opening.ask(
                as(ALICE), new AskForAccess(PROD, "s3:DeleteBucket", null, "PT30M", "Fire", true, "INC-42", null));
        runDueJobs();
        deliver();

        only(BOB, request.id(), "BREAK-GLASS");
        assertThat(actions(only(BOB, request.id(), "Please review"))).containsExactly("review");
        assertThat(database.sql("select count(*) from notice where kind = 'review' and transport = 'mail'"
                                + " and recipient_id = ?")
                        .param(BOB.value())
                        .query(Integer.class)
                        .single())
                .isOne();
    }
}
