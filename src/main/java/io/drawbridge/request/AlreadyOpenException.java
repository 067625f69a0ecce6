package io.drawbridge.request;

/** The same identity already has an open request for the same permission in the same account. */
public final class AlreadyOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient RequestId open;

    public AlreadyOpenException(RequestId open) {
        super("Request " + open + " already asks for this and is still open.");
        this.open = open;
    }

    public RequestId open() {
        return open;
    }
}
