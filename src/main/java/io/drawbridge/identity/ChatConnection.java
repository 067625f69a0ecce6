package io.drawbridge.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A chat account that speaks for a person, or did.
 *
 * @param name what the platform called the account when it was connected; to be shown, and good for nothing else
 * @param endedAt since when it speaks for nobody, null while it does
 */
public record ChatConnection(
        ChatAccount account,
        TenantId tenant,
        PersonId person,
        String name,
        MatchedBy matchedBy,
        Instant connectedAt,
        @Nullable Instant endedAt) {

    /** How the account came to its person. */
    public enum MatchedBy {
        /** The person signed in from a link that only the account had. */
        SIGN_IN,
        /** The workspace's addresses are declared as verified, and the account has the person's. */
        ADDRESS
    }

    public boolean lives() {
        return endedAt == null;
    }
}
