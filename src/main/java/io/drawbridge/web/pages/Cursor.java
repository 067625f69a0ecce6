package io.drawbridge.web.pages;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A place in a list that is sorted by time, newest first, as a link carries it. */
record Cursor(Instant at, String key) {

    /** As it stands in a link. */
    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((at + "|" + key).getBytes(StandardCharsets.UTF_8));
    }

    /** The place that a link names; null, which is the first page, for one that cannot be read. */
    static @Nullable Cursor read(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\\|", 2);
            return parts.length == 2 ? new Cursor(Instant.parse(parts[0]), parts[1]) : null;
        } catch (IllegalArgumentException | DateTimeException unreadable) {
            return null;
        }
    }
}
