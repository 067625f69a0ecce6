package io.drawbridge.organization.aws;

import java.time.Duration;

/** The quota of an API is used up for the moment, by our own count or by AWS's; nothing was asked. */
public final class AwsBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Duration retryAfter;

    public AwsBusyException(String bucket, Duration retryAfter) {
        super("The quota of " + bucket + " is used up for " + retryAfter.toMillis() + " ms.");
        this.retryAfter = retryAfter;
    }

    /** How long to wait, at least. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
