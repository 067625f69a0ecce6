package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import java.util.Set;

/**
 * Which service control policies are Drawbridge's own, so that a grant can lift what they deny.
 *
 * <p>There may be several who know of some; a policy is ours if one of them says so.
 */
public interface OwnPolicies {
    /** Ids such as {@code p-drawbrdg1}; asked for each denied call, and never taken from an event. */
    Set<String> ids(TenantId tenant);
}
