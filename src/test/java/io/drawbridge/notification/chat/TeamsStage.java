package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.PersonId;
import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TeamsConnector;
import io.drawbridge.stage.TeamsConnector.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/**
 * The whole application with a Bot Connector on the other side: what Teams would post is posted as Microsoft's references
 * shape it, with tokens of the connector's issuer, through the whole chain of filters.
 */
@SuppressWarnings("NullAway.Init")
abstract class TeamsStage extends RequestStage {
    static final JsonMapper JSON = JsonMapper.builder().build();

    @Autowired
    protected MockMvc browser;

    @Autowired
    protected ChatAccountDesk accounts;

    @Autowired
    private ChatOutbox outbox;

    @Autowired
    private ChatLines lines;

    @Autowired
    private NotificationProperties notification;

    private ChatCourier courier;
    private int deliveries;

    protected final TeamsConnector teams = TeamsConnector.server();

    /** An answer to something that Teams posted. */
    protected record Answer(int status, JsonNode body) {
        JsonNode card() {
            assertThat(body.path("type").asText())
                    .as("what came back: " + body)
                    .isEqualTo("application/vnd.microsoft.card.adaptive");
            return body.path("value");
        }
    }

    @BeforeEach
    void clearTeams() {
        teams.clear();
        for (PersonId person : List.of(Cast.ALICE, Cast.BOB, Cast.CAROL, Cast.DAVE, Cast.ERIN)) {
            member(person);
        }
        courier = new ChatCourier(outbox, lines, accounts, people, notification, clock);
    }

    protected Member member(PersonId person) {
        return teams.member(
                person.value().endsWith("@globex.example") ? TeamsConnector.GLOBEX : TeamsConnector.ACME,
                person.value(),
                "user");
    }

    protected ChatAccount accountOf(PersonId person) {
        Member member = member(person);
        return new ChatAccount(ChatPlatform.TEAMS, member.organisation(), member.id());
    }

    /** Connects the account as its person would: says so, opens the link, signs in, confirms. */
    protected void connect(PersonId person) {
        say(person, "connect");
        accounts.connect(as(person), linkIn(last(person)));
        deliver();
    }

    protected static String linkIn(JsonNode card) {
        String address = StreamSupport.stream(card.path("actions").spliterator(), false)
                .filter(action -> action.path("type").asText().equals("Action.OpenUrl"))
                .map(action -> action.path("url").asText())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No link in " + card));
        return address.substring(address.lastIndexOf('/') + 1);
    }

    /** Posts what is due to Teams, until nothing is. */
    protected void deliver() {
        for (int round = 0; round < 20 && courier.round() > 0; round++) {
            // The next.
        }
    }

    protected Answer say(PersonId person, String text) {
        return post(activity(person, "message").put("text", text));
    }

    /** What Teams says of everything that somebody does in his private chat with the bot. */
    protected ObjectNode activity(PersonId person, String type) {
        Member member = member(person);
        ObjectNode activity = JSON.createObjectNode()
                .put("type", type)
                .put("id", "f:" + ++deliveries + ":" + System.identityHashCode(this))
                .put("channelId", "msteams")
                .put("serviceUrl", teams.serviceUrl());
        activity.putObject("from")
                .put("id", member.user())
                .put("aadObjectId", member.id())
                .put("name", "Erin Ellis, administrator");
        activity.putObject("recipient").put("id", "28:" + TeamsConnector.BOT).put("name", "Drawbridge");
        activity.putObject("conversation")
                .put("id", member.conversation())
                .put("conversationType", "personal")
                .put("tenantId", member.organisation());
        activity.putObject("channelData").putObject("tenant").put("id", member.organisation());
        return activity;
    }

    /** A click on an action of a card, with what stands in its inputs, as Teams posts it. */
    protected ObjectNode clickOn(
            PersonId person, JsonNode card, String title, Map<String, String> inputs, @Nullable String message) {
        JsonNode action = StreamSupport.stream(card.path("actions").spliterator(), false)
                .filter(each -> each.path("title").asText().equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No action " + title + " in " + card));
        assertThat(action.path("type").asText()).isEqualTo("Action.Execute");
        return invocation(person, action.path("verb").asText(), action.path("data"), inputs, message);
    }

    protected ObjectNode invocation(
            PersonId person, String verb, JsonNode data, Map<String, String> inputs, @Nullable String message) {
        ObjectNode invoke = activity(person, "invoke").put("name", "adaptiveCard/action");
        if (message != null) {
            invoke.put("replyToId", message);
        }
        ObjectNode value = invoke.putObject("value");
        value.put("trigger", "manual");
        ObjectNode sent =
                value.putObject("action").put("type", "Action.Execute").put("verb", verb);
        ObjectNode filled = data.deepCopy();
        inputs.forEach(filled::put);
        sent.set("data", filled);
        return invoke;
    }

    protected Answer click(PersonId person, JsonNode card, String title, Map<String, String> inputs) {
        return post(clickOn(person, card, title, inputs, null));
    }

    protected Answer click(PersonId person, JsonNode card, String title) {
        return click(person, card, title, Map.of());
    }

    protected Answer post(ObjectNode activity) {
        return post(activity, "Bearer " + teams.sign(teams.claims(clock.instant())));
    }

    protected Answer post(ObjectNode activity, @Nullable String authorization) {
        try {
            var call = MockMvcRequestBuilders.post("/chat/teams")
                    .contentType(MediaType.APPLICATION_JSON)
                    .content(activity.toString());
            if (authorization != null) {
                call.header("Authorization", authorization);
            }
            MvcResult result = browser.perform(call).andReturn();
            String body = result.getResponse().getContentAsString(StandardCharsets.UTF_8);
            return new Answer(
                    result.getResponse().getStatus(), body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The cards in the person's private chat as they stand there now, oldest first. */
    protected List<JsonNode> cards(PersonId person) {
        return teams.messages(member(person).conversation()).stream()
                .map(message -> message.at("/attachments/0/content"))
                .toList();
    }

    protected JsonNode last(PersonId person) {
        List<JsonNode> cards = cards(person);
        assertThat(cards).as("cards of " + person).isNotEmpty();
        return cards.get(cards.size() - 1);
    }

    /** The only card in the person's chat whose text begins so. */
    protected JsonNode only(PersonId person, String beginning) {
        List<JsonNode> found = cards(person).stream()
                .filter(card -> textOf(card).startsWith(beginning))
                .toList();
        assertThat(found)
                .as(
                        "\"%s\" in %s",
                        beginning,
                        cards(person).stream().map(TeamsStage::textOf).toList())
                .hasSize(1);
        return found.get(0);
    }

    /** Alice asks, and the question stands in the chat of the approver, who has just connected it. */
    protected AccessRequest aQuestionTo(PersonId approver) {
        connect(approver);
        AccessRequest request = aPendingRequest();
        deliver();
        return request;
    }

    /** The only card that asks the person to decide. */
    protected JsonNode question(PersonId person) {
        return only(person, "Please decide");
    }

    /** The form that a click on that card opens. */
    protected JsonNode form(PersonId person, String deed) {
        return click(person, question(person), deed).card();
    }

    /** The oldest card on which that can be clicked. */
    protected JsonNode withAction(PersonId person, String action) {
        return cards(person).stream()
                .filter(card -> actions(card).contains(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + action + " for " + person + " in " + cards(person)));
    }

    /** All that a card says, in order, line by line. */
    protected static String textOf(JsonNode card) {
        List<String> texts = new ArrayList<>();
        collect(card.path("body"), texts);
        return String.join("\n", texts);
    }

    private static void collect(JsonNode blocks, List<String> texts) {
        for (JsonNode block : blocks) {
            if (block.has("inlines")) {
                texts.add(String.join("", block.path("inlines").findValuesAsText("text")));
            }
            collect(block.path("items"), texts);
        }
    }

    /** What can be clicked on it, links left out. */
    protected static List<String> actions(JsonNode card) {
        return StreamSupport.stream(card.path("actions").spliterator(), false)
                .filter(action -> action.path("type").asText().equals("Action.Execute"))
                .map(action -> action.path("title").asText())
                .toList();
    }

    protected static JsonNode input(JsonNode card, String name) {
        return StreamSupport.stream(card.path("body").spliterator(), false)
                .filter(block -> block.path("id").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No input " + name + " in " + card));
    }
}
