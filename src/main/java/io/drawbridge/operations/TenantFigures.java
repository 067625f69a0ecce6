package io.drawbridge.operations;

import io.drawbridge.identity.TenantId;

/**
 * Counters and times of a tenant, which begin at 0 so that the first of a kind is seen as an increase; implemented by whoever
 * counts.
 *
 * <p>Every bean of this type is told of every tenant, soon after the start or soon after the tenant is there.
 */
public interface TenantFigures {
    /** Shows them from now on; called again it changes nothing. */
    void watch(TenantId tenant);
}
