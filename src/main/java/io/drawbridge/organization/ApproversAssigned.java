package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.Set;

/**
 * Who may decide has changed in these scopes: somebody was assigned or removed, or self-approval was switched.
 *
 * <p>Sent in the transaction of the change. Requests that wait in one of the scopes, or below, have to look anew at whom
 * they ask.
 */
public record ApproversAssigned(TenantId tenant, Set<ScopeId> scopes) {
    public ApproversAssigned {
        scopes = Set.copyOf(scopes);
    }
}
