package io.drawbridge.identity;

/** There is no such thing, or none that the caller may know of; the two must look alike from outside. */
public final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotFoundException(String kind, String id) {
        super("There is no " + kind + " \"" + id + "\" here.");
    }
}
