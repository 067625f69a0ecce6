package io.drawbridge.identity;

/** The caller may know of the thing, but may not do this to it; the message says why. */
public final class ForbiddenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ForbiddenException(String message) {
        super(message);
    }
}
