package io.drawbridge.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every chat account that ever spoke for a person, and the links by which one is connected. */
public interface ChatConnections {
    /** What is known of the account, also if it was disconnected; empty if it was never connected. */
    Optional<ChatConnection> find(ChatAccount account);

    /** The living connections of a person, by platform and workspace. */
    List<ChatConnection> of(TenantId tenant, PersonId person);

    /** The living connections of a workspace. */
    List<ChatConnection> in(ChatPlatform platform, String workspace);

    /**
     * Adds it, or puts it in the place of what was known of its account.
     *
     * @throws ConnectedMeanwhileException if somebody else connected the account meanwhile; the transaction is lost
     */
    void save(ChatConnection connection);

    /** False, and nothing has changed, if it had ended before. */
    boolean end(ChatAccount account, Instant at);

    /** Keeps an invitation in place of those that the account had before and has not used. */
    void invite(Invitation invitation);

    Optional<Invitation> invitation(String tokenHash);

    /** Marks it as used; false, and nothing has changed, if it was used or had expired. */
    boolean use(String tokenHash, Instant now);

    /** Whether that tenant has declared the mail addresses of that workspace as verified. */
    boolean addressesVerified(ChatPlatform platform, String workspace, TenantId tenant);

    void setAddressesVerified(ChatPlatform platform, String workspace, TenantId tenant, boolean verified);

    /** Two transactions connected the same account; the one that gets this finds what the other has made of it. */
    final class ConnectedMeanwhileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public ConnectedMeanwhileException(ChatAccount account, Throwable cause) {
            super("The chat account " + account + " was connected by another at the same moment.", cause);
        }
    }

    /**
     * A link that connects one chat account, once.
     *
     * @param name what the platform called the account when the link was made
     * @param address the account's mail address there, null if the platform does not tell it
     * @param expiresAt the first moment at which it opens nothing
     */
    record Invitation(
            String tokenHash,
            ChatAccount account,
            String name,
            @Nullable String address,
            Instant expiresAt,
            @Nullable Instant usedAt) {
        public boolean opens(Instant now) {
            return usedAt == null && now.isBefore(expiresAt);
        }
    }
}
