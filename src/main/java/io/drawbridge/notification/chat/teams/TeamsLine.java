package io.drawbridge.notification.chat.teams;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.chat.ChatFailure;
import io.drawbridge.notification.chat.ChatLine;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.ChatPlace;
import io.drawbridge.notification.chat.ChatReaches;
import java.util.List;
import java.util.Optional;

/**
 * Writes to people in Teams, each in his private chat with the bot.
 *
 * <p>The connector has no way to find a message again, and knows no key of ours. So a message whose answer was lost is posted
 * once more, rather than never; of the two the one that we do not know renews itself when it is looked at, and a click on it
 * is answered as on any other.
 */
final class TeamsLine implements ChatLine {
    private static final int LONGEST_ID = 255;

    private final TeamsProperties properties;
    private final Connector connector;
    private final ChatReaches reaches;

    TeamsLine(TeamsProperties properties, Connector connector, ChatReaches reaches) {
        this.properties = properties;
        this.connector = connector;
        this.reaches = reaches;
    }

    @Override
    public ChatPlatform platform() {
        return ChatPlatform.TEAMS;
    }

    @Override
    public List<ChatDirectory.Workspace> workspaces() {
        return properties.organisations().stream()
                .map(each -> new ChatDirectory.Workspace(
                        ChatPlatform.TEAMS, each.id(), each.title(), new TenantId(each.tenant())))
                .toList();
    }

    @Override
    public ChatPlace post(ChatAccount to, String key, ChatMessage message) throws ChatFailure {
        Optional<String> known = reaches.of(to);
        TeamsReach reach = known.isPresent() ? TeamsReach.read(known.get()) : open(to);
        try {
            return post(reach, key, message);
        } catch (ChatFailure failure) {
            if (known.isEmpty() || failure.kind() != ChatFailure.Kind.GONE) {
                throw failure;
            }
            // The chat that we knew is gone; there may be another since the bot was added again.
            return post(open(to), key, message);
        }
    }

    private ChatPlace post(TeamsReach reach, String key, ChatMessage message) throws ChatFailure {
        String id = connector.post(
                reach.serviceUrl(),
                reach.conversation(),
                AdaptiveCards.activity(
                        AdaptiveCards.message(message, key, reach.user()),
                        message.subject(),
                        message.loud() || !message.actions().isEmpty()));
        if (id.length() > LONGEST_ID) {
            throw ChatFailure.of(ChatFailure.Kind.GONE, "Teams gave the message an id that is too long to keep.", null);
        }
        return new ChatPlace(reach.conversation(), id);
    }

    @Override
    public void replace(ChatAccount to, ChatPlace place, String key, ChatMessage message) throws ChatFailure {
        Optional<TeamsReach> reach = reaches.of(to).map(TeamsReach::read);
        connector.replace(
                reach.map(TeamsReach::serviceUrl).orElse(properties.serviceUrl().toString()),
                place.conversation(),
                place.message(),
                AdaptiveCards.activity(
                        AdaptiveCards.message(
                                message, key, reach.map(TeamsReach::user).orElse(null)),
                        message.subject(),
                        false));
    }

    @Override
    public Optional<ChatPlace> find(ChatAccount to, String key) {
        return Optional.empty();
    }

    /** Its name and address as the organisation has them; of a guest too, who is no member. */
    @Override
    public Optional<ChatDirectory.Profile> profile(ChatAccount account) throws ChatFailure {
        Optional<String> known = reaches.of(account);
        JsonNode found;
        try {
            TeamsReach reach = known.isPresent() ? TeamsReach.read(known.get()) : open(account);
            String user = reach.user();
            found = connector.member(reach.serviceUrl(), reach.conversation(), user == null ? account.user() : user);
        } catch (ChatFailure failure) {
            if (failure.kind() == ChatFailure.Kind.GONE) {
                return Optional.empty();
            }
            throw failure;
        }
        String id = found.path("aadObjectId").asText(found.path("objectId").asText(""));
        if (!id.equalsIgnoreCase(account.user())) {
            return Optional.empty();
        }
        String address = found.path("email").asText("");
        String name = found.path("name").asText("");
        boolean member = found.path("userRole").asText("").equals("user")
                && found.path("tenantId").asText("").equalsIgnoreCase(account.workspace());
        String login = found.path("userPrincipalName").asText("");
        return Optional.of(new ChatDirectory.Profile(
                shortened(name.isBlank() ? account.user() : name),
                !address.isBlank() ? address : login.isBlank() ? null : login,
                member));
    }

    /** Teams does not tell whose an address is; whoever has it is written to once he has spoken to the bot. */
    @Override
    public Optional<ChatAccount> findByAddress(String workspace, String address) {
        return Optional.empty();
    }

    private TeamsReach open(ChatAccount account) throws ChatFailure {
        String serviceUrl = properties.serviceUrl().toString();
        String conversation = connector.open(serviceUrl, account.workspace(), account.user());
        TeamsReach reach = new TeamsReach(serviceUrl, conversation, null);
        reaches.keep(account, reach.written());
        return reach;
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_ID ? name : name.substring(0, LONGEST_ID);
    }
}
