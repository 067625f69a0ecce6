package io.drawbridge.notification.chat;

import static io.drawbridge.stage.Cast.ACME;
import static io.drawbridge.stage.Cast.ALICE;
import static io.drawbridge.stage.Cast.BOB;
import static io.drawbridge.stage.Cast.CAROL;
import static io.drawbridge.stage.Cast.ERIN;
import static io.drawbridge.stage.Cast.GINA;
import static io.drawbridge.stage.Cast.GUS;
import static io.drawbridge.stage.Cast.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.SlackEmulator;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who speaks in Slack, and who does not. */
@SuppressWarnings("NullAway.Init")
class SlackIdentityTest extends SlackStage {
    @Autowired
    private ChatAccountDesk accounts;

    @Test
    @DisplayName("R24 nothing is believed that Slack has not signed with our secret in the last five minutes")
    void believesWhatIsSignedOnly() throws Exception {
        connect(BOB);
        AccessRequest request = aPendingRequest();
        String form = payload(submission(BOB, view(), Map.of("message", "Yes", "duration", "PT1H")));

        assertThat(posted(form, clock.instant(), "another secret", false).status())
                .isEqualTo(401);
        assertThat(posted(form, clock.instant().minusSeconds(301), SlackEmulator.SIGNING_SECRET, false)
                        .status())
                .isEqualTo(401);
        assertThat(posted(form, clock.instant().plusSeconds(301), SlackEmulator.SIGNING_SECRET, false)
                        .status())
                .isEqualTo(401);
        assertThat(browser.perform(post("/chat/slack").content(form))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .isEqualTo(401);
        assertThat(browser.perform(post("/chat/teams").content(form))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .isEqualTo(401);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        assertThat(posted(form, clock.instant().minusSeconds(300), SlackEmulator.SIGNING_SECRET, false)
                        .status())
                .isEqualTo(200);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R1 R13 a delivery that is posted again is done once")
    void replaysChangeNothing() throws Exception {
        connect(ALICE);
        command(ALICE, "request");
        String form = payload(submission(
                ALICE,
                openedView(),
                Map.of(
                        "account",
                        "111122223333",
                        "permission",
                        "s3:DeleteBucket",
                        "justification",
                        "Why",
                        "duration",
                        "PT1H")));
        assertThat(signed(form).body()).contains("With its approvers: ");
        AccessRequest first = reader.list(as(ALICE), java.util.Set.of(), null, ALICE, null, null, 5)
                .get(0);
        justification.cancel(as(ALICE), first.id());

        assertThat(signed(form).body()).isEmpty();

        assertThat(reader.list(as(ALICE), java.util.Set.of(), null, ALICE, null, null, 5))
                .hasSize(1);
        String click = payload(clickOf(SlackEmulator.WORKSPACE, userOf(ALICE), Deed.REQUEST, "-"));
        line.forget();
        signed(click);
        signed(click);
        assertThat(line.count("views.open")).isOne();
    }

    @Test
    @DisplayName(
            "R24 who is not connected, or from an unknown workspace, is shown how and can do nothing else; the tries are audited")
    void strangersCanDoNothing() throws Exception {
        AccessRequest request = aPendingRequest();
        String stranger = slack.userWith("stranger@elsewhere.example");

        signed(payload(clickOf(
                SlackEmulator.WORKSPACE, stranger, Deed.APPROVE, request.id().value())));
        assertThat(openedView().toString())
                .contains("Not connected", "drawbridge:connect")
                .doesNotContain(request.id().value());
        assertThat(command(BOB, "waiting").body())
                .contains("Not connected")
                .doesNotContain(request.id().value());
        assertThat(signed(payload(submission(BOB, approving(request), Map.of("message", "Yes", "duration", "PT1H"))))
                        .body())
                .contains("Not connected");
        line.forget();
        assertThat(signed(payload(clickOf(
                                "T0UNKNOWN",
                                stranger,
                                Deed.APPROVE,
                                request.id().value())))
                        .status())
                .isEqualTo(200);
        assertThat(line.calls()).isEmpty();
        var elsewhere = clickOf(
                SlackEmulator.WORKSPACE, stranger, Deed.APPROVE, request.id().value());
        ((com.fasterxml.jackson.databind.node.ObjectNode) elsewhere.path("user")).put("team_id", "T0UNKNOWN");
        signed(payload(elsewhere));
        assertThat(line.calls()).isEmpty();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(trail.of(ACME, "slack:" + SlackEmulator.WORKSPACE + "/" + stranger))
                .anyMatch(step ->
                        step.action().equals("chat.refused") && step.details().contains("approve"));
    }

    @Test
    @DisplayName(
            "R24 a link connects once, within ten minutes, by a POST with a CSRF token of whom it names to himself")
    void linksConnectOnce() throws Exception {
        String link = linkFor(BOB);
        String page = browser.perform(get(link).with(user(BOB.value())))
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(page).contains("bob (@bob)", userOf(BOB), "Acme", SlackEmulator.WORKSPACE, "bob@acme.example");
        assertThat(accounts.speaker(accountOf(BOB)))
                .as("looking connects nothing")
                .isEmpty();
        assertThat(browser.perform(post(link).with(user(BOB.value())))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .as("without a CSRF token")
                .isEqualTo(403);
        assertThat(browser.perform(get(link).with(user(GINA.value())))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .as("of another tenant")
                .isEqualTo(404);
        String newer = linkFor(BOB);
        assertThat(confirm(BOB, link).getResponse().getStatus())
                .as("one that was replaced")
                .isEqualTo(404);
        clock.moveBy(ChatAccountDesk.LINK_LIFE);
        assertThat(confirm(BOB, newer).getResponse().getStatus())
                .as("ten minutes later")
                .isEqualTo(404);
        String last = linkFor(BOB);
        clock.moveBy(ChatAccountDesk.LINK_LIFE.minusSeconds(1));

        assertThat(confirm(BOB, last).getResponse().getStatus()).isEqualTo(302);

        assertThat(accounts.speaker(accountOf(BOB)).orElseThrow().id()).isEqualTo(BOB);
        assertThat(confirm(BOB, last).getResponse().getStatus())
                .as("a second time")
                .isEqualTo(404);
        assertThat(database.sql(
                                "select count(*) from notice where kind = 'chat_connected' and transport = 'mail' and recipient_id = ?")
                        .param(BOB.value())
                        .query(Integer.class)
                        .single())
                .as("he is told by mail")
                .isOne();
        assertThat(database.sql("select token_hash from chat_invitation")
                        .query(String.class)
                        .list())
                .noneMatch(last::contains);
    }

    @Test
    @DisplayName("R24 nobody is talked into connecting another's account, and no account speaks for two")
    void nobodyConnectsAnothersAccount() throws Exception {
        assertThat(confirm(BOB, linkFor(MALLORY)).getResponse().getStatus())
                .as("Mallory sends her own link to Bob")
                .isEqualTo(403);
        assertThat(accounts.speaker(accountOf(MALLORY))).isEmpty();
        assertThat(trail.of(ACME, accountOf(MALLORY).toString()))
                .anyMatch(step -> step.action().equals("chat.refused"));

        String gone = linkFor(BOB);
        assertThat(confirm(GUS, gone).getResponse().getStatus()).isEqualTo(404);
        assertThat(accounts.speaker(accountOf(BOB))).isEmpty();

        connect(BOB);
        AccessRequest request = aPendingRequest();
        database.sql("update chat_account set tenant_id = 'globex', person_id = ? where person_id = ?")
                .params(GUS.value(), BOB.value())
                .update();
        click(BOB, Deed.APPROVE, request.id().value());
        assertThat(openedView().toString()).as("somebody of another tenant").contains("Not connected");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName(
            "R24 R42 disconnecting, leaving the workspace, leaving the company and removing the app end it at once")
    void whoLeavesIsNobody() throws Exception {
        connect(BOB);
        connect(ALICE);
        assertThat(command(BOB, "disconnect").body()).contains("does not speak for bob@acme.example any more");
        assertThat(command(BOB, "waiting").body()).contains("Not connected");

        var left = JSON.createObjectNode().put("type", "user_change");
        left.putObject("user").put("id", userOf(ALICE)).put("deleted", true).put("team_id", SlackEmulator.WORKSPACE);
        assertThat(event("Ev-left", left).status()).isEqualTo(200);
        assertThat(command(ALICE, "mine").body()).contains("Not connected");

        connect(ALICE);
        AccessRequest asked = aPendingRequest();
        deliver();
        database.sql("update person set active = false where id = ?")
                .param(ALICE.value())
                .update();
        assertThat(command(ALICE, "mine").body()).contains("Not connected");
        decisions.deny(as(CAROL), asked.id(), "Between us.");
        deliver();
        assertThat(slack.messages(userOf(ALICE)).toString())
                .as("who has left is told nothing more")
                .contains("Not shown any more")
                .doesNotContain("Between us.");
        database.sql("update person set active = true where id = ?")
                .param(ALICE.value())
                .update();
        assertThat(command(ALICE, "mine").body()).doesNotContain("Not connected");

        ObjectNode revoked = JSON.createObjectNode().put("type", "tokens_revoked");
        revoked.putObject("tokens").putArray("oauth").add("xoxp-of-somebody");
        event("Ev-of-a-user", revoked);
        assertThat(command(ALICE, "mine").body())
                .as("a token of somebody's own is not the app's")
                .doesNotContain("Not connected");
        revoked.withObject("tokens").putArray("bot").add("U0BOT");
        event("Ev-of-the-app", revoked);
        assertThat(command(ALICE, "mine").body()).contains("Not connected");
        assertThat(trail.of(ACME, accountOf(ALICE).toString()))
                .anyMatch(step -> step.action().equals("chat.disconnected")
                        && step.details().contains("token was revoked"));

        connect(ALICE);
        assertThat(event("Ev-gone", JSON.createObjectNode().put("type", "app_uninstalled"))
                        .status())
                .isEqualTo(200);
        assertThat(command(ALICE, "mine").body()).contains("Not connected");
        assertThat(trail.of(ACME, accountOf(ALICE).toString()))
                .anyMatch(step -> step.action().equals("chat.disconnected")
                        && step.details().contains("uninstalled"));
    }

    @Test
    @DisplayName(
            "R24 R40 where an administrator trusts a workspace's addresses, people match by them, until he does not")
    void addressesMatchWhereTheyAreVerified() throws Exception {
        assertThatThrownBy(
                        () -> accounts.setAddressesVerified(as(BOB), ChatPlatform.SLACK, SlackEmulator.WORKSPACE, true))
                .isInstanceOf(ForbiddenException.class);
        browser.perform(post("/chat/workspaces")
                        .param("platform", "slack")
                        .param("workspace", SlackEmulator.WORKSPACE)
                        .param("verified", "true")
                        .with(user(ERIN.value()))
                        .with(csrf()))
                .andReturn();
        AccessRequest request = aPendingRequest();

        deliver();
        assertThat(actions(only(BOB, request.id(), "Please decide"))).containsExactly("approve", "deny");
        assertThat(command(ALICE, "mine").body()).contains(request.id().value());
        accounts.setAddressesVerified(as(ERIN), ChatPlatform.SLACK, SlackEmulator.WORKSPACE, false);
        click(BOB, Deed.APPROVE, request.id().value());
        assertThat(openedView().toString()).contains("Not connected");

        accounts.setAddressesVerified(as(ERIN), ChatPlatform.SLACK, SlackEmulator.WORKSPACE, true);
        var changed = JSON.createObjectNode().put("type", "user_change");
        changed.putObject("user").put("id", userOf(BOB)).putObject("profile").put("email", "robert@acme.example");
        event("Ev-changed", changed);
        assertThat(command(BOB, "waiting").body()).as("another address").contains("Not connected");
        assertThat(command(BOB, "waiting").body())
                .as("what has ended does not match by itself")
                .contains("Not connected");
        connect(BOB);
        assertThat(command(BOB, "waiting").body()).contains(request.id().value());
        clock.moveBy(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName(
            "R24 on the page everybody ends his own connection and chooses for himself; the rest is an administrator's")
    void choosesOnThePage() throws Exception {
        connect(BOB);
        connect(ALICE);
        Map<String, String> bobs =
                Map.of("platform", "slack", "workspace", SlackEmulator.WORKSPACE, "user", userOf(BOB));
        assertThat(page(BOB)).contains(userOf(BOB)).doesNotContain(userOf(ALICE), "Declare as verified");

        assertThat(posts(ALICE, "disconnect", bobs)).as("somebody else's").isEqualTo(404);
        assertThat(posts(GINA, "disconnect", bobs))
                .as("somebody of another tenant")
                .isEqualTo(404);
        assertThat(posts(
                        BOB,
                        "workspaces",
                        Map.of("platform", "slack", "workspace", SlackEmulator.WORKSPACE, "verified", "true")))
                .isEqualTo(403);
        assertThat(posts(BOB, "addendum", Map.of("words", "Ask Bob."))).isEqualTo(403);
        assertThat(accounts.speaker(accountOf(BOB))).isPresent();

        assertThat(posts(BOB, "mute", Map.of("kind", "SCOPE", "name", "111122223333")))
                .isEqualTo(302);
        assertThat(posts(BOB, "mute", Map.of("kind", "CHANNEL", "name", "carrier pigeon")))
                .isEqualTo(302);
        assertThat(page(BOB)).contains("payments-prod (111122223333)</span>").doesNotContain("pigeon");
        assertThat(page(ALICE)).contains("You are told everything.");
        assertThat(posts(BOB, "unmute", Map.of("kind", "SCOPE", "name", "111122223333")))
                .isEqualTo(302);
        assertThat(page(BOB)).contains("You are told everything.");

        assertThat(posts(ERIN, "addendum", Map.of("words", "</textarea><script>alert(1)</script>")))
                .isEqualTo(302);
        assertThat(page(ERIN)).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert");
        assertThat(posts(BOB, "disconnect", bobs)).isEqualTo(302);
        assertThat(command(BOB, "waiting").body()).contains("Not connected");
        assertThat(posts(
                        ERIN,
                        "disconnect",
                        Map.of("platform", "slack", "workspace", SlackEmulator.WORKSPACE, "user", userOf(ALICE))))
                .as("an administrator of the tenant")
                .isEqualTo(302);
        assertThat(command(ALICE, "mine").body()).contains("Not connected");
    }

    private String page(PersonId person) throws Exception {
        return browser.perform(get("/chat").with(user(person.value())))
                .andReturn()
                .getResponse()
                .getContentAsString();
    }

    private int posts(PersonId person, String choice, Map<String, String> form) throws Exception {
        var call = post("/chat/" + choice).with(user(person.value())).with(csrf());
        form.forEach(call::param);
        return browser.perform(call).andReturn().getResponse().getStatus();
    }

    private com.fasterxml.jackson.databind.JsonNode view() {
        return approving(reader.list(as(ALICE), java.util.Set.of(), null, ALICE, null, null, 1)
                .get(0));
    }

    /** A form to approve, as it would have been opened. */
    private static com.fasterxml.jackson.databind.JsonNode approving(AccessRequest request) {
        return JSON.createObjectNode()
                .put("type", "modal")
                .put("callback_id", "drawbridge:approve")
                .put("private_metadata", request.id().value());
    }
}
