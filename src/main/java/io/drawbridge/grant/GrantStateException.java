package io.drawbridge.grant;

/** What was asked does not go with where the grant stands; nothing has changed. */
public final class GrantStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GrantStateException(String message) {
        super(message);
    }
}
