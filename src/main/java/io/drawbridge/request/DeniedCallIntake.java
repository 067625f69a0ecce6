package io.drawbridge.request;

import io.drawbridge.identity.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes in records of calls, and opens requests for those that were denied and can be helped. */
public interface DeniedCallIntake {
    /**
     * Handles every record in the body, each by itself: what is wrong with one does not keep the next from its turn.
     *
     * @param body a CloudTrail record, an EventBridge envelope, or a log file, as JSON
     * @throws io.drawbridge.identity.ForbiddenException if the caller is neither an intake nor an administrator
     * @throws UnreadableBodyException if the body is none of the three
     */
    Receipt receive(Caller caller, String body);

    /**
     * Records that could not be handled, newest first.
     *
     * @throws io.drawbridge.identity.ForbiddenException if the caller is no administrator
     */
    List<DeadLetter> deadLetters(Caller caller, int limit);

    /** What became of the records; {@code ignored} counts all but opened, joined and dead letters. */
    record Receipt(int received, int opened, int joined, int ignored, int deadLettered, List<Outcome> outcomes) {
        public Receipt {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * What became of one record.
     *
     * @param eventId null if the record has none that can be read
     * @param outcome one word, such as {@code opened}
     */
    record Outcome(@Nullable String eventId, String outcome, @Nullable String requestId, String reason) {}

    /** A record that could not be handled. */
    record DeadLetter(long number, Instant receivedAt, @Nullable String eventId, String reason, String body) {}

    /** The body is neither a record, nor an envelope, nor a log file. */
    final class UnreadableBodyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public UnreadableBodyException(String message) {
            super(message);
        }
    }
}
