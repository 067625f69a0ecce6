package io.drawbridge.audit;

import java.util.Iterator;

/** A chain that can be read from its start as often as is needed, a part of it in memory at a time. */
@FunctionalInterface
interface Links {
    /** Begins at the start; whoever opens it closes it. */
    Reading open();

    /** The links in the order in which they stand. */
    interface Reading extends Iterator<Link>, AutoCloseable {
        @Override
        default void close() {}
    }
}
