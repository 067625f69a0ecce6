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

        public Throttled(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The cloud took what it was asked for and has failed at it; it has to be asked anew. */
    public static class Refused extends CloudException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message);
        }

        public Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What was asked for can never be: no further try is worth it. Says why in words that the requester may read. */
    public static final class Impossible extends Refused {
        private static final long serialVersionUID = 1L;

        public Impossible(String message) {
            super(message);
        }

        public Impossible(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
