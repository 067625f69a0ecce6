package io.drawbridge.organization;

/** The organization could not be read as a whole; nothing of it was applied. The message says which part, and why. */
public final class OrganizationUnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OrganizationUnreadableException(String message) {
        super(message);
    }

    public OrganizationUnreadableException(String message, Throwable cause) {
        super(message, cause);
    }
}
