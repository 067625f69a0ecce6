package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a request was decided.
 *
 * @param person who decided; null if the policy did
 * @param message the approver's, or what the policy advises; null if the policy says nothing
 */
public record Decision(By by, @Nullable PersonId person, @Nullable String message, Instant at) {

    /** Who decides. */
    public enum By {
        APPROVER,
        POLICY
    }
}
