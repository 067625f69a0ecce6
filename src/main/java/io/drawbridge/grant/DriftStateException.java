package io.drawbridge.grant;

/** What was asked does not go with where a finding, or a sweep, stands; nothing has changed. */
public final class DriftStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DriftStateException(String message) {
        super(message);
    }

    public DriftStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
