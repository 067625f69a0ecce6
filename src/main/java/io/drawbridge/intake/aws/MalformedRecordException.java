package io.drawbridge.intake.aws;

/** A record that goes to the dead letters; its message says what is wrong. */
final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String message) {
        super(message, null, false, false);
    }
}
