package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was sent to a tenant's channels, and what waits; all of it by way of the outbox. */
public interface ChannelPost {
    /**
     * What is wrong with a target, for the administrator who named it; null if nothing is.
     *
     * <p>May ask the name service, so call it outside a transaction. Says of a host that is inside the network no more than
     * of one that does not exist.
     */
    @Nullable
    String flawIn(TenantId tenant, NotificationChannel.Kind kind, String target);

    /** Puts a test event into the outbox, in the caller's transaction. */
    Delivery test(NotificationChannel channel);

    /**
     * What was sent to a channel, newest first.
     *
     * @param before only numbers below this one, null for the newest
     */
    List<Delivery> deliveries(NotificationChannel channel, @Nullable Long before, int limit);

    /** How many deliveries wait. */
    int waiting(NotificationChannel channel);

    /** Gives up what waits for a channel that is being removed, visibly; in the caller's transaction. */
    void abandon(NotificationChannel channel);

    /**
     * One event on its way to a channel.
     *
     * @param event such as {@code request.approved}, or {@code channel.test}
     * @param eventId what the receiver tells repetitions by
     * @param address where it goes: the host of a webhook, the ARN of a topic, or a mail address
     * @param sentAt when the receiver has taken it; null while it waits, or if it was given up
     * @param attempts how often delivery has failed
     * @param givenUpAt since when it is tried no more; null while it is
     */
    record Delivery(
            long number,
            String event,
            String eventId,
            String address,
            @Nullable String requestId,
            Instant createdAt,
            @Nullable Instant sentAt,
            int attempts,
            @Nullable String failure,
            @Nullable Instant givenUpAt) {}
}
