package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A node of a tenant's organisation tree.
 *
 * @param parent null for the organization root only
 * @param environment what the scope is for, such as {@code production}; empty if nobody said
 * @param selfApproval whether requesters may decide their own requests here and below; null inherits from above
 * @param closed whether it is closed in AWS or gone from there; kept because requests and grants speak of it
 * @param management whether it is the management account, which no service control policy binds
 */
public record Scope(
        ScopeId id,
        TenantId tenant,
        @Nullable ScopeId parent,
        Kind kind,
        String name,
        String environment,
        @Nullable Boolean selfApproval,
        boolean closed,
        boolean management) {

    /** A scope that is open, and not the management account. */
    public Scope(
            ScopeId id,
            TenantId tenant,
            @Nullable ScopeId parent,
            Kind kind,
            String name,
            String environment,
            @Nullable Boolean selfApproval) {
        this(id, tenant, parent, kind, name, environment, selfApproval, false, false);
    }

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
