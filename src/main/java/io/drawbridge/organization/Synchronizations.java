package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was synchronized last, for each tenant. */
public interface Synchronizations {
    /** The last of a tenant, locked until the transaction ends; long ago if there was none. */
    Last lock(TenantId tenant);

    void save(TenantId tenant, Last last);

    /** As {@link Last#behindSince}; locks nothing. */
    Optional<Instant> behindSince(TenantId tenant);

    /**
     * The last synchronization.
     *
     * @param readAt when the reading began that was applied last
     * @param heldBack what was held back since then and was audited, in words; empty if nothing was
     * @param behindSince when it first failed or was held back since then; null if it did not
     */
    record Last(Instant readAt, String heldBack, @Nullable Instant behindSince) {
        /** The same if it was behind before. */
        Last behindFrom(Instant moment) {
            return behindSince == null ? new Last(readAt, heldBack, moment) : this;
        }
    }
}
