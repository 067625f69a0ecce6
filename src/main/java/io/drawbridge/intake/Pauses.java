package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import java.time.Duration;
import java.time.Instant;

/** Keeps what is said again and again from being said more than once in a while; one answer for all nodes. */
public interface Pauses {
    /**
     * Whether the subject's pause is over, and begins it anew if so. Of two who ask at once, one gets a yes; nothing has
     * begun if the caller's transaction is rolled back.
     *
     * @param subject at most 2,800 characters
     * @param pause at exactly this long after the last yes the answer is yes again
     */
    boolean isOver(TenantId tenant, String subject, Duration pause, Instant now);
}
