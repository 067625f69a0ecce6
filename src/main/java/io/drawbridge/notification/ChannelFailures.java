package io.drawbridge.notification;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Notes how delivery to channels fares, and stops a channel that has failed for too long, aloud. */
@Component
class ChannelFailures {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelFailures.class);

    private final ChannelBook book;
    private final NotificationChannels channels;
    private final Outbox outbox;
    private final LetterPress press;
    private final People people;
    private final ChannelProperties properties;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ChannelFailures(
            ChannelBook book,
            NotificationChannels channels,
            Outbox outbox,
            LetterPress press,
            People people,
            ChannelProperties properties,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.book = book;
        this.channels = channels;
        this.outbox = outbox;
        this.press = press;
        this.people = people;
        this.properties = properties;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    void succeeded(String channel) {
        book.succeeded(channel, clock.instant());
    }

    /**
     * It failed once more.
     *
     * @param mailed whether administrators can be told by mail that it is stopped
     */
    void failed(TenantId tenant, String channel, String why, Duration pause, boolean mailed) {
        Instant now = clock.instant();
        book.failed(channel, why, now, now.plus(pause));
        boolean tooLong = book.failingSince(channel)
                .filter(since -> !since.plus(properties.stopAfter()).isAfter(now))
                .isPresent();
        if (tooLong) {
            stop(tenant, channel, "Nothing has arrived for " + properties.stopAfter() + ". " + why, mailed);
        }
    }

    /** Tries a channel no more, and tells the tenant's administrators; what waits for it goes on waiting. */
    void stop(TenantId tenant, String channel, String why, boolean mailed) {
        transaction.executeWithoutResult(status -> {
            if (book.stop(channel, why, clock.instant())) {
                LOG.warn("Notification channel {} of tenant {} is stopped: {}", channel, tenant, why);
                channels.find(tenant, channel).ifPresent(stopped -> tell(stopped, why, mailed));
            }
        });
    }

    private void tell(NotificationChannel channel, String why, boolean mailed) {
        Letter letter = Letter.of(
                        NoticeKind.CHANNEL_STOPPED,
                        "Stopped: the notification channel " + channel.name(),
                        "Nothing is delivered to this channel any more. What happens meanwhile is kept; it is delivered once"
                                + " an administrator looks at the channel and saves it again.")
                .with("Channel", channel.name())
                .with("Why", why)
                .with("Where to look", "/channels/" + channel.id())
                .loudly();
        String text = press.text(letter);
        String words = press.words(letter);
        people.of(channel.tenant(), Role.ADMINISTRATOR).stream()
                .filter(person -> !person.email().isBlank())
                .forEach(person -> outbox.put(person, letter, text, words, clock.instant(), !mailed));
    }
}
