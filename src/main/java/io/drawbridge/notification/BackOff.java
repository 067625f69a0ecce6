package io.drawbridge.notification;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait after a failure. */
final class BackOff {
    private BackOff() {}

    /** Doubles with each failure up to the longest, less up to half of it by chance, so that not all come back at once. */
    static Duration after(int failedBefore, NotificationProperties properties) {
        Duration longest = properties.longestBackOff();
        Duration doubled = properties.backOff().multipliedBy(1L << Math.min(failedBefore, 20));
        long full = (doubled.compareTo(longest) > 0 ? longest : doubled).toMillis();
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
    }
}
