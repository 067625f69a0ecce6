package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.TeamsConnector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who speaks in Teams: whoever the connector's token and the account's ids prove, and nobody else. */
class TeamsIdentityTest extends TeamsStage {
    /** Teams takes cards of 28 KB. */
    private static final int MOST_BYTES = 28 * 1024;

    @Test
    @DisplayName("R70 only a token of the connector's issuer, for this bot, in time, for this service URL is taken")
    void onlyTheConnector() {
        ObjectNode said = activity(Cast.ALICE, "message").put("text", "help");
        Map<String, Object> claims = teams.claims(clock.instant());

        assertThat(refused(said, null)).isTrue();
        assertThat(refused(said, "Basic YWxpY2U6YWxpY2U=")).isTrue();
        assertThat(refused(said, "Bearer nothing")).isTrue();
        assertThat(refused(said, with("exp", clock.instant().minus(Duration.ofMinutes(6)))))
                .as("expired")
                .isTrue();
        assertThat(refused(said, with("nbf", clock.instant().plus(Duration.ofMinutes(6)))))
                .as("not valid yet")
                .isTrue();
        assertThat(refused(said, with("exp", null))).as("without an end").isTrue();
        assertThat(refused(said, with("aud", "11111111-2222-3333-4444-555555555555")))
                .as("for another bot")
                .isTrue();
        assertThat(refused(said, with("aud", List.of(TeamsConnector.BOT, "another"))))
                .as("for others too")
                .isTrue();
        assertThat(refused(said, with("iss", "https://sts.windows.net/" + TeamsConnector.ACME + "/")))
                .as("of another issuer")
                .isTrue();
        assertThat(refused(said, with("serviceurl", teams.address() + "/other/")))
                .as("another service URL in the token")
                .isTrue();
        assertThat(refused(said, with("serviceurl", null)))
                .as("no service URL in the token")
                .isTrue();
        assertThat(refused(said, "Bearer " + teams.signByAnotherKey(claims, true)))
                .as("signed by another key")
                .isTrue();
        assertThat(refused(said, "Bearer " + teams.signForAnotherChannel(claims)))
                .as("a key of another channel")
                .isTrue();
        assertThat(refused(
                        said,
                        "Bearer "
                                + new PlainJWT(new JWTClaimsSet.Builder()
                                                .issuer(String.valueOf(claims.get("iss")))
                                                .audience(TeamsConnector.BOT)
                                                .build())
                                        .serialize()))
                .as("signed by nobody")
                .isTrue();
        assertThat(refused(said, "Bearer " + teams.signByThePublicKeyAsSecret(claims)))
                .as("by HMAC, with the key that everybody knows")
                .isTrue();
        assertThat(refused(said.deepCopy().put("channelId", "webchat"), "Bearer " + teams.sign(claims)))
                .as("an activity of another channel")
                .isTrue();
        assertThat(teams.messages(member(Cast.ALICE).conversation())).isEmpty();
        assertThat(count("chat_delivery")).isZero();

        assertThat(post(said, "Bearer " + teams.sign(claims)).status()).isEqualTo(200);
        assertThat(cards(Cast.ALICE)).hasSize(1);
    }

    @Test
    @DisplayName("R70 nothing is sent to a service URL that is not on the list, though a token vouches for it")
    void serviceUrlOnTheList() {
        for (String foreign : List.of(
                teams.address() + "/evil/",
                teams.serviceUrl().replace("127.0.0.1", "127.0.0.2"),
                teams.serviceUrl() + "../evil/",
                teams.serviceUrl().replace("http://", "http://evil@"))) {
            Map<String, Object> claims = teams.claims(clock.instant());
            claims.put("serviceurl", foreign);
            ObjectNode said =
                    activity(Cast.ALICE, "message").put("text", "help").put("serviceUrl", foreign);
            teams.forgetCalls();

            assertThat(refused(said, "Bearer " + teams.sign(claims)))
                    .as(foreign)
                    .isTrue();
            assertThat(teams.calls()).noneMatch(call -> call.contains("conversations"));
        }
        assertThat(count("chat_reach")).isZero();
    }

    @Test
    @DisplayName("tokens with keys that nobody knows make us ask for keys seldom, and keep nobody else out")
    void keysAreFetchedWithinBounds() {
        say(Cast.ALICE, "help");
        teams.forgetCalls();

        String unknown = "Bearer " + teams.signByAnotherKey(teams.claims(clock.instant()), false);
        for (int each = 0; each < 30; each++) {
            refused(activity(Cast.ALICE, "message").put("text", "help"), unknown);
        }

        assertThat(teams.calls().stream().filter(call -> call.equals("GET /keys")))
                .hasSizeLessThanOrEqualTo(4);
        assertThat(say(Cast.ALICE, "help").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("R70 an account that is not connected is shown how, can do nothing else, and its tries are audited")
    void unconnected() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);
        JsonNode form = click(Cast.BOB, question, "Approve").card();

        for (Answer answer : List.of(
                click(Cast.CAROL, question, "Approve"),
                click(Cast.CAROL, form, "Approve", Map.of("message", "Fine.")))) {
            assertThat(textOf(answer.card())).startsWith("Not connected");
            assertThat(actions(answer.card())).containsExactly("Connect");
        }
        for (String command : List.of("request", "mine", "waiting", "disconnect")) {
            say(Cast.CAROL, command);
            assertThat(textOf(last(Cast.CAROL))).startsWith("Not connected");
        }

        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
        assertThat(database.sql("select count(*) from audit_record where action = 'chat.refused'")
                        .query(Long.class)
                        .single())
                .isGreaterThanOrEqualTo(6);
    }

    @Test
    @DisplayName("who calls himself an administrator in the payload is whom his account was connected to")
    void namesAreNotBelieved() {
        connect(Cast.ALICE);
        AccessRequest request = aPendingRequest();
        ObjectNode click = invocation(
                Cast.ALICE,
                "send",
                JSON.createObjectNode()
                        .set(
                                "drawbridge",
                                JSON.createObjectNode()
                                        .put("deed", "approve")
                                        .put("subject", request.id().value())),
                Map.of("message", "Fine.", "person", Cast.ERIN.value()),
                null);
        ((ObjectNode) click.path("from"))
                .put("name", "Erin Ellis")
                .put("email", Cast.ERIN.value())
                .put("userPrincipalName", Cast.ERIN.value())
                .put("id", member(Cast.ERIN).user());

        assertThat(textOf(post(click).card())).startsWith("Not allowed");

        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName(
            "R70 a person of another tenant decides nothing here, knows nothing of it, and connects no account here")
    void anotherTenant() {
        connect(Cast.GUS);
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);
        JsonNode form = click(Cast.BOB, question, "Approve").card();

        assertThat(textOf(click(Cast.GUS, question, "Approve").card())).startsWith("Not found");
        assertThat(textOf(click(Cast.GUS, form, "Approve", Map.of("message", "Fine."))
                        .card()))
                .startsWith("Not found");
        say(Cast.CAROL, "connect");
        String link = linkIn(last(Cast.CAROL));
        assertThatThrownBy(() -> accounts.connect(as(Cast.GUS), link)).isInstanceOf(NotFoundException.class);

        ObjectNode disagreeing = clickOn(Cast.BOB, form, "Approve", Map.of("message", "Fine."), null);
        ((ObjectNode) disagreeing.at("/channelData/tenant")).put("id", TeamsConnector.GLOBEX);
        assertThat(post(disagreeing).status()).isEqualTo(403);
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("a link connects once, for ten minutes, and not an account with somebody else's address")
    void linksConnectOnce() {
        say(Cast.CAROL, "connect");
        String link = linkIn(last(Cast.CAROL));

        assertThatThrownBy(() -> accounts.connect(as(Cast.BOB), link)).isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(() -> accounts.connect(as(Cast.CAROL), link)).isInstanceOf(NotFoundException.class);
        say(Cast.CAROL, "connect");
        String late = linkIn(last(Cast.CAROL));
        clock.moveBy(Duration.ofMinutes(10));
        assertThatThrownBy(() -> accounts.connect(as(Cast.CAROL), late)).isInstanceOf(NotFoundException.class);
        assertThat(accounts.speaker(accountOf(Cast.CAROL))).isEmpty();
    }

    @Test
    @DisplayName("where addresses are verified a member of the organisation matches by his, a guest does not")
    void verifiedAddresses() {
        accounts.setAddressesVerified(
                as(Cast.ERIN), io.drawbridge.identity.ChatPlatform.TEAMS, TeamsConnector.ACME, true);
        teams.member(TeamsConnector.ACME, Cast.BOB.value(), "user");
        teams.member(TeamsConnector.ACME, Cast.CAROL.value(), "guest");

        say(Cast.BOB, "waiting");
        sayAsGuest(Cast.CAROL, "waiting");

        assertThat(textOf(last(Cast.BOB))).startsWith("Nothing");
        assertThat(textOf(last(Cast.CAROL))).startsWith("Not connected");
        assertThat(accounts.speaker(accountOf(Cast.BOB)).orElseThrow().id()).isEqualTo(Cast.BOB);
    }

    @Test
    @DisplayName("who disconnects or removes the app speaks for nobody at once, and what stood there cannot be clicked")
    void removing() {
        AccessRequest request = aQuestionTo(Cast.BOB);
        JsonNode question = question(Cast.BOB);

        assertThat(post(activity(Cast.BOB, "installationUpdate").put("action", "remove"))
                        .status())
                .isEqualTo(200);
        assertThat(textOf(click(Cast.BOB, question, "Approve").card())).startsWith("Not connected");
        connect(Cast.BOB);
        ObjectNode left = activity(Cast.BOB, "conversationUpdate");
        left.putArray("membersRemoved").addObject().put("id", "28:" + TeamsConnector.BOT);
        post(left);
        assertThat(textOf(click(Cast.BOB, question, "Approve").card())).startsWith("Not connected");
        connect(Cast.BOB);
        say(Cast.BOB, "disconnect");

        assertThat(textOf(click(Cast.BOB, question, "Approve").card())).startsWith("Not connected");
        assertThat(now(request).status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("what Teams delivers of one person at the same moment is all taken")
    void deliveriesAtTheSameMoment() throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (PersonId person : List.of(Cast.ALICE, Cast.BOB, Cast.CAROL, Cast.DAVE, Cast.ERIN, Cast.VICTOR)) {
                ObjectNode added = activity(person, "installationUpdate").put("action", "add");
                ObjectNode joined = activity(person, "conversationUpdate");
                CyclicBarrier together = new CyclicBarrier(2);
                List<Future<Answer>> answers = new ArrayList<>();
                for (ObjectNode each : List.of(added, joined)) {
                    answers.add(both.submit(() -> {
                        together.await(10, TimeUnit.SECONDS);
                        return post(each);
                    }));
                }
                for (Future<Answer> answer : answers) {
                    assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
                }
            }
        } finally {
            both.shutdownNow();
        }
        assertThat(count("chat_reach")).isEqualTo(6L);
    }

    @Test
    @DisplayName("who adds the app is greeted once, with how to connect")
    void greets() {
        ObjectNode added = activity(Cast.ALICE, "installationUpdate").put("action", "add");

        post(added);
        post(added);

        assertThat(cards(Cast.ALICE)).hasSize(1);
        assertThat(actions(last(Cast.ALICE))).containsExactly("Connect");
    }

    @Test
    @DisplayName(
            "whatever length somebody sends, by a command or in a card of his making, is answered by a card that Teams takes")
    void lengthsAreKeptToWhatTeamsTakes() {
        connect(Cast.ALICE);
        String book = "\u20ac".repeat(40_000);

        assertThat(say(Cast.ALICE, "request " + Cast.PROD + " " + book).status())
                .isEqualTo(200);
        JsonNode form = last(Cast.ALICE);
        assertThat(input(form, "account").path("value").asText()).isEqualTo(Cast.PROD);
        assertThat(bytes(form)).isLessThanOrEqualTo(MOST_BYTES);

        Map<String, String> filled = new LinkedHashMap<>();
        for (String field : List.of("account", "permission", "justification", "ownDuration", "ticket", "identity")) {
            filled.put(field, "\u20ac".repeat(8_000));
        }
        JsonNode again = click(Cast.ALICE, form, "Ask", filled).card();
        assertThat(actions(again)).contains("Ask");
        assertThat(again.toString()).contains("\"color\":\"Attention\"");
        assertThat(bytes(again)).isLessThanOrEqualTo(MOST_BYTES);

        for (String part : List.of("key", "subject")) {
            ObjectNode data = JSON.createObjectNode();
            data.putObject("drawbridge").put("deed", "request").put(part, book);
            Answer answer = post(invocation(Cast.ALICE, "click", data, Map.of(), null));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().path("statusCode").asInt()).as(part).isEqualTo(400);
        }
    }

    private static int bytes(JsonNode card) {
        return card.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private void sayAsGuest(PersonId person, String text) {
        ObjectNode said = activity(person, "message").put("text", text);
        teams.member(TeamsConnector.ACME, person.value(), "guest");
        post(said);
    }

    private String with(String claim, @Nullable Object value) {
        Map<String, Object> claims = teams.claims(clock.instant());
        if (value == null) {
            claims.remove(claim);
        } else {
            claims.put(claim, value);
        }
        return "Bearer " + teams.sign(claims);
    }

    private boolean refused(ObjectNode activity, @Nullable String authorization) {
        return post(activity, authorization).status() == 401;
    }
}
