package io.drawbridge.grant;

/**
 * The port to a cloud that opens and closes access.
 *
 * <p>A cloud is not part of any transaction: what was asked of it stays asked, whatever happens to the caller. So every
 * call may be made again, for the same lease as often as needed, and has the effect of one. Nothing is true before
 * {@link #presenceOf} has confirmed it.
 *
 * <p>Calls about one object are made one at a time; calls about different objects are made at once.
 */
public interface Cloud {
    /** Name of the way of granting, as grants and audit show it. */
    String name();

    /**
     * Asks for the object to be there.
     *
     * @throws CloudException if the cloud did not take it; nothing is known of what it did
     */
    void open(Lease lease);

    /**
     * Asks for the object to be gone; an object that is not there is gone.
     *
     * @throws CloudException if the cloud did not take it; nothing is known of what it did
     */
    void close(Lease lease);

    /**
     * What the cloud says now.
     *
     * @throws CloudException if it cannot be asked
     */
    Presence presenceOf(Lease lease);

    /** Whether an object is there. */
    enum Presence {
        /** It is there, and nothing is under way. */
        PRESENT,
        /** It is not there, and nothing is under way. */
        ABSENT,
        /** Something is under way. */
        CHANGING
    }
}
