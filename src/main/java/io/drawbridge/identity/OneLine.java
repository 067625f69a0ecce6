package io.drawbridge.identity;

import java.util.regex.Pattern;

/** What a stranger wrote, fit to stand on one line among words of our own. */
public final class OneLine {
    /** Control characters, line breaks of Unicode, and what turns letters round. */
    private static final Pattern NOT_ON_A_LINE =
            Pattern.compile("[\\p{Cntrl}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]+");

    private OneLine() {}

    /** The text with a space in the place of each run of what would break the line or turn its letters round. */
    public static String of(String text) {
        return NOT_ON_A_LINE.matcher(text).replaceAll(" ").strip();
    }
}
