package io.drawbridge.organization;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.util.HashSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/** How far somebody's assignments reach down the tree. */
@Component
public class Reach {
    private final Scopes scopes;
    private final Assignments assignments;

    public Reach(Scopes scopes, Assignments assignments) {
        this.scopes = scopes;
        this.assignments = assignments;
    }

    /** Whether the caller may read what lies in this account: administrators, and whoever approves or views at or above. */
    public boolean reads(Caller caller, ScopePath account) {
        return caller.isAdministrator()
                || isApprover(caller.tenant(), caller.id(), account)
                || assignments.views(caller.tenant(), caller.id()).stream().anyMatch(account::contains);
    }

    /** Whether the person is assigned as an approver at the account or above it. */
    public boolean isApprover(TenantId tenant, PersonId person, ScopePath account) {
        return assignments.approves(tenant, person).stream().anyMatch(account::contains);
    }

    /** Every scope in which the person decides: where he is assigned as an approver, and below. */
    public Set<ScopeId> approved(TenantId tenant, PersonId person) {
        Set<ScopeId> reached = new HashSet<>();
        assignments.approves(tenant, person).forEach(scope -> reached.addAll(scopes.subtree(tenant, scope)));
        return reached;
    }

    /** Everything that the caller's assignments cover, as approver and as viewer; an administrator's cover the tenant. */
    public Set<ScopeId> readable(Caller caller) {
        Set<ScopeId> reached = new HashSet<>();
        if (caller.isAdministrator()) {
            scopes.of(caller.tenant()).forEach(scope -> reached.add(scope.id()));
            return reached;
        }
        assignments
                .approves(caller.tenant(), caller.id())
                .forEach(scope -> reached.addAll(scopes.subtree(caller.tenant(), scope)));
        assignments
                .views(caller.tenant(), caller.id())
                .forEach(scope -> reached.addAll(scopes.subtree(caller.tenant(), scope)));
        return reached;
    }
}
