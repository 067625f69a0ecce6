package io.drawbridge.intake.aws;

import io.drawbridge.identity.TenantId;
import java.util.List;

/** Takes in what a tenant's queue holds. */
public interface QueuedCalls {
    /** What became of a message. */
    enum Fate {
        /** What it did is committed, or it lies with the dead letters; it can be deleted. */
        DONE,
        /** Something that passes kept it from being handled, such as a database that is down. Nothing of it was kept. */
        PUT_OFF,
        /** It could not be handled, for a reason that may lie in itself. Nothing of it was kept. */
        FAILED
    }

    /** Whether it is worth while to receive messages; asked after some were put off. */
    boolean isReady();

    /**
     * Handles the messages, in any order; each may have come before. Throws nothing that a message or the database causes.
     *
     * @param bodies as the queue gave them
     * @return the fate of each, in the order of the bodies
     */
    List<Fate> take(TenantId tenant, List<String> bodies);
}
