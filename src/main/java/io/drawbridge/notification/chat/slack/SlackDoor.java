package io.drawbridge.notification.chat.slack;

import com.slack.api.Slack;
import com.slack.api.app_backend.SlackSignature;
import com.slack.api.app_backend.events.payload.EventsApiPayload;
import com.slack.api.app_backend.interactive_components.payload.BlockActionPayload;
import com.slack.api.app_backend.interactive_components.payload.BlockSuggestionPayload;
import com.slack.api.app_backend.interactive_components.response.BlockSuggestionResponse;
import com.slack.api.app_backend.interactive_components.response.Option;
import com.slack.api.app_backend.slash_commands.payload.SlashCommandPayload;
import com.slack.api.app_backend.views.payload.ViewSubmissionPayload;
import com.slack.api.bolt.App;
import com.slack.api.bolt.AppConfig;
import com.slack.api.bolt.request.Request;
import com.slack.api.bolt.request.RequestHeaders;
import com.slack.api.bolt.request.RequestType;
import com.slack.api.bolt.response.Response;
import com.slack.api.bolt.util.SlackRequestParser;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.model.event.AppHomeOpenedEvent;
import com.slack.api.model.event.AppMentionEvent;
import com.slack.api.model.event.AppUninstalledEvent;
import com.slack.api.model.event.Event;
import com.slack.api.model.event.MessageEvent;
import com.slack.api.model.event.TokensRevokedEvent;
import com.slack.api.model.event.UserChangeEvent;
import com.slack.api.model.view.View;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.notification.chat.ChatForm;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.ChatReply;
import io.drawbridge.notification.chat.Conversation;
import io.drawbridge.notification.chat.Deed;
import io.drawbridge.request.ChatDoor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what Slack sends, and answers it within the three seconds that Slack waits.
 *
 * <p>First the signature: made with our secret, over the very bytes that came, at most five minutes ago. Then the workspace
 * and the user, by their ids. A click that opens a form is answered by opening it, since its trigger lives for three seconds
 * only; a form is done by the conversation, which keeps it where that takes longer. An event is answered when it is done, and
 * with a 500 where it could not be: Slack then sends it again, and what was done is not done twice.
 */
class SlackDoor implements ChatDoor {
    private static final Logger LOG = LoggerFactory.getLogger(SlackDoor.class);

    /** How old a signature may be, or how far ahead its clock: what Slack recommends. */
    static final Duration LONGEST_AGE = Duration.ofMinutes(5);

    private static final Pattern OURS = Pattern.compile(Pattern.quote(BlockKit.OURS) + ".*");
    private static final Pattern ANY = Pattern.compile(".*");
    private static final Pattern MENTIONED = Pattern.compile("<@[^>]*>");
    private static final int MOST_MESSAGE_BLOCKS = BlockKit.MOST_BLOCKS;

    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final SlackSignature.Generator signature;
    private final Slack slack;
    private final Conversation conversation;
    private final ChatAccountDesk accounts;
    private final Clock clock;
    private final SlackRequestParser parser;
    private final App app;

    SlackDoor(
            SlackProperties properties, Slack slack, Conversation conversation, ChatAccountDesk accounts, Clock clock) {
        properties.workspaces().forEach(workspace -> tokens.put(workspace.id(), workspace.botToken()));
        this.signature = new SlackSignature.Generator(Objects.requireNonNull(properties.signingSecret()));
        this.slack = slack;
        this.conversation = conversation;
        this.accounts = accounts;
        this.clock = clock;
        AppConfig config = AppConfig.builder()
                .signingSecret(properties.signingSecret())
                .slack(slack)
                .build();
        this.parser = new SlackRequestParser(config);
        // NB. No middleware of Bolt's: the signature is checked before a byte is read, by our clock and in constant
        // time, and who speaks for whom is the conversation's to say.
        this.app = new App(config, slack, List.of());
        app.command(ANY, (request, context) -> {
            SlashCommandPayload command = request.getPayload();
            return commanded(command);
        });
        app.blockAction(OURS, (request, context) -> clicked(request.getPayload()));
        app.blockSuggestion(OURS, (request, context) -> suggested(request.getPayload()));
        app.viewSubmission(OURS, (request, context) -> submitted(request.getPayload()));
        app.event(AppMentionEvent.class, (payload, context) -> once(payload, () -> mentioned(payload)));
        app.event(MessageEvent.class, (payload, context) -> once(payload, () -> written(payload)));
        app.event(AppHomeOpenedEvent.class, (payload, context) -> once(payload, () -> atHome(payload)));
        app.event(UserChangeEvent.class, (payload, context) -> once(payload, () -> changed(payload)));
        app.event(AppUninstalledEvent.class, (payload, context) -> once(payload, () -> closed(payload, "uninstalled")));
        app.event(
                TokensRevokedEvent.class,
                (payload, context) -> once(payload, () -> {
                    if (payload.getEvent().getTokens() != null
                            && payload.getEvent().getTokens().getBot() != null
                            && !payload.getEvent().getTokens().getBot().isEmpty()) {
                        closed(payload, "the app's token was revoked");
                    }
                }));
        app.start();
    }

    /** Something done with Slack's API. */
    private interface Act {
        void run() throws IOException, SlackApiException;
    }

    /** An event is being done; thrown, since Bolt looks at no answer to an event. */
    private static final class UnderWayException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public ChatPlatform platform() {
        return ChatPlatform.SLACK;
    }

    @Override
    public Answer receive(Delivery delivery) {
        if (!isSigned(delivery)) {
            return Answer.of(401);
        }
        try {
            Request<?> request = parser.parse(SlackRequestParser.HttpRequest.builder()
                    .requestUri("/chat/slack")
                    .requestBody(delivery.body())
                    .headers(new RequestHeaders(delivery.headers()))
                    .build());
            Response response = app.run(request);
            if (response.getStatusCode() == 404 && request.getRequestType() == RequestType.Event) {
                // One that nobody waits for, such as that our own message was changed; a 404 would bring it again.
                return Answer.of(200);
            }
            String body = response.getBody();
            return body == null || body.isEmpty()
                    ? Answer.of(response.getStatusCode())
                    : new Answer(response.getStatusCode(), response.getContentType(), body);
        } catch (UnderWayException notYet) {
            return Answer.of(503);
        } catch (Exception failure) {
            LOG.error("What Slack sent could not be done; it sends it again, or says so to whoever clicked.", failure);
            return Answer.of(500);
        }
    }

    private boolean isSigned(Delivery delivery) {
        String timestamp = delivery.header("x-slack-request-timestamp");
        String shown = delivery.header("x-slack-signature");
        if (timestamp == null || shown == null) {
            return false;
        }
        try {
            Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp.strip()));
            if (Duration.between(at, clock.instant()).abs().compareTo(LONGEST_AGE) > 0) {
                LOG.warn("Something signed for Slack at {} was refused: it is older than {}.", at, LONGEST_AGE);
                return false;
            }
        } catch (NumberFormatException | java.time.DateTimeException | ArithmeticException unreadable) {
            return false;
        }
        String expected = signature.generate(timestamp, delivery.body());
        boolean signed = expected != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.US_ASCII), shown.getBytes(StandardCharsets.US_ASCII));
        if (!signed) {
            LOG.warn("Something was refused that Slack has not signed with our secret.");
        }
        return signed;
    }

    private Response commanded(SlashCommandPayload command) throws IOException, SlackApiException {
        ChatAccount from = account(command.getTeamId(), command.getTeamId(), command.getUserId());
        if (from == null) {
            return Response.ok();
        }
        String text = command.getText() == null ? "" : command.getText();
        ChatReply reply = conversation.said(from, text);
        if (reply instanceof ChatReply.Opened opened) {
            open(from, command.getTriggerId(), BlockKit.form(opened.form()));
            return Response.ok();
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        List<ChatMessage> messages = messages(reply);
        answer.put("response_type", "ephemeral");
        answer.put("text", messages.isEmpty() ? "" : BlockKit.preview(messages.get(0)));
        answer.put("blocks", BlockKit.answer(messages, MOST_MESSAGE_BLOCKS));
        return Response.json(200, answer);
    }

    /** Done once; the same click again, or a copy of it, opens and changes nothing. */
    private Response clicked(BlockActionPayload click) throws IOException, SlackApiException {
        ChatAccount from = account(
                click.getTeam() == null ? null : click.getTeam().getId(),
                click.getUser().getTeamId(),
                click.getUser().getId());
        if (from == null || click.getActions().isEmpty()) {
            return Response.ok();
        }
        BlockActionPayload.Action action = click.getActions().get(0);
        Optional<Deed> deed = Deed.of(action.getActionId().substring(BlockKit.OURS.length()));
        if (deed.isEmpty()) {
            // A button that opens a page, or a field of a form that somebody changed.
            return Response.ok();
        }
        String delivery = key(from, "click", click.getTriggerId());
        if (!conversation.taken(delivery)) {
            return Response.ok();
        }
        try {
            String subject = "-".equals(action.getValue()) || action.getValue() == null ? "" : action.getValue();
            ChatReply reply = conversation.clicked(from, deed.get(), subject);
            if (reply instanceof ChatReply.Opened opened) {
                open(from, click.getTriggerId(), BlockKit.form(opened.form()));
            } else {
                show(from, click.getTriggerId(), reply);
            }
            conversation.done(delivery);
            return Response.ok();
        } catch (IOException | SlackApiException | RuntimeException failure) {
            conversation.failed(delivery);
            throw failure;
        }
    }

    private Response suggested(BlockSuggestionPayload typed) {
        ChatAccount from = account(
                typed.getTeam() == null ? null : typed.getTeam().getId(),
                typed.getUser().getTeamId(),
                typed.getUser().getId());
        String field = typed.getActionId().substring(BlockKit.OURS.length());
        String account = typed.getView() == null
                ? null
                : BlockKit.values(typed.getView().getState()).get("account");
        List<ChatForm.Option> found = from == null
                ? List.of()
                : conversation.suggest(from, field, typed.getValue() == null ? "" : typed.getValue(), account);
        return Response.json(
                200,
                BlockSuggestionResponse.builder()
                        .options(BlockKit.choices(found).stream()
                                .map(option -> new Option(option.getText(), option.getValue()))
                                .toList())
                        .build());
    }

    private Response submitted(ViewSubmissionPayload sent) {
        ChatAccount from = account(
                sent.getTeam() == null ? null : sent.getTeam().getId(),
                sent.getUser().getTeamId(),
                sent.getUser().getId());
        View view = sent.getView();
        Optional<Deed> deed = Deed.of(view.getCallbackId().substring(BlockKit.OURS.length()));
        if (from == null || deed.isEmpty()) {
            return Response.ok();
        }
        Map<String, String> values = BlockKit.values(view.getState());
        // NB. A form that was refused keeps its hash when it is sent again; with its values it is another delivery.
        String key = sent.getTriggerId() == null
                ? view.getId() + view.getHash() + Integer.toHexString(values.hashCode())
                : sent.getTriggerId();
        ChatReply reply = conversation.submitted(
                key(from, "form", key),
                from,
                deed.get(),
                view.getPrivateMetadata() == null ? "" : view.getPrivateMetadata(),
                values);
        if (reply instanceof ChatReply.Wrong wrong) {
            return Response.json(
                    200,
                    Map.of(
                            "response_action",
                            "errors",
                            "errors",
                            BlockKit.wrong(wrong.fields(), BlockKit.fields(view))));
        }
        List<ChatMessage> messages = messages(reply);
        return messages.isEmpty()
                ? Response.ok()
                : Response.json(200, Map.of("response_action", "update", "view", BlockKit.shown(messages)));
    }

    private void mentioned(EventsApiPayload<AppMentionEvent> payload) throws IOException, SlackApiException {
        AppMentionEvent mention = payload.getEvent();
        ChatAccount from = account(payload.getTeamId(), mention.getTeam(), mention.getUser());
        if (from == null || mention.getBotId() != null || mention.getEdited() != null) {
            return;
        }
        List<ChatMessage> messages = messages(conversation.said(
                from, MENTIONED.matcher(mention.getText()).replaceAll(" ").strip()));
        demandOk(client(from).chatPostEphemeral(answer -> answer.channel(mention.getChannel())
                .user(from.user())
                .text(BlockKit.preview(messages.get(0)))
                .blocks(BlockKit.answer(messages, MOST_MESSAGE_BLOCKS))));
    }

    private void written(EventsApiPayload<MessageEvent> payload) throws IOException, SlackApiException {
        MessageEvent message = payload.getEvent();
        if (!"im".equals(message.getChannelType()) || message.getBotId() != null || message.getText() == null) {
            return;
        }
        ChatAccount from = account(payload.getTeamId(), message.getTeam(), message.getUser());
        if (from == null) {
            return;
        }
        List<ChatMessage> messages = messages(conversation.said(from, message.getText()));
        demandOk(client(from).chatPostMessage(answer -> answer.channel(message.getChannel())
                .text(BlockKit.preview(messages.get(0)))
                .blocks(BlockKit.answer(messages, MOST_MESSAGE_BLOCKS))
                .unfurlLinks(false)
                .unfurlMedia(false)));
    }

    private void atHome(EventsApiPayload<AppHomeOpenedEvent> payload) throws IOException, SlackApiException {
        AppHomeOpenedEvent opened = payload.getEvent();
        ChatAccount from = account(payload.getTeamId(), payload.getTeamId(), opened.getUser());
        if (from == null || !"home".equals(opened.getTab())) {
            return;
        }
        View view = conversation
                .home(from)
                .map(home -> BlockKit.home(home, messages(conversation.said(from, "help"))))
                .orElseGet(() -> BlockKit.home(conversation.howToConnect()));
        demandOk(client(from).viewsPublish(page -> page.userId(from.user()).view(view)));
    }

    private void changed(EventsApiPayload<UserChangeEvent> payload) {
        com.slack.api.model.User user = payload.getEvent().getUser();
        if (user == null || user.getId() == null) {
            return;
        }
        ChatAccount account = new ChatAccount(ChatPlatform.SLACK, payload.getTeamId(), user.getId());
        if (user.isDeleted()) {
            accounts.left(account, "left the workspace");
        } else {
            // NB. A member who was made a guest keeps his address, but matches by it no more.
            accounts.addressChanged(
                    account,
                    user.getProfile() == null || SlackLine.isOutsider(user)
                            ? null
                            : user.getProfile().getEmail());
        }
    }

    private <E extends Event> void closed(EventsApiPayload<E> payload, String why) {
        accounts.closed(ChatPlatform.SLACK, payload.getTeamId(), why);
    }

    /**
     * Slack sends an event again that was not answered in time, under the same id; also while it is being done, which may
     * fail yet: so it is asked to come again, rather than told that all is well.
     */
    private Response once(EventsApiPayload<?> payload, Act act) throws IOException, SlackApiException {
        String delivery = "slack:" + payload.getTeamId() + ":event:" + payload.getEventId();
        if (!conversation.taken(delivery)) {
            if (conversation.isDone(delivery)) {
                return Response.ok();
            }
            throw new UnderWayException();
        }
        try {
            act.run();
            conversation.done(delivery);
            return Response.ok();
        } catch (IOException | SlackApiException | RuntimeException failure) {
            conversation.failed(delivery);
            throw failure;
        }
    }

    /**
     * Who speaks, by the ids that Slack has signed; null where nobody can be answered.
     *
     * @param home the workspace that the user belongs to: in a channel that two companies share, another one than where he
     *     speaks, and then he is nobody here
     */
    private @Nullable ChatAccount account(@Nullable String workspace, @Nullable String home, @Nullable String user) {
        if (user == null || user.isBlank()) {
            return null;
        }
        String where = workspace == null ? home : workspace;
        if (where == null || where.isBlank() || (home != null && !home.equals(where)) || !tokens.containsKey(where)) {
            LOG.warn(
                    "The user \"{}\" of \"{}\" spoke in the workspace \"{}\"; that is none of those configured.",
                    user,
                    home,
                    where);
            return null;
        }
        return new ChatAccount(ChatPlatform.SLACK, where, user);
    }

    private void open(ChatAccount from, String trigger, View view) throws IOException, SlackApiException {
        demandOk(client(from).viewsOpen(open -> open.triggerId(trigger).view(view)));
    }

    /** What was done is done, also where Slack shows nothing any more: a trigger lives for three seconds. */
    private void show(ChatAccount from, String trigger, ChatReply reply) throws IOException, SlackApiException {
        try {
            open(from, trigger, BlockKit.shown(messages(reply)));
        } catch (IOException | SlackApiException failure) {
            if (!conversation.tell(from, reply)) {
                throw failure;
            }
            LOG.info("{} is told by a message what a click has done, since Slack opened nothing.", from, failure);
        }
    }

    private MethodsClient client(ChatAccount from) {
        return slack.methods(Objects.requireNonNull(tokens.get(from.workspace())));
    }

    private static List<ChatMessage> messages(ChatReply reply) {
        if (reply instanceof ChatReply.Said said) {
            return said.messages();
        }
        if (reply instanceof ChatReply.Opened opened) {
            return List.of(opened.asMessage());
        }
        if (reply instanceof ChatReply.Wrong wrong) {
            return List.of(ChatReply.notTaken(wrong));
        }
        return List.of();
    }

    private static String key(ChatAccount from, String kind, String trigger) {
        return from + ":" + kind + ":" + trigger;
    }

    private static void demandOk(SlackApiTextResponse response) throws IOException {
        if (!response.isOk()) {
            throw new IOException("Slack refused it: " + response.getError() + ".");
        }
    }
}
