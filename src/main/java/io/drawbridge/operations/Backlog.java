package io.drawbridge.operations;

import io.drawbridge.identity.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that piles up outside of the engine when it is not done: implemented by whoever piles it up.
 *
 * <p>Every bean of this type is shown on the page of operations, has the figures {@code drawbridge.<name>.waiting} and
 * {@code drawbridge.<name>.age}, and is an incident in Cockpit when something has waited there for too long. Nothing else
 * has to be told of a new one.
 */
public interface Backlog {
    /** Short and dotted; becomes part of the names of its figures, such as {@code outbox}. */
    String name();

    /** What waits, as a heading. */
    String title();

    /** What it means to people that it waits, and what to do, in a sentence or two. */
    String advice();

    /** For how long something may wait there before operations get an incident. */
    default Duration patience() {
        return Duration.ofMinutes(10);
    }

    /** What waits, one entry for a tenant; a tenant for which nothing waits may be missing. */
    List<Waiting> waiting();

    /**
     * What waits in one tenant.
     *
     * @param number how many, from 0
     * @param since when the oldest began to wait; null if nothing waits, or if that is not known
     */
    record Waiting(TenantId tenant, long number, @Nullable Instant since) {}
}
