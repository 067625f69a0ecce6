package io.drawbridge.notification.chat;

import static io.drawbridge.stage.Cast.ACME;
import static io.drawbridge.stage.Cast.ALICE;
import static io.drawbridge.stage.Cast.BOB;
import static io.drawbridge.stage.Cast.CAROL;
import static io.drawbridge.stage.Cast.DAVE;
import static io.drawbridge.stage.Cast.ERIN;
import static io.drawbridge.stage.Cast.GLOBEX_MAIN;
import static io.drawbridge.stage.Cast.GUS;
import static io.drawbridge.stage.Cast.MALLORY;
import static io.drawbridge.stage.Cast.PROD;
import static io.drawbridge.stage.Cast.VICTOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.app_backend.SlackSignature;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.PersonId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.SlackEmulator;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;

/** What somebody gains who means harm, from outside of Slack and from within. */
@SuppressWarnings("NullAway.Init")
class SlackUnderAttackTest extends SlackStage {
    private static final PersonId OUTSIDER = new PersonId("stranger@elsewhere.example");

    @Autowired
    private ChatAccountDesk accounts;

    @Test
    @DisplayName("R24 a signature counts for the body and the second that it was made for, and for nothing like them")
    void signaturesAreTakenAsTheyAre() throws Exception {
        String form = "team_id=" + SlackEmulator.WORKSPACE + "&user_id=U1&command=%2Fdrawbridge&text=help&trigger_id=1";
        String now = String.valueOf(clock.instant().getEpochSecond());
        String signature = new SlackSignature.Generator(SlackEmulator.SIGNING_SECRET).generate(now, form);

        assertThat(status(form, now, signature)).isEqualTo(200);
        assertThat(status(form.replace("help", "mine"), now, signature))
                .as("another body")
                .isEqualTo(401);
        assertThat(status(form, String.valueOf(clock.instant().minusSeconds(1).getEpochSecond()), signature))
                .as("another second")
                .isEqualTo(401);
        for (String other :
                List.of("", "v0=", signature.substring(3), signature + "0", "v1" + signature.substring(2))) {
            assertThat(status(form, now, other)).as("\"%s\"", other).isEqualTo(401);
        }
        for (String when : List.of("", "soon", "-1", now + "0", "9223372036854775807", "-9223372036854775808", "1e9")) {
            String signed = new SlackSignature.Generator(SlackEmulator.SIGNING_SECRET).generate(when, form);
            assertThat(status(form, when, signed)).as("\"%s\"", when).isEqualTo(401);
        }
        assertThat(browser.perform(post(URI.create("/chat/%73lack")).content(form))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .as("the same address, spelled otherwise")
                .isEqualTo(401);
        String challenge = "{\"token\":\"unused\",\"challenge\":\"3eZbrw1aB\",\"type\":\"url_verification\"}";
        assertThat(posted(challenge, clock.instant(), SlackEmulator.SIGNING_SECRET, true)
                        .body())
                .as("the address is verified as Slack asks for it")
                .contains("3eZbrw1aB");
        assertThat(posted(challenge, clock.instant(), "another", true).body()).isEmpty();
    }

    @Test
    @DisplayName(
            "R24 a form with somebody else's request in it, or with another name, does nothing that its sender may not")
    void tamperedFormsDoNothing() throws Exception {
        connect(ALICE);
        connect(BOB);
        connect(MALLORY);
        AccessRequest own = aPendingRequest();
        AccessRequest theirs = opening.ask(as(GUS), anAsk(GLOBEX_MAIN, "s3:DeleteBucket", "PT1H"));
        AccessRequest unjustified = opening.ask(
                as(ALICE),
                new io.drawbridge.request.AskForAccess(
                        PROD, "s3:DeleteBucketPolicy", null, null, null, false, null, null));
        RequestStatus before = statusOf(theirs.id());
        Map<String, String> all =
                Map.of("message", "Yes", "duration", "PT1H", "justification", "Why", "justified", "justified");

        for (String deed : List.of("approve", "deny", "justify", "review", "end", "withdraw", "abandon", "more")) {
            for (String subject : List.of(theirs.id().value(), "", "nothing", "x'; drop table access_request; --")) {
                assertThat(sent(BOB, deed, subject, all).status())
                        .as(deed + " " + subject)
                        .isEqualTo(200);
            }
            sent(MALLORY, deed, own.id().value(), all);
            sent(MALLORY, deed, unjustified.id().value(), all);
            sent(ALICE, deed.equals("justify") ? "approve" : deed, own.id().value(), all);
        }
        for (String deed : List.of("connect", "disconnect", "shown", "open", "nothing", "")) {
            assertThat(sent(BOB, deed, own.id().value(), all).status()).as(deed).isEqualTo(200);
        }
        for (Deed deed : List.of(Deed.JUSTIFY, Deed.ABANDON, Deed.WITHDRAW, Deed.END, Deed.APPROVE, Deed.DENY)) {
            click(MALLORY, deed, own.id().value());
            click(MALLORY, deed, unjustified.id().value());
            assertThat(openedView().path("blocks").toString())
                    .as("%s opens no form", deed)
                    .doesNotContain("\"input\"");
            click(BOB, deed, theirs.id().value());
            assertThat(openedView().toString()).contains("Not found").doesNotContain(GUS.value());
        }

        assertThat(statusOf(own.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(statusOf(unjustified.id())).isEqualTo(RequestStatus.REQUESTED);
        assertThat(statusOf(theirs.id())).isEqualTo(before);
        assertThat(accounts.speaker(accountOf(BOB))).isPresent();
        assertThat(recorded(own)).contains("request.refused");
    }

    @Test
    @DisplayName(
            "R24 who is sent another's link confirms nothing by it, whether Slack knows the account or cannot be asked")
    void nobodyIsTalkedIntoAnything() throws Exception {
        Optional<FaultyProxy.Answer> away = Optional.of(FaultyProxy.Answer.brokenOff());
        line.fault(call -> call.operation().equals("users.info") ? away : Optional.empty());
        assertThat(confirm(BOB, linkFor(MALLORY)).getResponse().getStatus())
                .as("Slack does not say whose it is")
                .isEqualTo(403);
        String madeMeanwhile = linkFor(MALLORY);
        line.fault(call -> Optional.empty());
        assertThat(confirm(BOB, madeMeanwhile).getResponse().getStatus())
                .as("the link was made while Slack could not be asked")
                .isEqualTo(403);
        assertThat(accounts.speaker(accountOf(MALLORY))).isEmpty();

        line.fault(call -> call.operation().equals("users.info")
                ? Optional.of(new FaultyProxy.Answer(200, profile(true)))
                : Optional.empty());
        assertThat(confirm(BOB, linkFor(OUTSIDER)).getResponse().getStatus())
                .as("a guest's")
                .isEqualTo(403);
        line.fault(call -> call.operation().equals("users.info")
                ? Optional.of(new FaultyProxy.Answer(200, profile(false)))
                : Optional.empty());
        assertThat(page(BOB, linkFor(OUTSIDER)))
                .as("one of nobody here, who calls himself as Bob is called")
                .contains("not the address that Drawbridge has for you", OUTSIDER.value(), "(@outsider)")
                .doesNotContain("\u202e");
        line.fault(call -> Optional.empty());
        assertThat(page(BOB, linkFor(BOB))).doesNotContain("not the address that Drawbridge has for you");
        assertThat(accounts.speaker(accountOf(OUTSIDER))).isEmpty();
        assertThat(trail.of(ACME, accountOf(OUTSIDER).toString()))
                .anyMatch(step ->
                        step.action().equals("chat.refused") && step.details().contains("guest"));
    }

    @Test
    @DisplayName(
            "R24 a member who is made a guest, and a workspace that another tenant had declared, match by no address")
    void addressesAreTrustedNoFurtherThanDeclared() throws Exception {
        database.sql("insert into chat_workspace (platform, workspace, tenant_id, addresses_verified)"
                        + " values ('slack', ?, 'globex', true)")
                .param(SlackEmulator.WORKSPACE)
                .update();
        assertThat(command(BOB, "waiting").body())
                .as("it was of Globex when its addresses were declared")
                .contains("Not connected");

        accounts.setAddressesVerified(as(ERIN), ChatPlatform.SLACK, SlackEmulator.WORKSPACE, true);
        assertThat(command(BOB, "waiting").body()).doesNotContain("Not connected");
        ObjectNode changed = JSON.createObjectNode().put("type", "user_change");
        changed.putObject("user")
                .put("id", userOf(BOB))
                .put("is_restricted", true)
                .putObject("profile")
                .put("email", BOB.value());
        event("Ev-guest", changed);
        assertThat(command(BOB, "waiting").body()).contains("Not connected");
    }

    @Test
    @DisplayName(
            "what comes of one person at the same moment is all answered, also the first time that his address matches")
    void firstWordsAtTheSameMoment() throws Exception {
        accounts.setAddressesVerified(as(ERIN), ChatPlatform.SLACK, SlackEmulator.WORKSPACE, true);
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (PersonId person : List.of(ALICE, BOB, CAROL, DAVE, ERIN, VICTOR)) {
                CyclicBarrier together = new CyclicBarrier(2);
                List<Future<Answer>> answers = new ArrayList<>();
                for (int each = 0; each < 2; each++) {
                    answers.add(both.submit(() -> {
                        together.await(10, TimeUnit.SECONDS);
                        return command(person, "mine");
                    }));
                }
                for (Future<Answer> answer : answers) {
                    assertThat(answer.get(30, TimeUnit.SECONDS).body()).contains("You have asked for nothing");
                }
            }
        } finally {
            both.shutdownNow();
        }
    }

    @Test
    @DisplayName("a command of a book's length is read as far as a command goes")
    void longCommands() throws Exception {
        connect(ALICE);

        assertThat(command(ALICE, "request " + PROD + " s3:DeleteBucket " + "word ".repeat(6000))
                        .status())
                .isEqualTo(200);

        assertThat(openedView().toString()).contains("payments-prod (" + PROD + ")");
        assertThat(openedView().path("private_metadata").asText()).hasSizeLessThanOrEqualTo(1000);
    }

    private Answer sent(PersonId person, String deed, String subject, Map<String, String> values) throws Exception {
        ObjectNode view = JSON.createObjectNode()
                .put("type", "modal")
                .put("callback_id", "drawbridge:" + deed)
                .put("private_metadata", subject);
        return signed(payload(submission(person, view, values)));
    }

    private String page(PersonId person, String link) throws Exception {
        return browser.perform(get(link).with(user(person.value())))
                .andReturn()
                .getResponse()
                .getContentAsString();
    }

    private String profile(boolean guest) {
        ObjectNode answer = JSON.createObjectNode().put("ok", true);
        answer.putObject("user")
                .put("id", userOf(OUTSIDER))
                .put("team_id", SlackEmulator.WORKSPACE)
                .put("name", "outsider")
                .put("real_name", "\u202ereka\u202c Bob (@bob)")
                .put("is_restricted", guest)
                .putObject("profile")
                .put("email", OUTSIDER.value());
        return answer.toString();
    }

    private int status(String body, String timestamp, String signature) throws Exception {
        return browser.perform(post("/chat/slack")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .header("X-Slack-Request-Timestamp", timestamp)
                        .header("X-Slack-Signature", signature)
                        .content(body))
                .andReturn()
                .getResponse()
                .getStatus();
    }
}
