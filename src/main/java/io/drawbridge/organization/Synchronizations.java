package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.time.Instant;

/** What was synchronized last, for each tenant. */
public interface Synchronizations {
    /** The last of a tenant, locked until the transaction ends; long ago if there was none. */
    Last lock(TenantId tenant);

    void save(TenantId tenant, Last last);

    /**
     * The last synchronization.
     *
     * @param readAt when the reading began that was applied last
     * @param heldBack what was held back since then and was audited, in words; empty if nothing was
     */
    record Last(Instant readAt, String heldBack) {}
}
