package io.drawbridge.notification.chat;

import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.ChatPlatform;
import java.util.List;
import java.util.Optional;

/**
 * The port to a platform: how messages go out, and what the platform says of its accounts. A bean of this type is all that
 * it takes for messages to be sent; what comes in goes through a {@link io.drawbridge.request.ChatDoor} to the
 * {@link Conversation}.
 *
 * <p>Called outside of any transaction, from one thread a node. It waits for the platform as long as it has to, but not for
 * ever.
 */
public interface ChatLine {
    ChatPlatform platform();

    /** The workspaces that it is configured for, each with its tenant; the same as long as the application runs. */
    List<ChatDirectory.Workspace> workspaces();

    /**
     * Posts a message that only the account sees.
     *
     * @param key of the message, a UUID; to be put into it where the platform lets it be found again by {@link #find}
     * @return where it stands
     * @throws ChatFailure if the platform did not take it
     */
    ChatPlace post(ChatAccount to, String key, ChatMessage message) throws ChatFailure;

    /**
     * Puts the message in the place of what stands there, its actions included; doing it again changes nothing.
     *
     * @throws ChatFailure if the platform did not take it
     */
    void replace(ChatAccount to, ChatPlace place, String key, ChatMessage message) throws ChatFailure;

    /**
     * Looks for a message that may have been posted before: its answer was lost, or this application died while it waited.
     *
     * @return empty if it is not there, or if the platform does not let it be found
     * @throws ChatFailure if the platform could not be asked
     */
    Optional<ChatPlace> find(ChatAccount to, String key) throws ChatFailure;

    /**
     * What the platform says of an account.
     *
     * @return empty if it does not know the account
     * @throws ChatFailure if the platform could not be asked
     */
    Optional<ChatDirectory.Profile> profile(ChatAccount account) throws ChatFailure;

    /**
     * The account that has that mail address in the workspace.
     *
     * @return empty if nobody has it, or if the platform does not let it be asked
     * @throws ChatFailure if the platform could not be asked
     */
    Optional<ChatAccount> findByAddress(String workspace, String address) throws ChatFailure;
}
