package io.drawbridge.web.pages;

import io.drawbridge.policy.AccessDuration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A point in time as a page shows it: for machines, and in UTC for people whose browser runs no scripts.
 *
 * @param iso ISO 8601 in UTC, from which the page's script makes the reader's own time
 * @param utc in words, with the zone named
 */
record Moment(String iso, String utc) {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern(
                    "d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    static Moment of(Instant at) {
        return new Moment(at.toString(), UTC.format(at));
    }

    static @Nullable Moment ofNullable(@Nullable Instant at) {
        return at == null ? null : of(at);
    }

    /** Empty for the end of what is given for ever; a page writes "forever" there. */
    static @Nullable Moment unlessForever(Instant at) {
        return at.equals(AccessDuration.FOREVER_END) ? null : of(at);
    }
}
