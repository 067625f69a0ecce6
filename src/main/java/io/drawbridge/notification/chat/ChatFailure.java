package io.drawbridge.notification.chat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A platform did not take a message; it stays in the outbox and is tried again. */
public final class ChatFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient @Nullable Duration retryAfter;

    /** What it means for what else waits. */
    public enum Kind {
        /** It concerns this message only, and it was surely not taken. */
        MESSAGE,
        /** Nobody knows whether it was taken: the answer did not come. The next would fare no better now. */
        UNKNOWN,
        /** Surely not taken; the next to this workspace would fare no better now. */
        WORKSPACE,
        /** It can never arrive: the account, or the message to be replaced, is gone. It is not tried again. */
        GONE
    }

    private ChatFailure(Kind kind, String reason, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(reason, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public static ChatFailure of(Kind kind, String reason, @Nullable Throwable cause) {
        return new ChatFailure(kind, reason, null, cause);
    }

    /** Too much was sent: nothing is to be sent to this workspace before that time is over. */
    public static ChatFailure tooMuch(String reason, Duration retryAfter) {
        return new ChatFailure(Kind.WORKSPACE, reason, retryAfter, null);
    }

    public Kind kind() {
        return kind;
    }

    /** How long the platform wants to be left alone; null if it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
