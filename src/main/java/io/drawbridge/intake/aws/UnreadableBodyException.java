package io.drawbridge.intake.aws;

/** A body that is neither a record, nor EventBridge's envelope around one, nor a log file; nothing of it was read. */
public final class UnreadableBodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableBodyException(String message) {
        super(message);
    }

    UnreadableBodyException(String message, Throwable cause) {
        super(message, cause);
    }
}
