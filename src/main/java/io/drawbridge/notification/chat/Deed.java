package io.drawbridge.notification.chat;

import java.util.Locale;
import java.util.Optional;

/** What can be done by a click. */
public enum Deed {
    /** Ask for access; its subject is what would be typed behind the command, or nothing. */
    REQUEST,
    /** Say why, and for how long. */
    JUSTIFY,
    /** Answer "No" to the question why. */
    ABANDON,
    /** Take back what one has asked for. */
    WITHDRAW,
    APPROVE,
    DENY,
    /** Say whether breaking the glass was justified. */
    REVIEW,
    /** End access now. */
    END,
    /** Ask for the same once more. */
    MORE,
    /** Get a private link that connects the chat account. */
    CONNECT,
    /** Let the chat account speak for nobody any more. */
    DISCONNECT;

    /** As it stands in what a platform sends back, such as {@code approve}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The deed of that word; empty if there is none. */
    public static Optional<Deed> of(String word) {
        for (Deed deed : values()) {
            if (deed.word().equals(word)) {
                return Optional.of(deed);
            }
        }
        return Optional.empty();
    }
}
