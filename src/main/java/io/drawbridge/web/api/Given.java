package io.drawbridge.web.api;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what callers give in queries and fields; each refusal names the field. */
final class Given {
    static final int USUAL_PAGE = 50;

    private static final int LONGEST_TEXT = 255;
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Given() {}

    /** A number from 1 to {@code most}; {@link #USUAL_PAGE} if there is none. */
    static int limit(@Nullable String text, int most) {
        if (text == null || text.isEmpty()) {
            return USUAL_PAGE;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= most) {
                return limit;
            }
        } catch (NumberFormatException unreadable) {
            throw badLimit(most, unreadable);
        }
        throw badLimit(most, null);
    }

    private static InvalidInputException badLimit(int most, @Nullable Exception cause) {
        InvalidInputException bad =
                new InvalidInputException("limit", "must be a whole number from 1 to " + most + ".");
        if (cause != null) {
            bad.initCause(cause);
        }
        return bad;
    }

    /** A short text to search for; null if there is none. */
    static @Nullable String text(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.length() > LONGEST_TEXT) {
            throw new InvalidInputException(field, "must have at most " + LONGEST_TEXT + " characters.");
        }
        String flaw = ApiJson.flawIn(text);
        if (!flaw.isEmpty()) {
            throw new InvalidInputException(field, flaw);
        }
        return text.strip();
    }

    static @Nullable PersonId person(String field, @Nullable String text) {
        String name = text(field, text);
        return name == null ? null : new PersonId(name);
    }

    /** A moment in ISO 8601, with its offset from UTC; null if there is none. */
    static @Nullable Instant instant(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            // NB. An unescaped plus in a query is a space by the time it arrives here.
            Instant instant =
                    OffsetDateTime.parse(text.strip().replace(' ', '+')).toInstant();
            if (!instant.isBefore(EARLIEST) && !instant.isAfter(LATEST)) {
                return instant;
            }
        } catch (DateTimeException unreadable) {
            throw badInstant(field);
        }
        throw badInstant(field);
    }

    private static InvalidInputException badInstant(String field) {
        return new InvalidInputException(
                field, "must be a moment in ISO 8601 between 1970 and 9999, such as 2026-01-15T13:00:00Z.");
    }

    /** Words of an enum, whatever their case; empty if there are none. */
    static <E extends Enum<E>> Set<E> words(String field, @Nullable List<String> words, Class<E> type) {
        Set<E> found = EnumSet.noneOf(type);
        for (String word : words == null ? List.<String>of() : words) {
            if (!word.isBlank()) {
                found.add(word(field, word, type));
            }
        }
        return found;
    }

    static <E extends Enum<E>> E word(String field, String word, Class<E> type) {
        String wanted = word.strip().toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        field, "must be one of " + Arrays.toString(type.getEnumConstants()) + "."));
    }

    /** Makes an opaque cursor of a moment and a key. */
    static String cursor(Instant at, String key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((at + " " + key).getBytes(StandardCharsets.UTF_8));
    }

    /** What a cursor of ours was made of; null if there is none. */
    static @Nullable Place place(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
            Instant at = parts.length == 2 ? instant("cursor", parts[0]) : null;
            String key = parts.length == 2 ? text("cursor", parts[1]) : null;
            if (at != null && key != null) {
                return new Place(at, key);
            }
        } catch (IllegalArgumentException | InvalidInputException unreadable) {
            throw badCursor();
        }
        throw badCursor();
    }

    /** What the cursor of a numbered list was made of; null if there is none. */
    static @Nullable Long number(@Nullable String cursor) {
        Place place = place(cursor);
        if (place == null) {
            return null;
        }
        try {
            return Long.valueOf(place.key());
        } catch (NumberFormatException unreadable) {
            throw badCursor();
        }
    }

    private static InvalidInputException badCursor() {
        return new InvalidInputException(
                "cursor", "is none that was given out here; take it from \"next\", or leave it out.");
    }

    /** A place in a list. */
    record Place(Instant at, String key) {}
}
