package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    /** Name of the cloud, as grants and audit show it. */
    String name();

    /**
     * Asks for the object to be there until the lease's end, whatever end was asked for before.
     *
     * <p>A cloud that gathers what it is asked for may return before it has tried; then {@link #presenceOf} says what became
     * of it.
     *
     * @throws CloudException if the cloud did not take it; nothing is known of what it did
     * @throws CloudException.Impossible if it can never be, such as for want of room
     */
    void open(Lease lease);

    /**
     * Says that of all who claimed the object only such are left whose last end is that of the lease. A cloud that ends
     * access by itself has to end it then; for any other there is nothing to do.
     *
     * @throws CloudException if the cloud did not take it
     */
    default void shorten(Lease lease) {}

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
     * @throws CloudException.Refused if it has failed at what it was last asked for; asking anew is up to the caller
     */
    Presence presenceOf(Lease lease);

    /** How access that is given by this lease would end. */
    default Ending ending(Lease lease) {
        return new Ending(false, Duration.ZERO);
    }

    /**
     * Ids by which the cloud's own log knows the calls that opened or closed the object, as far as it gives any; empty if
     * nothing had to be asked for. Says only what is known here, and asks the cloud nothing.
     *
     * @param objectKey as {@link Lease#objectKey}
     */
    default List<String> requestIds(TenantId tenant, String objectKey) {
        return List.of();
    }

    /**
     * Until when sessions that began under the lease may go on although the object is gone; empty if they end with it.
     *
     * @param gone when the object was gone
     */
    default Optional<Instant> sessionsUntil(Lease lease, Instant gone) {
        return Optional.empty();
    }

    /** Ids of the policies of ours that close what the controls of the tenant close; a denial by one of them can be lifted. */
    default Set<String> closingPolicies(TenantId tenant) {
        return Set.of();
    }

    /**
     * What is wanted in accounts, by controls and by leases, and is not in force yet; one entry for a tenant. Says only what
     * is known here, and asks the cloud nothing.
     */
    default List<Unwritten> unwritten() {
        return List.of();
    }

    /**
     * Everything that the cloud holds of a tenant, read from the cloud itself.
     *
     * @throws CloudException if it cannot be asked in full; an inventory that may lack something is none
     */
    Inventory inventory(TenantId tenant);

    /**
     * Asks for something that the inventory found to be gone.
     *
     * @throws CloudException if the cloud did not take it
     */
    void remove(TenantId tenant, Held held);

    /** Closes and asks for many leases in one go; empty if this cloud has to be asked for each by itself. */
    default Optional<Bulk> bulk() {
        return Optional.empty();
    }

    /** A cloud that takes many leases in one go, each for an object of its own, and says the same of each as one by one. */
    interface Bulk {
        /**
         * As {@link Cloud#close} for each.
         *
         * @throws CloudException if the cloud did not take one of them; nothing is known of what it did to the others
         */
        void closeAll(List<Lease> leases);

        /**
         * As {@link Cloud#presenceOf} for each, by the keys of their objects.
         *
         * @throws CloudException if it cannot be asked
         */
        Map<String, Presence> presencesOf(List<Lease> leases);
    }

    /** Whether an object is there. */
    enum Presence {
        /** It is there, and nothing is under way. */
        PRESENT,
        /** It is not there, and nothing is under way. */
        ABSENT,
        /** Something is under way. */
        CHANGING
    }

    /**
     * How access ends.
     *
     * @param byItself whether the cloud ends it at the lease's end, even if Drawbridge never runs again
     * @param lateness how late a revocation may be confirmed, by what waits for the cloud's quotas now; zero if nothing does
     */
    record Ending(boolean byItself, Duration lateness) {}

    /**
     * Accounts of a tenant in which something is not in force.
     *
     * @param accounts how many, from 1
     * @param since when the oldest of it was wanted
     */
    record Unwritten(TenantId tenant, long accounts, Instant since) {}

    /**
     * What a cloud holds.
     *
     * @param ours access in our own objects
     * @param foreign what somebody else did to, or beside, our objects: reported, never touched
     */
    record Inventory(List<Held> ours, List<Foreign> foreign) {
        public Inventory {
            ours = List.copyOf(ours);
            foreign = List.copyOf(foreign);
        }
    }

    /**
     * Access that is on in one of our own objects.
     *
     * @param objectKey as {@link Lease#objectKey} of the lease that would explain it
     * @param identity whose access it is, as people know it
     * @param entitlement what is open
     * @param grant the grant that the object itself names, null where the cloud has no room for it
     */
    record Held(String objectKey, ScopeId account, String identity, String entitlement, @Nullable GrantId grant) {}

    /**
     * Something that is not as we left it.
     *
     * @param subject names the thing, the same each time: a policy's id, an assignment's parts
     * @param finding one sentence on what was found
     * @param choices what an administrator may choose to have done about it, the words that {@link #putRight} knows
     */
    record Foreign(String subject, String finding, List<String> choices) {
        public Foreign {
            choices = List.copyOf(choices);
        }
    }

    /**
     * Does what an administrator chose about a foreign change.
     *
     * @throws IllegalArgumentException if the choice is none of those offered
     * @throws CloudException if the cloud did not take it
     */
    default void putRight(TenantId tenant, String subject, String choice) {
        throw new IllegalArgumentException("\"" + choice + "\" is no choice for \"" + subject + "\".");
    }
}
