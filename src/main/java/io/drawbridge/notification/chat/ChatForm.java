package io.drawbridge.notification.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A form that a click opens, before a platform draws it. What is filled in goes to {@link Conversation#submitted} by the names
 * of the fields; nothing of it has been checked before.
 *
 * @param deed what is done with it
 * @param subject what it is done to, to be handed back with what was filled in
 * @param title at most {@value #LONGEST_TITLE} characters
 * @param about what it is about, to stand above the fields; its actions and its link are not drawn there
 * @param submit label of the button that sends it, at most {@value #LONGEST_TITLE} characters
 */
public record ChatForm(Deed deed, String subject, String title, ChatMessage about, List<Field> fields, String submit) {
    /** Longest title, in characters; the least that any platform takes. */
    public static final int LONGEST_TITLE = 24;

    public ChatForm {
        fields = List.copyOf(fields);
        if (title.length() > LONGEST_TITLE || submit.length() > LONGEST_TITLE) {
            throw new IllegalArgumentException("The title \"" + title + "\" or the button \"" + submit
                    + "\" is too long; at most " + LONGEST_TITLE + " characters.");
        }
    }

    /**
     * Something to fill in.
     *
     * @param value what stands in it already, null for nothing; of a choice the value that is chosen
     * @param hint a line below it, null for none
     * @param longest most characters, 0 where nothing is typed
     * @param options what a choice offers; empty otherwise
     */
    public record Field(
            String name,
            String label,
            Kind kind,
            boolean required,
            @Nullable String value,
            @Nullable String hint,
            int longest,
            List<Option> options) {
        public Field {
            options = List.copyOf(options);
        }
    }

    /** How a field is filled in. */
    public enum Kind {
        /** One line. */
        LINE,
        /** Several lines. */
        TEXT,
        /** One of the options. */
        CHOICE,
        /** One of what {@link Conversation#suggest} finds for what is typed. */
        SUGGESTED,
        /** Yes, which is handed back as {@code true}, or not at all. */
        CHECK
    }

    /** One of several. */
    public record Option(String value, String words) {}
}
