package io.drawbridge.notification.chat;

import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatAccountDesk;
import io.drawbridge.identity.ChatConnection;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.notification.NotificationProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Posts what is due in a chat, and replaces what stands there, for as long as it takes.
 *
 * <p>A message whose answer was lost, or whose node died, is looked for before it is posted again. A workspace that does not
 * answer, or wants to be left alone, is left alone; the others go on.
 */
@Component
class ChatCourier {
    private static final Logger LOG = LoggerFactory.getLogger(ChatCourier.class);

    /** Messages tried in one round; the next round follows at once if there are more. */
    private static final int ROUND = 50;

    private final ChatOutbox outbox;
    private final ChatLines lines;
    private final ChatAccountDesk accounts;
    private final People people;
    private final NotificationProperties properties;
    private final Clock clock;
    private final Map<String, Instant> leftAlone = new HashMap<>();

    ChatCourier(
            ChatOutbox outbox,
            ChatLines lines,
            ChatAccountDesk accounts,
            People people,
            NotificationProperties properties,
            Clock clock) {
        this.outbox = outbox;
        this.lines = lines;
        this.accounts = accounts;
        this.people = people;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * Tries everything that is due now, each message at most once; several nodes may do so at the same time.
     *
     * @return how many messages say now what they should
     */
    synchronized int round() {
        int shown = 0;
        for (String id : outbox.due(clock.instant(), ROUND)) {
            Optional<ChatOutbox.Parcel> claimed = outbox.claim(id, clock.instant(), properties.lease());
            if (claimed.isPresent() && send(claimed.get())) {
                shown++;
            }
        }
        return shown;
    }

    private boolean send(ChatOutbox.Parcel parcel) {
        Instant now = clock.instant();
        String workspace = parcel.platform().word() + ":" + parcel.workspace();
        Instant until = leftAlone.get(workspace);
        if (until != null && now.isBefore(until)) {
            outbox.postponed(parcel, until);
            return false;
        }
        leftAlone.remove(workspace);
        Optional<ChatLine> line = lines.line(parcel.platform()).filter(found -> found.workspaces().stream()
                .anyMatch(each ->
                        each.id().equals(parcel.workspace()) && each.tenant().equals(parcel.tenant())));
        if (line.isEmpty()) {
            outbox.failed(
                    parcel,
                    "The installation is not configured for the workspace \"" + parcel.workspace() + "\" any more.",
                    parcel.uncertain(),
                    now.plus(properties.longestBackOff()));
            return false;
        }
        try {
            return send(line.get(), parcel);
        } catch (ChatFailure failure) {
            failed(parcel, workspace, failure);
        } catch (RuntimeException failure) {
            LOG.error("Notice {} could not be handed to {}.", parcel.id(), workspace, failure);
            outbox.failed(
                    parcel,
                    String.valueOf(failure.getMessage()),
                    true,
                    now.plus(properties.pauseAfter(parcel.attempts())));
        }
        return false;
    }

    private boolean send(ChatLine line, ChatOutbox.Parcel parcel) throws ChatFailure {
        ChatAccount account = account(line, parcel);
        if (account == null) {
            outbox.forget(parcel);
            return false;
        }
        ChatPlace place = parcel.place();
        boolean speaks = accounts.speakingFor(parcel.tenant(), parcel.person()).stream()
                .anyMatch(connection -> connection.account().equals(account));
        if (!speaks && place == null && !parcel.uncertain()) {
            outbox.givenUp(parcel, "The chat account was disconnected before the message was posted.");
            return false;
        }
        if (place == null && parcel.uncertain()) {
            place = line.find(account, parcel.id()).orElse(null);
        }
        if (!speaks && place == null) {
            outbox.givenUp(parcel, "The chat account was disconnected before the message was posted.");
            return false;
        }
        // NB. Whoever was disconnected sees that there is nothing to click any more, and nothing else.
        ChatMessage message = speaks
                ? parcel.message()
                : ChatMessage.of("Not shown any more", "This chat account is not connected to Drawbridge any more.");
        if (place == null) {
            place = line.post(account, parcel.id(), message);
        } else {
            line.replace(account, place, parcel.id(), message);
        }
        outbox.shown(parcel, place, parcel.version());
        return true;
    }

    /** Whom it is for; null if nobody in the workspace has the person's address, or may speak for him. */
    private @Nullable ChatAccount account(ChatLine line, ChatOutbox.Parcel parcel) throws ChatFailure {
        String known = parcel.account();
        if (known != null) {
            return new ChatAccount(parcel.platform(), parcel.workspace(), known);
        }
        String address =
                people.find(parcel.tenant(), parcel.person()).map(Person::email).orElse("");
        if (address.isBlank() || !accounts.addressesVerified(parcel.platform(), parcel.workspace())) {
            return null;
        }
        // Connected by a link since it was written.
        List<ChatConnection> connected = accounts.speakingFor(parcel.tenant(), parcel.person()).stream()
                .filter(connection -> connection.account().platform() == parcel.platform()
                        && connection.account().workspace().equals(parcel.workspace()))
                .toList();
        Optional<ChatAccount> account = connected.isEmpty()
                ? line.findByAddress(parcel.workspace(), address)
                        .flatMap(found -> accounts.match(found, parcel.person()))
                        .map(ChatConnection::account)
                : Optional.of(connected.get(0).account());
        account.ifPresent(found -> outbox.found(parcel.id(), found));
        return account.orElse(null);
    }

    private void failed(ChatOutbox.Parcel parcel, String workspace, ChatFailure failure) {
        Instant now = clock.instant();
        String why = String.valueOf(failure.getMessage());
        if (failure.kind() == ChatFailure.Kind.GONE) {
            LOG.warn("Notice {} cannot arrive in {}: {}", parcel.id(), workspace, why);
            outbox.givenUp(parcel, why);
            return;
        }
        Duration asked = failure.retryAfter();
        Duration pause = asked == null ? properties.pauseAfter(parcel.attempts()) : asked;
        LOG.warn("Notice {} could not be posted to {}; again in {}: {}", parcel.id(), workspace, pause, why);
        boolean uncertain = parcel.uncertain() || failure.kind() == ChatFailure.Kind.UNKNOWN;
        outbox.failed(parcel, why, uncertain, now.plus(pause));
        if (failure.kind() != ChatFailure.Kind.MESSAGE) {
            leftAlone.put(workspace, now.plus(asked == null ? properties.backOff() : asked));
        }
    }
}
