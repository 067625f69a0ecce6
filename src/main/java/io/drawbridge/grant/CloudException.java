package io.drawbridge.grant;

/** The cloud could not be reached, was busy, or refused; the call is to be made again. */
public class CloudException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CloudException(String message) {
        super(message);
    }

    public CloudException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The cloud asks for fewer calls; not a failure of the call itself. */
    public static final class Throttled extends CloudException {
        private static final long serialVersionUID = 1L;

        public Throttled(String message) {
            super(message);
        }
    }
}
