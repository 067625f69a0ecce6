package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.grant.GrantState;
import io.drawbridge.organization.NoticeChoiceDesk;
import io.drawbridge.organization.NoticeChoices.Mute;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The conversation in Teams, from the question to the end of the access. */
@SuppressWarnings("NullAway.Init")
class TeamsStoryTest extends TeamsStage {
    @Autowired
    private DeniedCallIntake intake;

    @Autowired
    private NoticeChoiceDesk choices;

    @Test
    @DisplayName(
            "R17 R43 R60 R61 somebody asks in Teams, his approver approves on the card, and both cards end with it")
    void asksAndIsApproved() {
        connect(Cast.ALICE);
        connect(Cast.BOB);

        say(Cast.ALICE, "request payments-prod s3:DeleteBucket 2h");
        JsonNode form = last(Cast.ALICE);
        assertThat(input(form, "account").path("value").asText()).isEqualTo(Cast.PROD);
        assertThat(input(form, "permission").path("value").asText()).isEqualTo("s3:DeleteBucket");
        JsonNode asked = click(
                        Cast.ALICE,
                        form,
                        "Ask",
                        Map.of(
                                "account", Cast.PROD,
                                "permission", "s3:DeleteBucket",
                                "justification", "The *archive* has to go.",
                                "duration", "PT2H"))
                .card();
        AccessRequest request = requestFor("s3:DeleteBucket");
        assertThat(textOf(asked)).contains(request.id().value());
        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(request.requester()).isEqualTo(Cast.ALICE);
        deliver();

        JsonNode question = question(Cast.BOB);
        assertThat(textOf(question))
                .contains(
                        Cast.ALICE.value(),
                        "s3:DeleteBucket",
                        request.id().value(),
                        "payments-prod",
                        Cast.PROD,
                        request.identity().arn(),
                        "2 hours",
                        "The *archive* has to go.");
        assertThat(actions(question)).containsExactly("Approve", "Deny");
        assertThat(question.path("actions").findValuesAsText("url"))
                .containsExactly("http://127.0.0.1:8080/requests/" + request.id());
        JsonNode approve = click(Cast.BOB, question, "Approve").card();
        assertThat(input(approve, "message").path("isRequired").asBoolean()).isTrue();
        JsonNode outcome = click(Cast.BOB, approve, "Approve", Map.of("message", "Fine, once.", "duration", "PT1H"))
                .card();

        assertThat(textOf(outcome)).startsWith("Approved").contains(Cast.BOB.value(), "1 hour", "Fine, once.");
        assertThat(now(request).status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(now(request).grantedDuration().orElseThrow().inWords()).isEqualTo("1 hour");
        deliver();
        JsonNode replaced = only(Cast.BOB, "Approved");
        assertThat(actions(replaced)).isEmpty();
        assertThat(textOf(replaced)).contains(Cast.BOB.value(), "15 January 2026", "Fine, once.");
        runDueJobs();
        deliver();
        JsonNode on = withAction(Cast.ALICE, "End it now");
        click(Cast.ALICE, on, "End it now");
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        deliver();
        assertThat(cards(Cast.ALICE)).noneMatch(card -> actions(card).contains("End it now"));
    }

    @Test
    @DisplayName("R30 R61 the requester is asked why in Teams, and is told of the denial with its message")
    void justifiesAndIsDenied() {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        AccessRequest request = aRequestedRequest();
        deliver();

        JsonNode question = withAction(Cast.ALICE, "Say why");
        JsonNode form = click(Cast.ALICE, question, "Say why").card();
        click(Cast.ALICE, form, "Ask", Map.of("justification", "Because.", "duration", "PT1H"));
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
        deliver();
        assertThat(cards(Cast.ALICE)).noneMatch(card -> actions(card).contains("Say why"));
        JsonNode deny = form(Cast.BOB, "Deny");
        click(Cast.BOB, deny, "Deny", Map.of("message", "Use the lifecycle rule."));
        deliver();

        assertThat(now(request).status()).isEqualTo(RequestStatus.DENIED);
        assertThat(cards(Cast.ALICE)).anyMatch(card -> textOf(card).contains("Use the lifecycle rule."));
        assertThat(actions(only(Cast.BOB, "Denied"))).isEmpty();
    }

    @Test
    @DisplayName("R30 \"No\" abandons the request, and nothing is left to click")
    void abandons() {
        connect(Cast.ALICE);
        AccessRequest request = aRequestedRequest();
        deliver();

        JsonNode question = withAction(Cast.ALICE, "No");
        JsonNode answer = click(Cast.ALICE, question, "No").card();
        deliver();

        assertThat(textOf(answer)).startsWith("Not needed");
        assertThat(now(request).status()).isEqualTo(RequestStatus.ABANDONED);
        assertThat(cards(Cast.ALICE)).allMatch(card -> !actions(card).contains("No"));
    }

    @Test
    @DisplayName(
            "R43 a decision without a message, or with one that is too long, is not taken; the form stays as filled in")
    void messageIsMandatory() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);

        for (String deed : List.of("Approve", "Deny")) {
            JsonNode form = click(Cast.BOB, question, deed).card();
            for (String message : List.of("", "   ", "x".repeat(2001))) {
                JsonNode again =
                        click(Cast.BOB, form, deed, Map.of("message", message)).card();
                assertThat(actions(again)).contains(deed);
                assertThat(again.toString()).contains("\"color\":\"Attention\"");
            }
        }

        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
        JsonNode kept = click(
                        Cast.BOB,
                        click(Cast.BOB, question, "Approve").card(),
                        "Approve",
                        Map.of("message", "Fine.", "ownDuration", "a while"))
                .card();
        assertThat(input(kept, "message").path("value").asText()).isEqualTo("Fine.");
        assertThat(input(kept, "ownDuration").path("value").asText()).isEqualTo("a while");
    }

    @Test
    @DisplayName("R34 R44 no more than the cap is offered or taken, whatever is sent")
    void capHolds() {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        say(Cast.ALICE, "request payments-prod s3:DeleteBucket");
        JsonNode asking = last(Cast.ALICE);
        AccessRequest request = aPendingRequest();
        deliver();
        List<String> right = reader.durations(as(Cast.BOB), request.id()).offered().stream()
                .map(Object::toString)
                .toList();

        JsonNode form = form(Cast.BOB, "Approve");

        assertThat(choices(asking, "duration")).containsExactlyElementsOf(right);
        assertThat(input(asking, "duration").path("value").asText()).isEqualTo("PT1H");
        assertThat(choices(form, "duration")).containsAll(right).doesNotContain("forever");
        JsonNode again = click(Cast.BOB, form, "Approve", Map.of("message", "Fine.", "duration", "forever"))
                .card();
        assertThat(again.toString()).contains("\"color\":\"Attention\"");
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
    }

    private static List<String> choices(JsonNode form, String field) {
        return StreamSupport.stream(input(form, field).path("choices").spliterator(), false)
                .map(choice -> choice.path("value").asText())
                .toList();
    }

    @Test
    @DisplayName("R24 R33 the requester cannot approve his own request by a click, except where self-approval holds")
    void selfApproval() {
        connect(Cast.ALICE);
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);

        JsonNode refused = click(Cast.ALICE, question, "Approve").card();
        JsonNode form = click(Cast.BOB, question, "Approve").card();
        JsonNode sent =
                click(Cast.ALICE, form, "Approve", Map.of("message", "Mine.")).card();

        assertThat(textOf(refused)).startsWith("Not allowed");
        assertThat(textOf(sent)).startsWith("Not allowed");
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
        assertThat(recorded(request)).anyMatch(action -> action.contains("refused"));

        AccessRequest own = ask(Cast.ALICE, Cast.SANDBOX, "s3:DeleteBucket", "PT1H");
        deliver();
        JsonNode allowed = form(Cast.ALICE, "Approve");
        click(Cast.ALICE, allowed, "Approve", Map.of("message", "In my own sandbox."));
        assertThat(now(own).status()).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R1 R47 a form that was open when the request expired is answered with that, and the card says so")
    void expiresWhileTheFormIsOpen() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode form = form(Cast.BOB, "Approve");

        after(Duration.ofHours(24));
        JsonNode late =
                click(Cast.BOB, form, "Approve", Map.of("message", "Fine.")).card();
        deliver();

        assertThat(textOf(late)).startsWith("Too late");
        assertThat(now(request).status()).isEqualTo(RequestStatus.EXPIRED);
        assertThat(actions(only(Cast.BOB, "Expired"))).isEmpty();
    }

    @Test
    @DisplayName("R41 after an hour of silence the next rung gets the card too, and a decision ends both")
    void escalates() {
        connect(Cast.BOB);
        connect(Cast.CAROL);
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1).minusSeconds(1));
        deliver();
        assertThat(cards(Cast.CAROL)).noneMatch(card -> textOf(card).startsWith("Please decide"));

        after(Duration.ofSeconds(1));
        deliver();
        JsonNode form = form(Cast.CAROL, "Deny");
        click(Cast.CAROL, form, "Deny", Map.of("message", "Not on a Thursday."));
        deliver();

        assertThat(now(request).status()).isEqualTo(RequestStatus.DENIED);
        assertThat(textOf(only(Cast.BOB, "Denied"))).contains(Cast.CAROL.value(), "Not on a Thursday.");
        assertThat(actions(only(Cast.CAROL, "Denied"))).isEmpty();
    }

    @Test
    @DisplayName("R24 R42 who has lost the role between the card and the click decides nothing, and is audited")
    void lostRole() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);
        JsonNode form = click(Cast.BOB, question, "Approve").card();

        assign(Cast.PROD, Cast.CAROL);
        JsonNode opened = click(Cast.BOB, question, "Approve").card();
        JsonNode sent =
                click(Cast.BOB, form, "Approve", Map.of("message", "Fine.")).card();

        assertThat(textOf(opened)).startsWith("Not ");
        assertThat(textOf(sent)).startsWith("Not ");
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
        leaves(Cast.BOB);
        assertThat(textOf(click(Cast.BOB, question, "Approve").card())).startsWith("Not connected");
    }

    @Test
    @DisplayName("R23 breaking the glass needs the flag and a ticket, also here, and its review comes as a card")
    void breaksTheGlass() {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        say(Cast.ALICE, "request");
        JsonNode form = last(Cast.ALICE);
        Map<String, String> emergency = new HashMap<>(Map.of(
                "account", Cast.PROD,
                "permission", "kms:ScheduleKeyDeletion",
                "justification", "Payments are down.",
                "duration", "PT30M",
                "breakGlass", "true"));

        JsonNode without = click(Cast.ALICE, form, "Ask", emergency).card();
        assertThat(actions(without)).containsExactly("Withdraw");
        assertThat(requestFor("kms:ScheduleKeyDeletion").status()).isEqualTo(RequestStatus.PENDING);
        emergency.put("permission", "s3:DeleteBucket");
        emergency.put("ticket", "INC-4711");
        click(Cast.ALICE, form, "Ask", emergency);
        AccessRequest request = requestFor("s3:DeleteBucket");
        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        runDueJobs();
        deliver();
        assertThat(cards(Cast.BOB).toString()).contains("\"style\":\"attention\"");
        after(Duration.ofMinutes(31));
        deliver();
        JsonNode review = withAction(Cast.BOB, "Review");
        JsonNode reviewForm = click(Cast.BOB, review, "Review").card();
        click(
                Cast.BOB,
                reviewForm,
                "Close the review",
                Map.of("justified", "justified", "message", "It was down indeed."));

        assertThat(now(request).review().orElseThrow().reviewer()).isEqualTo(Cast.BOB);
        deliver();
        assertThat(cards(Cast.BOB)).noneMatch(card -> actions(card).contains("Review"));
    }

    @Test
    @DisplayName("R2 the same delivery twice is done once, and a second approval is told that it is too late")
    void sameDeliveryTwice() {
        connect(Cast.BOB);
        connect(Cast.CAROL);
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));
        deliver();
        JsonNode form = form(Cast.BOB, "Approve");
        JsonNode other = form(Cast.CAROL, "Approve");
        ObjectNode sent = clickOn(Cast.BOB, form, "Approve", Map.of("message", "Fine."), null);

        Answer first = post(sent);
        Answer second = post(sent);

        assertThat(textOf(first.card())).startsWith("Approved");
        assertThat(second.body().path("type").asText()).isEqualTo("application/vnd.microsoft.activity.message");
        assertThat(textOf(click(Cast.CAROL, other, "Approve", Map.of("message", "Fine too."))
                        .card()))
                .startsWith("Too late");
        assertThat(count("access_grant")).isEqualTo(1);
        assertThat(now(request).decision().orElseThrow().person()).isEqualTo(Cast.BOB);
    }

    @Test
    @DisplayName("a card that Teams looks at anew shows what the message should say by now, to nobody else")
    void refreshes() {
        connect(Cast.ALICE);
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);
        JsonNode refresh = question.at("/refresh/action");
        assertThat(question.at("/refresh/userIds/0").asText())
                .isEqualTo(member(Cast.BOB).user());
        decisions.deny(as(Cast.CAROL), request.id(), "Not today.");

        JsonNode renewed = post(invocation(
                        Cast.BOB, refresh.path("verb").asText(), refresh.path("data"), Map.of(), null))
                .card();
        JsonNode foreign = post(invocation(
                        Cast.ALICE, refresh.path("verb").asText(), refresh.path("data"), Map.of(), null))
                .card();

        assertThat(textOf(renewed)).startsWith("Denied");
        assertThat(actions(renewed)).isEmpty();
        assertThat(textOf(foreign)).startsWith("Not shown any more").doesNotContain("Not today.");
    }

    @Test
    @DisplayName("accounts and permissions complete while one types, each person's own tenant's only")
    void suggests() {
        connect(Cast.ALICE);
        ObjectNode search = activity(Cast.ALICE, "invoke").put("name", "application/search");
        search.putObject("value").put("queryText", "payments").put("dataset", "account");
        ObjectNode permission = activity(Cast.ALICE, "invoke").put("name", "application/search");
        permission
                .putObject("value")
                .put("queryText", "deletebuck")
                .put("dataset", "permission")
                .putObject("data")
                .put("account", Cast.PROD);
        ObjectNode stranger = activity(Cast.BOB, "invoke").put("name", "application/search");
        stranger.set("value", search.path("value"));

        assertThat(post(search).body().at("/value/results").findValuesAsText("value"))
                .containsExactlyInAnyOrder(Cast.PROD, Cast.DEV);
        assertThat(post(permission).body().at("/value/results").findValuesAsText("value"))
                .contains("s3:DeleteBucket")
                .allMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("deletebuck"));
        assertThat(post(stranger).body().at("/value/results").findValuesAsText("value"))
                .isEmpty();
    }

    @Test
    @DisplayName("commands tell each person his own: what he asked for, what waits for him")
    void commands() throws Exception {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        AccessRequest request = aPendingRequest();

        say(Cast.BOB, "waiting");
        assertThat(actions(last(Cast.BOB))).contains("Approve", "Deny");
        assertThat(textOf(last(Cast.BOB))).contains(request.id().value());
        say(Cast.ALICE, "mine");
        assertThat(textOf(last(Cast.ALICE))).contains(request.id().value());
        say(Cast.ALICE, "waiting");
        assertThat(textOf(last(Cast.ALICE))).startsWith("Nothing");
        JsonNode withdrawn = post(clickOn(
                        Cast.ALICE, cards(Cast.ALICE).get(cards(Cast.ALICE).size() - 2), "Withdraw", Map.of(), null))
                .card();
        assertThat(textOf(withdrawn)).startsWith("Withdrawn");
        say(Cast.ALICE, "what?");
        String help = textOf(last(Cast.ALICE));
        assertThat(help).contains("request: ask for access");
        List<String> inTeams = JSON.readTree(
                        Path.of("docs/chat/teams/manifest.json").toFile())
                .at("/bots/0/commandLists/0/commands")
                .findValuesAsText("title");
        assertThat(inTeams).containsExactly("request", "mine", "waiting", "connect", "disconnect", "help");
        assertThat(inTeams).allMatch(command -> help.contains("\n" + command + ": "));
        assertThat(Files.readString(Path.of("docs/chat/slack-manifest.yml")))
                .as("the same commands")
                .contains("usage_hint: \"request [account] [permission] [duration] | "
                        + String.join(" | ", inTeams.subList(1, inTeams.size())) + "\"");
    }

    @Test
    @DisplayName("who is spoken to in a channel answers in private, and shows the channel nothing of it")
    void answersInPrivate() {
        connect(Cast.BOB);
        AccessRequest request = aPendingRequest();
        ObjectNode said = activity(Cast.BOB, "message").put("text", "<at>Drawbridge</at>&nbsp;waiting\n");
        said.putObject("conversation")
                .put("id", "19:channel@thread.tacv2;messageid=1")
                .put("conversationType", "channel")
                .put("isGroup", true);

        post(said);

        assertThat(textOf(last(Cast.BOB))).contains(request.id().value());
        List<JsonNode> channel = teams.messages("19:channel@thread.tacv2;messageid=1");
        assertThat(channel).hasSize(1);
        assertThat(channel.toString())
                .contains("private")
                .doesNotContain(request.id().value(), "s3:", "alice");
    }

    @Test
    @DisplayName(
            "R15 R16 whose call no approval helps, or went to a disabled service, is told once in Teams, with what his tenant adds")
    void tellsWhatNoApprovalHelps() throws Exception {
        connect(Cast.ALICE);
        choices.setAddendum(as(Cast.ERIN), "Call 4711 at night.");
        int before = cards(Cast.ALICE).size();

        for (String sample : List.of("denied-gamelift.json", "denied-by-permissions-boundary.json")) {
            String call = Files.readString(Path.of("samples", sample));
            intake.receive(as(Cast.ERIN), call);
            intake.receive(as(Cast.ERIN), call.replaceAll("(\"eventID\": \"..)..", "$100"));
        }
        deliver();

        assertThat(cards(Cast.ALICE)).hasSize(before + 2);
        JsonNode disabled = only(Cast.ALICE, "Disabled: gamelift in " + Cast.PROD);
        JsonNode helpless = only(Cast.ALICE, "No approval can help: s3:");
        assertThat(textOf(helpless)).contains("Blocked by: ", "permissions boundary");
        for (JsonNode card : List.of(disabled, helpless)) {
            assertThat(textOf(card)).endsWith("Call 4711 at night.");
            assertThat(actions(card)).isEmpty();
        }
        assertThat(count("access_request")).isZero();
    }

    @Test
    @DisplayName(
            "R31 where no justification is asked for, the form has neither its field nor the duration's; the approver has")
    void asksForNoJustificationWhereNoneIsWanted() {
        requestUserJustification(false);
        connect(Cast.ALICE);
        connect(Cast.BOB);

        say(Cast.ALICE, "request payments-prod s3:DeleteBucket");
        JsonNode form = last(Cast.ALICE);
        assertThat(form.findValuesAsText("id"))
                .contains("account", "permission")
                .doesNotContain("justification", "duration", "ownDuration");
        click(Cast.ALICE, form, "Ask", Map.of("account", Cast.PROD, "permission", "s3:DeleteBucket"));
        deliver();
        JsonNode approve = form(Cast.BOB, "Approve");
        click(Cast.BOB, approve, "Approve", Map.of("message", "Fine.", "duration", "PT15M"));

        assertThat(requestFor("s3:DeleteBucket").grantedDuration().orElseThrow().inWords())
                .isEqualTo("15 minutes");
    }

    @Test
    @DisplayName("R17 R32 who owns a role asks for it in Teams as on the page, and nobody else does")
    void asksForAnIdentityOfHisOwn() {
        connect(Cast.ALICE);
        connect(Cast.BOB);
        Map<String, String> asked = Map.of(
                "account", Cast.PROD, "permission", "s3:DeleteBucket", "duration", "PT1H", "identity", DEPLOY_ROLE);

        say(Cast.ALICE, "request");
        JsonNode refused = click(Cast.ALICE, last(Cast.ALICE), "Ask", asked).card();
        assertThat(textOf(refused)).startsWith("Not allowed");
        assertThat(count("access_request")).isZero();
        say(Cast.BOB, "request");
        click(Cast.BOB, last(Cast.BOB), "Ask", asked);

        AccessRequest request = requestFor("s3:DeleteBucket");
        assertThat(request.identity().arn()).isEqualTo(DEPLOY_ROLE);
        assertThat(request.requester()).isEqualTo(Cast.BOB);
        assertThat(request.status()).as("without a question").isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R30 R47 who does not say why in time finds that in place of the question")
    void justificationExpires() {
        connect(Cast.ALICE);
        AccessRequest request = aRequestedRequest();
        deliver();
        JsonNode question = withAction(Cast.ALICE, "Say why");
        JsonNode form = click(Cast.ALICE, question, "Say why").card();

        after(Duration.ofHours(24));
        deliver();

        assertThat(now(request).status()).isEqualTo(RequestStatus.ABANDONED_EXPIRED);
        assertThat(textOf(click(Cast.ALICE, form, "Ask", Map.of("justification", "Late.", "duration", "PT1H"))
                        .card()))
                .startsWith("Too late");
        assertThat(cards(Cast.ALICE))
                .noneMatch(card -> actions(card).contains("Say why"))
                .anyMatch(card -> textOf(card).startsWith("Closed without a justification"));
    }

    @Test
    @DisplayName("R42 R45 R46 who joins the approvers is asked at once, whom an override removes decides no more, and"
            + " what is written on the request is announced, not quoted")
    void approversChange() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        connect(Cast.ALICE);
        connect(Cast.DAVE);
        JsonNode form = form(Cast.BOB, "Approve");

        assign(Cast.PROD, Cast.BOB, Cast.DAVE);
        deliver();
        assertThat(textOf(question(Cast.DAVE))).contains(request.id().value());
        conversation.write(as(Cast.DAVE), request.id(), "Is it the old bucket?");
        deliver();
        assertThat(textOf(only(Cast.ALICE, "Message from dave@acme.example"))).doesNotContain("old bucket");

        organization.assignApprovers(as(Cast.ERIN), new ScopeId("ou-production"), List.of(Cast.CAROL), true, null);
        assertThat(textOf(click(Cast.BOB, form, "Approve", Map.of("message", "Fine."))
                        .card()))
                .startsWith("Not found");
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("who has muted Teams, or a scope, is told nothing of it there, and of everything else")
    void mutes() {
        connect(Cast.BOB);
        choices.mute(as(Cast.BOB), Mute.Kind.SCOPE, "ou-production");
        AccessRequest muted = aPendingRequest();
        deliver();
        assertThat(cards(Cast.BOB))
                .noneMatch(card -> textOf(card).contains(muted.id().value()));

        choices.unmute(as(Cast.BOB), Mute.Kind.SCOPE, "ou-production");
        choices.mute(as(Cast.BOB), Mute.Kind.CHANNEL, "teams");
        AccessRequest quiet = ask(Cast.ALICE, Cast.PROD, "kms:ScheduleKeyDeletion", "PT1H");
        deliver();
        assertThat(cards(Cast.BOB))
                .noneMatch(card -> textOf(card).contains(quiet.id().value()));
        assertThat(told(quiet, "decide")).as("by mail").contains(Cast.BOB.value());

        choices.unmute(as(Cast.BOB), Mute.Kind.CHANNEL, "teams");
        AccessRequest told = ask(Cast.ALICE, Cast.PROD, "iam:CreateUser", "PT1H");
        deliver();
        assertThat(textOf(question(Cast.BOB))).contains(told.id().value());
    }

    private AccessRequest requestFor(String permission) {
        List<AccessRequest> found = database.sql("select id from access_request").query(String.class).list().stream()
                .map(id -> requests.find(new RequestId(id)).orElseThrow())
                .filter(request -> request.entitlement().toString().equals(permission))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
