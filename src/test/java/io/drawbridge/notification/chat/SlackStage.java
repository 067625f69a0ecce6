package io.drawbridge.notification.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.app_backend.SlackSignature;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.PersonId;
import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.request.RequestId;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.SlackEmulator;
import io.drawbridge.stage.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;

/**
 * The whole application, with a Slack on the other side that we did not write. What Slack would post, the emulator cannot; it
 * is posted here as Slack's reference shapes it, signed by the generator of Slack's own SDK, through the whole chain of
 * filters.
 */
@SuppressWarnings("NullAway.Init")
abstract class SlackStage extends Stage {
    static final JsonMapper JSON = new JsonMapper();

    @Autowired
    protected MockMvc browser;

    @Autowired
    private ChatRounds rounds;

    @Autowired
    private ChatOutbox outbox;

    @Autowired
    private ChatLines lines;

    @Autowired
    private ChatAccountDesk accountDesk;

    @Autowired
    private NotificationProperties properties;

    private ChatCourier courier;

    protected final FaultyProxy line = SlackEmulator.line();
    protected SlackEmulator slack;
    private int deliveries;

    /** An answer to something that Slack posted. */
    protected record Answer(int status, String body) {
        JsonNode json() {
            try {
                return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    @BeforeEach
    void startSlack() {
        slack = SlackEmulator.server();
        rounds.stop();
        line.fault(call -> Optional.empty());
        line.afterwards(call -> Optional.empty());
        line.forget();
        // One that has left no workspace alone in another test's time.
        courier = new ChatCourier(outbox, lines, accountDesk, people, properties, clock);
    }

    protected String userOf(PersonId person) {
        return slack.userWith(person.value());
    }

    protected ChatAccount accountOf(PersonId person) {
        return new ChatAccount(ChatPlatform.SLACK, SlackEmulator.WORKSPACE, userOf(person));
    }

    /** Connects his account as he would: says so in the chat, opens the link, signs in, confirms. */
    protected void connect(PersonId person) throws Exception {
        assertThat(confirm(person, linkFor(person)).getResponse().getRedirectedUrl())
                .as("the account of " + person + " is connected")
                .isEqualTo("/chat");
        // The mail that tells him of it came into his chat as well.
        deliver();
    }

    /** The path of the private link that the account gets. */
    protected String linkFor(PersonId person) throws Exception {
        String body = command(person, "connect").body();
        int at = body.indexOf("/chat/connect/");
        assertThat(at).as("a link in " + body).isPositive();
        return body.substring(at).split("[\"\\\\\\s]", -1)[0];
    }

    protected MvcResult confirm(PersonId person, String link) throws Exception {
        return browser.perform(post(link).with(user(person.value())).with(csrf()))
                .andReturn();
    }

    /** Posts what is due to Slack, until nothing is. */
    protected void deliver() {
        for (int round = 0; round < 20 && courier.round() > 0; round++) {
            // The next.
        }
    }

    protected Answer command(PersonId person, String text) throws Exception {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("token", "unused");
        form.put("team_id", SlackEmulator.WORKSPACE);
        form.put("user_id", userOf(person));
        form.put("user_name", "somebody_else");
        form.put("command", "/drawbridge");
        form.put("text", text);
        form.put("channel_id", "C1");
        form.put("response_url", "http://127.0.0.1:1/none");
        form.put("trigger_id", slack.trigger(userOf(person)));
        return signed(form.entrySet().stream()
                .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&")));
    }

    /** Clicks an action as Slack posts it, with a trigger that lives. */
    protected Answer click(PersonId person, Deed deed, String subject) throws Exception {
        return signed(payload(clickOf(SlackEmulator.WORKSPACE, userOf(person), deed, subject)));
    }

    protected ObjectNode clickOf(String workspace, String user, Deed deed, String subject) {
        ObjectNode click = JSON.createObjectNode().put("type", "block_actions").put("token", "unused");
        click.putObject("user").put("id", user).put("username", "anybody").put("team_id", workspace);
        click.putObject("team").put("id", workspace).put("domain", "acme");
        click.putObject("container").put("type", "message");
        click.put("api_app_id", "A1").put("trigger_id", slack.trigger(slack.userWith("stranger@elsewhere.example")));
        click.putArray("actions")
                .addObject()
                .put("type", "button")
                .put("action_id", "drawbridge:" + deed.word())
                .put("block_id", "b1")
                .put("value", subject);
        return click;
    }

    /** The view that was opened last, as it was sent to Slack. */
    protected JsonNode openedView() {
        return line.calls().stream()
                .filter(call -> call.operation().equals("views.open"))
                .reduce((earlier, later) -> later)
                .map(call -> field(call.body(), "view"))
                .orElseThrow(() -> new AssertionError("No view was opened; called was " + line.calls()));
    }

    protected String textOf(JsonNode blocks) {
        List<String> texts = new ArrayList<>();
        blocks.findParents("text").forEach(parent -> collect(parent.path("text"), texts));
        blocks.findValues("fields").forEach(fields -> fields.forEach(field -> collect(field, texts)));
        blocks.findValues("elements").forEach(elements -> elements.forEach(each -> collect(each, texts)));
        return String.join("\n", texts);
    }

    private static void collect(JsonNode node, List<String> into) {
        if (node.isTextual()) {
            into.add(node.asText());
        } else if (node.has("text")) {
            collect(node.path("text"), into);
        }
    }

    /** Fills in the view that was opened last and sends it. */
    protected Answer send(PersonId person, Map<String, String> values) throws Exception {
        return signed(payload(submission(person, openedView(), values)));
    }

    protected ObjectNode submission(PersonId person, JsonNode view, Map<String, String> values) {
        ObjectNode sent = JSON.createObjectNode().put("type", "view_submission").put("token", "unused");
        sent.putObject("team").put("id", SlackEmulator.WORKSPACE);
        sent.putObject("user").put("id", userOf(person)).put("team_id", SlackEmulator.WORKSPACE);
        sent.put("api_app_id", "A1").put("trigger_id", "trigger-" + ++deliveries + "-" + System.identityHashCode(this));
        ObjectNode filled = view.deepCopy();
        filled.put("id", "V1").put("hash", "h1");
        ObjectNode state = filled.putObject("state").putObject("values");
        values.forEach((name, value) -> {
            ObjectNode element = state.putObject(name).putObject(name);
            if (name.equals("duration")
                    || name.equals("justified")
                    || name.equals("account")
                    || name.equals("permission")) {
                element.put("type", "static_select")
                        .putObject("selected_option")
                        .put("value", value);
            } else if (name.equals("breakGlass")) {
                element.put("type", "checkboxes")
                        .putArray("selected_options")
                        .addObject()
                        .put("value", value);
            } else {
                element.put("type", "plain_text_input").put("value", value);
            }
        });
        sent.set("view", filled);
        return sent;
    }

    protected Answer event(String id, ObjectNode event) throws Exception {
        ObjectNode envelope = JSON.createObjectNode()
                .put("type", "event_callback")
                .put("token", "unused")
                .put("team_id", SlackEmulator.WORKSPACE)
                .put("api_app_id", "A1")
                .put("event_id", id)
                .put("event_time", 1);
        envelope.set("event", event);
        return posted(JSON.writeValueAsString(envelope), clock.instant(), SlackEmulator.SIGNING_SECRET, true);
    }

    protected static String payload(JsonNode payload) throws Exception {
        return "payload=" + encoded(JSON.writeValueAsString(payload));
    }

    protected Answer signed(String form) throws Exception {
        return posted(form, clock.instant(), SlackEmulator.SIGNING_SECRET, false);
    }

    /** Posts a body as Slack does, signed by its SDK. */
    protected Answer posted(String body, Instant signedAt, String secret, boolean json) throws Exception {
        String timestamp = String.valueOf(signedAt.getEpochSecond());
        MvcResult result = browser.perform(post("/chat/slack")
                        .contentType(json ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_FORM_URLENCODED)
                        .header("X-Slack-Request-Timestamp", timestamp)
                        .header("X-Slack-Signature", new SlackSignature.Generator(secret).generate(timestamp, body))
                        .content(body))
                .andReturn();
        return new Answer(
                result.getResponse().getStatus(), result.getResponse().getContentAsString(StandardCharsets.UTF_8));
    }

    /** What the direct conversation shows about a request, newest first. */
    protected List<JsonNode> shown(PersonId person, RequestId request) {
        return slack.messages(userOf(person)).stream()
                .filter(message -> message.toString().contains(request.value()))
                .toList();
    }

    /** The only message about the request that asks for or tells of what the subject begins with. */
    protected JsonNode only(PersonId person, RequestId request, String beginning) {
        List<JsonNode> found = shown(person, request).stream()
                .filter(message -> message.path("text").asText().startsWith(beginning))
                .toList();
        assertThat(found)
                .as("%s of %s in %s", beginning, request, shown(person, request))
                .hasSize(1);
        return found.get(0);
    }

    /** The words of the actions that can be clicked. */
    protected List<String> actions(JsonNode message) {
        return StreamSupport.stream(message.path("blocks").spliterator(), false)
                .filter(block -> block.path("type").asText().equals("actions"))
                .flatMap(block -> StreamSupport.stream(block.path("elements").spliterator(), false))
                .map(element -> element.path("action_id").asText())
                .filter(action -> !action.equals("drawbridge:open"))
                .map(action -> action.substring("drawbridge:".length()))
                .toList();
    }

    private static JsonNode field(String form, String name) {
        for (String part : form.split("&", -1)) {
            if (part.startsWith(name + "=")) {
                try {
                    return JSON.readTree(URLDecoder.decode(part.substring(name.length() + 1), StandardCharsets.UTF_8));
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            }
        }
        throw new AssertionError("There is no \"" + name + "\" in " + form);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
