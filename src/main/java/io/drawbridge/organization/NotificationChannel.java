package io.drawbridge.organization;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a tenant wants to be told of what happens, beside the people whom it concerns.
 *
 * @param targets the address of a webhook, the ARN of a topic, or the mail addresses of a list
 * @param events what it is told of; empty for everything
 * @param scopes where it has to happen, there or below; empty for everywhere
 * @param headers names of the headers that a webhook is sent beside ours; their values are kept sealed
 * @param enabled whether it is told at all; an administrator's choice
 * @param state how delivery goes
 */
public record NotificationChannel(
        String id,
        TenantId tenant,
        String name,
        Kind kind,
        List<String> targets,
        Set<ChannelEvent> events,
        Set<ScopeId> scopes,
        List<String> headers,
        boolean enabled,
        PersonId createdBy,
        Instant createdAt,
        State state) {
    public NotificationChannel {
        targets = List.copyOf(targets);
        events = Set.copyOf(events);
        scopes = Set.copyOf(scopes);
        headers = List.copyOf(headers);
    }

    /** By which way it is told. */
    public enum Kind {
        /** A signed POST to an address of the tenant's. */
        WEBHOOK,
        /** A message to a topic of AWS SNS. */
        SNS,
        /** A mail to each of some addresses. */
        MAIL;

        /** As it is stored and shown, such as {@code webhook}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How delivery goes.
     *
     * @param failures how often it has failed since it last succeeded
     * @param failingSince since when nothing has arrived although it was tried; null while it works
     * @param stoppedAt since when Drawbridge has not tried any more; null while it does. What happens meanwhile is kept,
     *     and delivered when an administrator starts the channel again.
     */
    public record State(
            int failures,
            @Nullable Instant failingSince,
            @Nullable Instant lastFailureAt,
            @Nullable String lastFailure,
            @Nullable Instant lastSuccessAt,
            Instant nextAttemptAt,
            @Nullable Instant stoppedAt) {
        /** Of a channel to which nothing was delivered yet. */
        public static State fresh(Instant now) {
            return new State(0, null, null, null, null, now, null);
        }
    }

    /** How delivery goes, in one word. */
    public enum Delivery {
        /** Nothing was sent yet. */
        UNTRIED,
        WORKING,
        /** It is tried again and again. */
        FAILING,
        /** It was tried for too long, or the receiver is gone; an administrator starts it again. */
        STOPPED,
        /** An administrator has switched it off. */
        DISABLED;

        /** As it is shown, such as {@code failing}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Delivery delivery() {
        if (!enabled) {
            return Delivery.DISABLED;
        }
        if (state.stoppedAt() != null) {
            return Delivery.STOPPED;
        }
        if (state.failingSince() != null) {
            return Delivery.FAILING;
        }
        return state.lastSuccessAt() == null ? Delivery.UNTRIED : Delivery.WORKING;
    }

    /** Whether the channel is to be told of that event, of a request for an account with that path from the root. */
    public boolean wants(ChannelEvent event, String scopePath) {
        return enabled
                && (events.isEmpty() || events.contains(event))
                && (scopes.isEmpty()
                        || Arrays.stream(scopePath.split("/", -1))
                                .filter(step -> !step.isBlank())
                                .anyMatch(step -> scopes.contains(new ScopeId(step))));
    }
}
