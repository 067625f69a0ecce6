package io.drawbridge.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long access is asked or given for: a positive number of whole seconds, or for ever.
 *
 * <p>For ever is an end like any other, far away: {@link #FOREVER_END}. It has its timer, too.
 */
public final class AccessDuration implements Comparable<AccessDuration> {

    /** The end of access that was given for ever. */
    public static final Instant FOREVER_END = Instant.parse("9999-12-31T00:00:00Z");

    /** No end but {@link #FOREVER_END}. */
    public static final AccessDuration FOREVER = new AccessDuration(null);

    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Pattern SHORT = Pattern.compile(
            "(?:(\\d{1,5})\\s*d(?:ays?)?)?\\s*(?:(\\d{1,6})\\s*h(?:ours?)?)?\\s*(?:(\\d{1,8})\\s*m(?:in(?:utes?)?)?)?\\s*"
                    + "(?:(\\d{1,9})\\s*s(?:ec(?:onds?)?)?)?");

    private final @Nullable Duration value;

    private AccessDuration(@Nullable Duration value) {
        this.value = value;
    }

    /**
     * A limited duration.
     *
     * @throws IllegalArgumentException if it is not positive, has a fraction of a second, or is over 100 years
     */
    public static AccessDuration of(Duration value) {
        if (value.isNegative()
                || value.isZero()
                || !value.equals(value.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException(
                    "A duration of " + value + " cannot be used; expected whole seconds, at least one.");
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "A duration of " + value + " is too long; expected at most P36500D, or \"forever\".");
        }
        return new AccessDuration(value);
    }

    /**
     * Reads ISO 8601 ({@code PT1H}, {@code P7D}) or {@code forever}.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static AccessDuration parse(String text) {
        if (text.equals("forever")) {
            return FOREVER;
        }
        try {
            return of(Duration.parse(text));
        } catch (DateTimeParseException | ArithmeticException unreadable) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no duration; expected ISO 8601, such as PT1H or P7D, or \"forever\".",
                    unreadable);
        }
    }

    /**
     * What somebody typed, such as {@code 90m} or {@code 1h 30m}, in the form that {@link #parse} reads; what is nothing of
     * the kind comes back as it is, to be refused there.
     */
    public static String typed(String text) {
        String stripped = text.strip();
        Matcher matcher = SHORT.matcher(stripped.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return stripped;
        }
        return Duration.ofDays(number(matcher.group(1)))
                .plusHours(number(matcher.group(2)))
                .plusMinutes(number(matcher.group(3)))
                .plusSeconds(number(matcher.group(4)))
                .toString();
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    public boolean isForever() {
        return value == null;
    }

    /** The end of access that starts at that moment; never later than {@link #FOREVER_END}. */
    public Instant endFrom(Instant start) {
        return value == null ? FOREVER_END : start.plus(value);
    }

    /** The length from that moment; for ever counts up to {@link #FOREVER_END}. */
    public Duration lengthFrom(Instant start) {
        return value == null ? Duration.between(start, FOREVER_END) : value;
    }

    /** The shorter of two. */
    public AccessDuration atMost(AccessDuration cap) {
        return compareTo(cap) <= 0 ? this : cap;
    }

    @Override
    public int compareTo(AccessDuration other) {
        if (value == null || other.value == null) {
            return Boolean.compare(value == null, other.value == null);
        }
        return value.compareTo(other.value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AccessDuration that && java.util.Objects.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hashCode(value);
    }

    /** As people say it: {@code 2 hours}, {@code 1 day 30 minutes}, {@code forever}. */
    public String inWords() {
        if (value == null) {
            return "forever";
        }
        List<String> words = new ArrayList<>();
        count(words, value.toDays(), "day");
        count(words, value.toHoursPart(), "hour");
        count(words, value.toMinutesPart(), "minute");
        count(words, value.toSecondsPart(), "second");
        return String.join(" ", words);
    }

    private static void count(List<String> words, long count, String unit) {
        if (count > 0) {
            words.add(count + " " + unit + (count == 1 ? "" : "s"));
        }
    }

    /** ISO 8601, whole days from two on as {@code P7D}; or {@code forever}. */
    @Override
    public String toString() {
        if (value == null) {
            return "forever";
        }
        long days = value.toDays();
        return days >= 2 && value.equals(Duration.ofDays(days)) ? "P" + days + "D" : value.toString();
    }
}
