package io.drawbridge.request;

import io.drawbridge.identity.InvalidInputException;
import org.jspecify.annotations.Nullable;

/** What people write: justifications and messages. */
final class Texts {
    /** Longest justification or message, in characters (UTF-16 units). */
    static final int LONGEST = 2000;

    private Texts() {}

    /**
     * The text without white space around it.
     *
     * @throws InvalidInputException if it is missing, blank, or longer than {@link #LONGEST} characters
     */
    static String demand(String field, @Nullable String text) {
        if (text == null || !isWritten(text)) {
            throw new InvalidInputException(field, "is missing; write 1 to " + LONGEST + " characters.");
        }
        String stripped = text.strip();
        if (stripped.length() > LONGEST) {
            throw new InvalidInputException(
                    field, "has " + stripped.length() + " characters; at most " + LONGEST + " are kept.");
        }
        if (stripped.indexOf('\0') >= 0) {
            throw new InvalidInputException(field, "holds a null character, which cannot be stored.");
        }
        return stripped;
    }

    /** Whether anything can be seen of it: white space, control and format characters alone say nothing. */
    static boolean isWritten(String text) {
        return text.codePoints()
                .anyMatch(character -> !Character.isWhitespace(character)
                        && switch (Character.getType(character)) {
                            case Character.SPACE_SEPARATOR,
                                    Character.LINE_SEPARATOR,
                                    Character.PARAGRAPH_SEPARATOR,
                                    Character.CONTROL,
                                    Character.FORMAT,
                                    Character.SURROGATE,
                                    Character.UNASSIGNED -> false;
                            default -> true;
                        });
    }
}
