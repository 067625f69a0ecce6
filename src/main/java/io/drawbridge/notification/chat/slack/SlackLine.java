package io.drawbridge.notification.chat.slack;

import com.slack.api.Slack;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.conversations.ConversationsHistoryResponse;
import com.slack.api.methods.response.conversations.ConversationsOpenResponse;
import com.slack.api.methods.response.users.UsersInfoResponse;
import com.slack.api.methods.response.users.UsersLookupByEmailResponse;
import com.slack.api.model.User;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.chat.ChatFailure;
import io.drawbridge.notification.chat.ChatLine;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.ChatPlace;
import io.drawbridge.notification.chat.ChatReaches;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes to people in Slack, each in the direct conversation that the app has with him. */
class SlackLine implements ChatLine {
    /** How many messages back one is looked for that may have been posted. */
    private static final int LOOK_BACK = 100;

    /** What Slack says of a call that came too often, where it does not say when to come back. */
    private static final Duration TOO_MUCH = Duration.ofSeconds(30);

    private static final Set<String> NOBODY_THERE = Set.of("user_not_found", "users_not_found", "user_not_visible");

    /** The account or the message is gone, or may not be written to, for good. */
    private static final Set<String> GONE = Set.of(
            "channel_not_found",
            "user_not_found",
            "user_disabled",
            "user_not_visible",
            "cannot_dm_bot",
            "is_archived",
            "message_not_found",
            "cant_update_message",
            "edit_window_closed");

    /** Something is wrong with the app in that workspace; whoever runs it has to see to it. */
    private static final Set<String> WORKSPACE = Set.of(
            "not_authed",
            "invalid_auth",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "missing_scope",
            "no_permission",
            "org_login_required",
            "ekm_access_denied",
            "team_access_not_granted",
            "accesslimited");

    /** Slack's own failures, of which it says that the call may have had its effect. */
    private static final Set<String> UNKNOWN =
            Set.of("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org");

    private final Map<String, SlackProperties.Workspace> workspaces = new LinkedHashMap<>();
    private final Slack slack;
    private final Slack asking;
    private final ChatReaches reaches;

    /**
     * Writes by one client and asks by another.
     *
     * @param asking who an account is, which somebody waits for who has clicked or said something
     */
    SlackLine(SlackProperties properties, Slack slack, Slack asking, ChatReaches reaches) {
        properties.workspaces().forEach(workspace -> workspaces.put(workspace.id(), workspace));
        this.slack = slack;
        this.asking = asking;
        this.reaches = reaches;
    }

    @Override
    public ChatPlatform platform() {
        return ChatPlatform.SLACK;
    }

    @Override
    public List<ChatDirectory.Workspace> workspaces() {
        return workspaces.values().stream()
                .map(workspace -> new ChatDirectory.Workspace(
                        ChatPlatform.SLACK, workspace.id(), workspace.title(), new TenantId(workspace.tenant())))
                .toList();
    }

    @Override
    public ChatPlace post(ChatAccount to, String key, ChatMessage message) throws ChatFailure {
        MethodsClient client = client(to.workspace());
        String channel = channel(client, to);
        ChatPostMessageResponse posted = asked(() -> client.chatPostMessage(post -> post.channel(channel)
                .text(BlockKit.preview(message))
                .blocks(BlockKit.message(key, message))
                .unfurlLinks(false)
                .unfurlMedia(false)));
        demandOk(posted);
        return new ChatPlace(posted.getChannel(), posted.getTs());
    }

    @Override
    public void replace(ChatAccount to, ChatPlace place, String key, ChatMessage message) throws ChatFailure {
        MethodsClient client = client(to.workspace());
        demandOk(asked(() -> client.chatUpdate(update -> update.channel(place.conversation())
                .ts(place.message())
                .text(BlockKit.preview(message))
                .blocks(BlockKit.message(key, message)))));
    }

    @Override
    public Optional<ChatPlace> find(ChatAccount to, String key) throws ChatFailure {
        MethodsClient client = client(to.workspace());
        String channel = channel(client, to);
        ConversationsHistoryResponse history = asked(
                () -> client.conversationsHistory(look -> look.channel(channel).limit(LOOK_BACK)));
        demandOk(history);
        return history.getMessages().stream()
                .filter(message -> BlockKit.isOf(key, message.getBlocks()))
                .findFirst()
                .map(message -> new ChatPlace(channel, message.getTs()));
    }

    @Override
    public Optional<ChatDirectory.Profile> profile(ChatAccount account) throws ChatFailure {
        MethodsClient client = client(asking, account.workspace());
        UsersInfoResponse info = asked(() -> client.usersInfo(look -> look.user(account.user())));
        if (!info.isOk() && NOBODY_THERE.contains(String.valueOf(info.getError()))) {
            return Optional.empty();
        }
        demandOk(info);
        User user = info.getUser();
        String address = user.getProfile() == null ? null : user.getProfile().getEmail();
        boolean member =
                !user.isDeleted() && !isOutsider(user) && account.workspace().equals(user.getTeamId());
        return Optional.of(new ChatDirectory.Profile(title(user), address, member));
    }

    /** Whether it is a guest, a bot, or somebody known from a shared channel only. */
    static boolean isOutsider(User user) {
        return user.isBot() || user.isRestricted() || user.isUltraRestricted() || user.isStranger();
    }

    @Override
    public Optional<ChatAccount> findByAddress(String workspace, String address) throws ChatFailure {
        MethodsClient client = client(workspace);
        UsersLookupByEmailResponse found = asked(() -> client.usersLookupByEmail(look -> look.email(address)));
        if (!found.isOk() && NOBODY_THERE.contains(String.valueOf(found.getError()))) {
            return Optional.empty();
        }
        demandOk(found);
        return Optional.of(
                new ChatAccount(ChatPlatform.SLACK, workspace, found.getUser().getId()));
    }

    private String channel(MethodsClient client, ChatAccount to) throws ChatFailure {
        Optional<String> known = reaches.of(to);
        if (known.isPresent()) {
            return known.get();
        }
        ConversationsOpenResponse opened =
                asked(() -> client.conversationsOpen(open -> open.users(List.of(to.user()))));
        demandOk(opened);
        String channel = opened.getChannel().getId();
        reaches.keep(to, channel);
        return channel;
    }

    private MethodsClient client(String workspace) throws ChatFailure {
        return client(slack, workspace);
    }

    private MethodsClient client(Slack by, String workspace) throws ChatFailure {
        SlackProperties.Workspace known = workspaces.get(workspace);
        if (known == null) {
            throw ChatFailure.of(
                    ChatFailure.Kind.WORKSPACE, "There is no bot token for the workspace \"" + workspace + "\".", null);
        }
        return by.methods(known.botToken());
    }

    /** A call of Slack's API. */
    private interface Call<T> {
        T ask() throws IOException, SlackApiException;
    }

    private static <T extends SlackApiTextResponse> T asked(Call<T> call) throws ChatFailure {
        try {
            return call.ask();
        } catch (SlackApiException refusal) {
            int status = refusal.getResponse().code();
            String said = "Slack answered HTTP " + status + ".";
            if (status == 429) {
                throw ChatFailure.tooMuch(said, retryAfter(refusal.getResponse().header("Retry-After")));
            }
            throw ChatFailure.of(status >= 500 ? ChatFailure.Kind.UNKNOWN : ChatFailure.Kind.WORKSPACE, said, refusal);
        } catch (ConnectException | UnknownHostException away) {
            throw ChatFailure.of(ChatFailure.Kind.WORKSPACE, "Slack could not be reached: " + away.getMessage(), away);
        } catch (IOException lost) {
            throw ChatFailure.of(ChatFailure.Kind.UNKNOWN, "Slack's answer did not come: " + lost.getMessage(), lost);
        }
    }

    private static void demandOk(SlackApiTextResponse response) throws ChatFailure {
        if (response.isOk()) {
            return;
        }
        String error = String.valueOf(response.getError());
        String said = "Slack refused it: " + error + ".";
        if (error.equals("ratelimited") || error.equals("rate_limited")) {
            throw ChatFailure.tooMuch(said, TOO_MUCH);
        }
        ChatFailure.Kind kind = GONE.contains(error)
                ? ChatFailure.Kind.GONE
                : WORKSPACE.contains(error)
                        ? ChatFailure.Kind.WORKSPACE
                        : UNKNOWN.contains(error) ? ChatFailure.Kind.UNKNOWN : ChatFailure.Kind.MESSAGE;
        throw ChatFailure.of(kind, said, null);
    }

    private static Duration retryAfter(@Nullable String seconds) {
        try {
            return seconds == null ? TOO_MUCH : Duration.ofSeconds(Math.max(1, Long.parseLong(seconds.strip())));
        } catch (NumberFormatException unreadable) {
            return TOO_MUCH;
        }
    }

    private static String title(User user) {
        String real = user.getRealName();
        return real == null || real.isBlank() ? user.getName() : real + " (@" + user.getName() + ")";
    }
}
