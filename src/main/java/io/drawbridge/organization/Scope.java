package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A node of a tenant's organisation tree.
 *
 * @param parent null for the organization root only
 * @param environment what the scope is for, such as {@code production}; empty if nobody said
 * @param selfApproval whether requesters may decide their own requests here and below; null inherits from above
 */
public record Scope(
        ScopeId id,
        TenantId tenant,
        @Nullable ScopeId parent,
        Kind kind,
        String name,
        String environment,
        @Nullable Boolean selfApproval) {

    /** What a scope is in AWS Organizations. */
    public enum Kind {
        ORGANIZATION,
        ORGANIZATIONAL_UNIT,
        ACCOUNT
    }

    public boolean isAccount() {
        return kind == Kind.ACCOUNT;
    }
}
