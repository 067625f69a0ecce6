package io.drawbridge.request;

/** Whether a grant can lift the denial that a request came from. */
public enum Liftable {
    /** The denial names a cause that a grant lifts, or there was no denial. */
    YES,
    /** The denial names no cause; treated as liftable and shown as unknown. */
    UNKNOWN
}
