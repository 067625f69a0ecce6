package io.drawbridge.notification;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotificationChannel;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Brings one event to one receiver of a tenant. */
public interface Sender {
    NotificationChannel.Kind kind();

    /** What is wrong with a target, for whoever typed it; null if nothing is. */
    @Nullable
    String flawIn(TenantId tenant, String target);

    /** What of a target may be shown beside a delivery: who may see deliveries need not know the whole. */
    String shown(String target);

    /**
     * Sends, and waits for the answer, for a bounded time; throws nothing for what the receiver does.
     *
     * @param now what the signature says
     */
    Answer send(NotificationChannel channel, Dispatch dispatch, Instant now);

    /**
     * What is sent.
     *
     * @param id the event's, which stays the same when it is sent again
     */
    record Dispatch(String id, String event, String body) {}

    /**
     * How it went.
     *
     * @param reason in words for the tenant's administrator; nothing of what the receiver wrote, which may lie inside a
     *     network that he does not see
     * @param after how long the receiver asks to be left alone, null if it does not
     */
    record Answer(Outcome outcome, String reason, @Nullable Duration after) {
        public static Answer taken() {
            return new Answer(Outcome.TAKEN, "", null);
        }

        public static Answer again(String reason) {
            return new Answer(Outcome.AGAIN, reason, null);
        }
    }

    /** What an answer means for what is sent next. */
    enum Outcome {
        /** The receiver has it. */
        TAKEN,
        /** The receiver is not there, or not ready: this one first, later. */
        AGAIN,
        /** The receiver will never take this one; the next may be another matter. */
        REFUSED,
        /** The receiver is gone for good, and says so. */
        GONE
    }
}
