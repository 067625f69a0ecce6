package io.drawbridge.notification.chat.teams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.notification.chat.ChatFailure;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.ChatReaches;
import io.drawbridge.notification.chat.ChatReply;
import io.drawbridge.notification.chat.Conversation;
import io.drawbridge.notification.chat.Deed;
import io.drawbridge.request.ChatDoor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.security.oauth2.jwt.JwtException;

/**
 * Takes in what the Bot Connector sends from Teams.
 *
 * <p>Nothing of a delivery is believed before its token is checked, and the channel and the service URL of the activity are
 * those that the token and its key vouch for. Who speaks is the account by its id in Entra and the tenant there; names and
 * addresses in an activity are not looked at.
 *
 * <p>Answers are for one person: they go into his private chat with the bot, also where he has spoken in a channel.
 */
final class TeamsDoor implements ChatDoor, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(TeamsDoor.class);
    private static final String CHANNEL = "msteams";
    private static final String BEARER = "Bearer ";
    private static final String JSON_TYPE = "application/json";
    private static final int LONGEST_ID = 500;
    private static final int LONGEST_VALUE = 8000;
    private static final int MOST_FIELDS = 30;

    /** Longest that a card of ours holds. */
    private static final int LONGEST_SUBJECT = 1000;

    private static final int LONGEST_KEY = 100;

    /** As many as Teams shows. */
    private static final int MOST_SUGGESTIONS = 15;

    private static final Pattern MENTION = Pattern.compile("<at[^>]*>.*?</at>", Pattern.DOTALL);
    private static final Pattern BLANK = Pattern.compile("(&nbsp;|\u00a0|\\s)+");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TeamsProperties properties;
    private final TeamsTokens tokens;
    private final Connector connector;
    private final Conversation conversation;
    private final ChatAccountDesk accounts;
    private final ChatDirectory directory;
    private final ChatReaches reaches;
    private final ThreadPoolExecutor afterwards = new ThreadPoolExecutor(
            1,
            2,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(100),
            work -> new Thread(work, "drawbridge-teams-afterwards"),
            new ThreadPoolExecutor.DiscardPolicy());

    TeamsDoor(
            TeamsProperties properties,
            TeamsTokens tokens,
            Connector connector,
            Conversation conversation,
            ChatAccountDesk accounts,
            ChatDirectory directory,
            ChatReaches reaches) {
        this.properties = properties;
        this.tokens = tokens;
        this.connector = connector;
        this.conversation = conversation;
        this.accounts = accounts;
        this.directory = directory;
        this.reaches = reaches;
        this.afterwards.allowCoreThreadTimeOut(true);
    }

    @Override
    public ChatPlatform platform() {
        return ChatPlatform.TEAMS;
    }

    /**
     * Who speaks, and where.
     *
     * @param user how Teams calls the account towards the bot
     * @param conversation id of the conversation in which it was said
     * @param personal whether that is the account's private chat with the bot
     */
    private record Speaker(
            ChatAccount account, String user, String serviceUrl, String conversation, boolean personal) {}

    @Override
    public Answer receive(Delivery delivery) {
        TeamsTokens.Vouched vouched;
        try {
            vouched = tokens.check(bearer(delivery));
        } catch (JwtException refused) {
            LOG.info("A delivery to the Teams bot was refused: {}", refused.getMessage());
            return Answer.of(401);
        }
        JsonNode activity;
        try {
            activity = JSON.readTree(delivery.body());
        } catch (JsonProcessingException unreadable) {
            return Answer.of(400);
        }
        String serviceUrl = text(activity, "/serviceUrl");
        if (!text(activity, "/channelId").equals(CHANNEL)
                || !vouched.channels().contains(CHANNEL)
                || !serviceUrl.equals(vouched.serviceUrl())
                || !properties.lists(serviceUrl)) {
            LOG.warn(
                    "A delivery to the Teams bot was refused: its token does not vouch for its channel and service URL,"
                            + " or drawbridge.teams.service-urls does not list the latter.");
            return Answer.of(401);
        }
        Optional<Speaker> speaker = speaker(activity, serviceUrl);
        if (speaker.isEmpty()) {
            // NB. Bots, anonymous guests of a meeting, and the like: they speak for nobody.
            return Answer.of(text(activity, "/type").equals("invoke") ? 403 : 200);
        }
        remember(speaker.get());
        return switch (text(activity, "/type")) {
            case "message" -> said(speaker.get(), activity);
            case "invoke" -> invoked(speaker.get(), activity);
            case "installationUpdate" -> installed(speaker.get(), activity);
            case "conversationUpdate" -> membersChanged(speaker.get(), activity);
            default -> Answer.of(200);
        };
    }

    @Override
    public void destroy() {
        afterwards.shutdown();
    }

    private static String bearer(Delivery delivery) {
        List<String> headers = delivery.headers().getOrDefault("authorization", List.of());
        if (headers.size() != 1 || !headers.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new JwtException("It carries no token.");
        }
        return headers.get(0).substring(BEARER.length()).strip();
    }

    private static Optional<Speaker> speaker(JsonNode activity, String serviceUrl) {
        String organisation = text(activity, "/channelData/tenant/id").toLowerCase(Locale.ROOT);
        String ofConversation = text(activity, "/conversation/tenantId").toLowerCase(Locale.ROOT);
        String id = text(activity, "/from/aadObjectId").toLowerCase(Locale.ROOT);
        String user = text(activity, "/from/id");
        String chat = text(activity, "/conversation/id");
        if (organisation.isEmpty()) {
            organisation = ofConversation;
        }
        boolean same = ofConversation.isEmpty() || ofConversation.equals(organisation);
        return same
                        && TeamsProperties.isGuid(organisation)
                        && TeamsProperties.isGuid(id)
                        && !user.isEmpty()
                        && user.length() <= LONGEST_ID
                        && !chat.isEmpty()
                        && chat.length() <= LONGEST_ID
                ? Optional.of(new Speaker(
                        new ChatAccount(ChatPlatform.TEAMS, organisation, id),
                        user,
                        serviceUrl,
                        chat,
                        text(activity, "/conversation/conversationType").equals("personal")))
                : Optional.empty();
    }

    /** Where he can be written to from now on; of the organisations that are configured only. */
    private void remember(Speaker speaker) {
        ChatAccount account = speaker.account();
        if (speaker.personal()
                && directory.workspace(account.platform(), account.workspace()).isPresent()) {
            String reach = new TeamsReach(speaker.serviceUrl(), speaker.conversation(), speaker.user()).written();
            if (!reaches.of(account).equals(Optional.of(reach))) {
                reaches.keep(account, reach);
            }
        }
    }

    private Answer said(Speaker speaker, JsonNode activity) {
        String words = BLANK.matcher(MENTION.matcher(text(activity, "/text")).replaceAll(" "))
                .replaceAll(" ")
                .strip();
        return once(speaker, activity, () -> tell(speaker, conversation.said(speaker.account(), words)));
    }

    private interface Work {
        void run() throws ChatFailure;
    }

    /** Does what was delivered, once; a delivery that could not be done may come again. */
    private Answer once(Speaker speaker, JsonNode activity, Work work) {
        String delivery = delivery(speaker, activity);
        if (delivery == null) {
            return Answer.of(400);
        }
        if (!conversation.taken(delivery)) {
            return Answer.of(conversation.isDone(delivery) ? 200 : 503);
        }
        boolean done = false;
        try {
            work.run();
            conversation.done(delivery);
            done = true;
            return Answer.of(200);
        } catch (ChatFailure failure) {
            LOG.warn("{} could not be answered in Teams: {}", speaker.account(), failure.getMessage());
            return Answer.of(503);
        } finally {
            if (!done) {
                conversation.failed(delivery);
            }
        }
    }

    private void tell(Speaker speaker, ChatReply reply) throws ChatFailure {
        if (speaker.personal()) {
            for (ObjectNode card : cards(reply)) {
                connector.post(speaker.serviceUrl(), speaker.conversation(), card);
            }
            return;
        }
        String note = "I have answered you in our private chat.";
        try {
            String privately =
                    connector.open(speaker.serviceUrl(), speaker.account().workspace(), speaker.user());
            for (ObjectNode card : cards(reply)) {
                connector.post(speaker.serviceUrl(), privately, card);
            }
        } catch (ChatFailure failure) {
            if (failure.kind() != ChatFailure.Kind.GONE) {
                throw failure;
            }
            note = "I can answer you in private only. Add this app for yourself first, then say it to me there.";
        }
        connector.post(
                speaker.serviceUrl(),
                speaker.conversation(),
                JSON.createObjectNode().put("type", "message").put("text", note));
    }

    /** A form is posted as it is: a card can be filled in where it stands. */
    private static List<ObjectNode> cards(ChatReply reply) {
        if (reply instanceof ChatReply.Said said) {
            return said.messages().stream()
                    .map(message -> AdaptiveCards.activity(
                            AdaptiveCards.message(message, null, null), message.subject(), false))
                    .toList();
        }
        if (reply instanceof ChatReply.Opened opened) {
            return List.of(AdaptiveCards.activity(
                    AdaptiveCards.form(opened.form(), null, null, Map.of()),
                    opened.form().title(),
                    false));
        }
        if (reply instanceof ChatReply.Wrong wrong) {
            ChatMessage message = notTaken(wrong);
            return List.of(
                    AdaptiveCards.activity(AdaptiveCards.message(message, null, null), message.subject(), false));
        }
        return List.of();
    }

    private Answer invoked(Speaker speaker, JsonNode activity) {
        return switch (text(activity, "/name")) {
            case "adaptiveCard/action" ->
                speaker.personal()
                        ? acted(speaker, activity)
                        : notice("Use the card in your private chat with this app.");
            case "application/search" -> searched(speaker, activity);
            default -> Answer.of(501);
        };
    }

    private Answer acted(Speaker speaker, JsonNode activity) {
        JsonNode data = activity.at("/value/action/data");
        JsonNode ours = data.path(AdaptiveCards.OURS);
        String key = filled(text(ours, "/key"));
        Optional<Deed> deed = Deed.of(text(ours, "/deed"));
        String subject = text(ours, "/subject");
        String verb = text(activity, "/value/action/verb");
        if (subject.length() > LONGEST_SUBJECT || (key != null && key.length() > LONGEST_KEY)) {
            return unreadable();
        }
        if (verb.equals(AdaptiveCards.SHOW) && key != null) {
            return conversation
                    .current(speaker.account(), key)
                    .map(message -> card(AdaptiveCards.message(message, key, speaker.user())))
                    .orElseGet(() -> card(AdaptiveCards.message(
                            ChatMessage.of("Not shown any more", "There is no such message for you any more."),
                            null,
                            null)));
        }
        if (deed.isEmpty()) {
            return unreadable();
        }
        if (verb.equals(AdaptiveCards.CLICK)) {
            ChatReply reply = conversation.clicked(speaker.account(), deed.get(), subject);
            return answered(speaker, activity, key, reply);
        }
        String delivery = delivery(speaker, activity);
        Map<String, String> values = values(data);
        if (!verb.equals(AdaptiveCards.SEND) || delivery == null || values == null) {
            return unreadable();
        }
        ChatReply reply = conversation.submitted(delivery, speaker.account(), deed.get(), subject, values);
        return reply instanceof ChatReply.Wrong wrong
                ? again(speaker, deed.get(), subject, key, values, wrong)
                : answered(speaker, activity, key, reply);
    }

    /** The form once more, with what was filled in and what was wrong with it; or what has become of it meanwhile. */
    private Answer again(
            Speaker speaker,
            Deed deed,
            String subject,
            @Nullable String key,
            Map<String, String> values,
            ChatReply.Wrong wrong) {
        ChatReply form = conversation.clicked(speaker.account(), deed, subject);
        if (form instanceof ChatReply.Opened opened) {
            return card(AdaptiveCards.form(opened.form(), key, values, wrong.fields()));
        }
        return card(shown(form instanceof ChatReply.Said said ? said : new ChatReply.Said(List.of(notTaken(wrong)))));
    }

    private Answer answered(Speaker speaker, JsonNode activity, @Nullable String key, ChatReply reply) {
        if (reply instanceof ChatReply.Opened opened) {
            return card(AdaptiveCards.form(opened.form(), key, null, Map.of()));
        }
        if (reply instanceof ChatReply.Wrong wrong) {
            return card(AdaptiveCards.message(notTaken(wrong), null, null));
        }
        if (reply instanceof ChatReply.Said said) {
            ObjectNode card = shown(said);
            String message = text(activity, "/replyToId");
            // NB. What comes from the outbox is replaced from there. The answer alone would be seen until the chat is
            // opened again.
            if (key == null && !message.isEmpty() && message.length() <= LONGEST_ID) {
                keep(
                        speaker,
                        message,
                        AdaptiveCards.activity(card, said.messages().get(0).subject(), false));
            }
            return card(card);
        }
        return notice("This was sent before, and is done.");
    }

    private static ObjectNode shown(ChatReply.Said said) {
        return AdaptiveCards.message(said.messages().get(0), null, null);
    }

    private void keep(Speaker speaker, String message, ObjectNode activity) {
        afterwards.execute(() -> {
            try {
                connector.replace(speaker.serviceUrl(), speaker.conversation(), message, activity);
            } catch (ChatFailure failure) {
                LOG.info(
                        "A card that {} has used could not be replaced in Teams; another click on it is answered as any:"
                                + " {}",
                        speaker.account(),
                        failure.getMessage());
            }
        });
    }

    private Answer searched(Speaker speaker, JsonNode activity) {
        JsonNode query = activity.path("value");
        ObjectNode answer = JSON.createObjectNode();
        answer.put("statusCode", 200);
        answer.put("type", "application/vnd.microsoft.search.searchResponse");
        ArrayNode results = answer.putObject("value").putArray("results");
        conversation
                .suggest(
                        speaker.account(),
                        text(query, "/dataset"),
                        text(query, "/queryText"),
                        filled(text(query, "/data/account")))
                .stream()
                .limit(MOST_SUGGESTIONS)
                .forEach(option ->
                        results.addObject().put("title", option.words()).put("value", option.value()));
        return new Answer(200, JSON_TYPE, answer.toString());
    }

    private Answer installed(Speaker speaker, JsonNode activity) {
        String action = text(activity, "/action");
        if (!speaker.personal()) {
            return Answer.of(200);
        }
        if (action.startsWith("remove")) {
            accounts.left(speaker.account(), "the app was removed");
        } else if (action.equals("add")) {
            return once(speaker, activity, () -> tell(speaker, conversation.said(speaker.account(), "help")));
        }
        return Answer.of(200);
    }

    private Answer membersChanged(Speaker speaker, JsonNode activity) {
        String bot = text(activity, "/recipient/id");
        for (JsonNode removed : activity.path("membersRemoved")) {
            if (speaker.personal() && text(removed, "/id").equals(bot)) {
                accounts.left(speaker.account(), "the app was removed");
            }
        }
        return Answer.of(200);
    }

    private static @Nullable Map<String, String> values(JsonNode data) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : data.properties()) {
            JsonNode value = each.getValue();
            if (value.isValueNode() && !value.isNull()) {
                if (values.size() >= MOST_FIELDS || value.asText().length() > LONGEST_VALUE) {
                    return null;
                }
                values.put(each.getKey(), value.asText());
            }
        }
        return values;
    }

    /** One delivery's key: who spoke, where, and Teams' id of it; null if it has none. */
    private static @Nullable String delivery(Speaker speaker, JsonNode activity) {
        String id = text(activity, "/id");
        if (id.isEmpty()) {
            return null;
        }
        String whole = speaker.account() + "\n" + speaker.conversation() + "\n" + id;
        try {
            return "teams:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(whole.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }

    private static ChatMessage notTaken(ChatReply.Wrong wrong) {
        return ChatMessage.of("Not done", String.join(" ", wrong.fields().values()));
    }

    private static Answer card(ObjectNode card) {
        return invokeAnswer(200, AdaptiveCards.CARD, card);
    }

    private static Answer notice(String words) {
        return invokeAnswer(
                200,
                "application/vnd.microsoft.activity.message",
                JSON.getNodeFactory().textNode(words));
    }

    private static Answer unreadable() {
        return invokeAnswer(
                400,
                "application/vnd.microsoft.error",
                JSON.createObjectNode().put("code", "BadRequest").put("message", "This is no action of this app."));
    }

    private static Answer invokeAnswer(int status, String type, JsonNode value) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("statusCode", status).put("type", type).set("value", value);
        return new Answer(200, JSON_TYPE, answer.toString());
    }

    private static String text(JsonNode node, String pointer) {
        JsonNode found = node.at(pointer);
        return found.isTextual() ? found.asText() : "";
    }

    private static @Nullable String filled(String text) {
        return text.isEmpty() ? null : text;
    }
}
