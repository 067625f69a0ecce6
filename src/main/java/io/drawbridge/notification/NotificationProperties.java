package io.drawbridge.notification;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox is emptied.
 *
 * @param poll how long after one look into the outbox the next follows, 100 ms to 1 min
 * @param backOff how long after the first failure a notice is tried again, at least 1 s; doubled after each further one
 * @param longestBackOff how long between two tries at most, at most 1 h; a notice is never given up
 * @param lease how long a node has for one mail before another node may send it, at least 1 min: more than a slow mail
 *     server takes, or somebody gets it twice
 * @param timeout how long the mail server may take to accept a connection, and for each read and write after it, 100 ms
 *     to 1 min
 * @param chat what counts as a chat that reaches everybody: the Notices page, or none
 */
@ConfigurationProperties("drawbridge.notification")
public record NotificationProperties(
        @DefaultValue("2s") Duration poll,
        @DefaultValue("10s") Duration backOff,
        @DefaultValue("5m") Duration longestBackOff,
        @DefaultValue("10m") Duration lease,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("notices-page") Chat chat) {

    /** Where a chat message is read. */
    public enum Chat {
        /** On the Notices page, as in the demo. */
        NOTICES_PAGE,
        /** Nowhere: what only a chat would tell is told to nobody. */
        NONE
    }

    public NotificationProperties {
        between("poll", poll, Duration.ofMillis(100), Duration.ofMinutes(1));
        between("back-off", backOff, Duration.ofSeconds(1), Duration.ofHours(1));
        between("longest-back-off", longestBackOff, backOff, Duration.ofHours(1));
        between("lease", lease, Duration.ofMinutes(1), Duration.ofHours(1));
        between("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    /**
     * How long to wait before the next try: doubles with each failure up to the longest, less up to half of it by chance, so
     * that not all come back at once.
     */
    public Duration pauseAfter(int failedBefore) {
        Duration doubled = failedBefore >= 20 ? longestBackOff : backOff.multipliedBy(1L << failedBefore);
        long full = (doubled.compareTo(longestBackOff) > 0 ? longestBackOff : doubled).toMillis();
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
    }

    private static void between(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.notification." + key + " is " + value
                    + "; expected a duration from " + least + " to " + most + ".");
        }
    }
}
