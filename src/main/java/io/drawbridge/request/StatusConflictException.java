package io.drawbridge.request;

/** What was asked does not go with where the request stands; nothing has changed. */
public final class StatusConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StatusConflictException(String message) {
        super(message);
    }
}
