package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.Set;

/**
 * These accounts are closed in AWS, or no longer of the organization; whatever is open there ends.
 *
 * <p>Sent in the transaction of each synchronization with all accounts that are closed by then, those included that were
 * closed before.
 */
public record AccountsClosed(TenantId tenant, Set<ScopeId> accounts) {
    public AccountsClosed {
        accounts = Set.copyOf(accounts);
    }
}
