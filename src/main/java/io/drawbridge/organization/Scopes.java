package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The organisation trees of all tenants. */
public interface Scopes {
    /** All scopes of a tenant, parents before children. */
    List<Scope> of(TenantId tenant);

    Optional<Scope> find(TenantId tenant, ScopeId scope);

    /** The scope with everything above it; empty if the tenant has no such scope. */
    Optional<ScopePath> path(TenantId tenant, ScopeId scope);

    /** The path of an account; empty if the tenant has no such account, or it was closed. */
    default Optional<ScopePath> account(TenantId tenant, String account) {
        return account.isBlank()
                ? Optional.empty()
                : path(tenant, new ScopeId(account))
                        .filter(path ->
                                path.account().isAccount() && !path.account().closed());
    }

    /** Keys of the scope and of everything below it. */
    Set<ScopeId> subtree(TenantId tenant, ScopeId scope);

    /** Sets whether requesters may decide their own requests at a scope and below; null inherits. */
    void setSelfApproval(TenantId tenant, ScopeId scope, @Nullable Boolean selfApproval);

    /** Adds the scope, or replaces the one with its key; its parent has to be there. */
    void save(Scope scope);

    /** Removes a scope that nothing lies below, with everything that was assigned or set there. */
    void remove(TenantId tenant, ScopeId scope);
}
