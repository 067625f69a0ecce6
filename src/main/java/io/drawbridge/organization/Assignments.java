package io.drawbridge.organization;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who approves, and who views, at which scope; both count for everything below. */
public interface Assignments {
    /** People assigned as approvers at exactly these scopes, also those who have left; scopes without anybody are absent. */
    Map<ScopeId, List<PersonId>> approversAt(TenantId tenant, Collection<ScopeId> scopes);

    /** Scopes at which the person is assigned as an approver. */
    Set<ScopeId> approves(TenantId tenant, PersonId person);

    /** Scopes at which the person is assigned as a viewer. */
    Set<ScopeId> views(TenantId tenant, PersonId person);

    /** Replaces the approvers of one scope. */
    void assign(TenantId tenant, ScopeId scope, List<PersonId> approvers, Instant now);

    /** Removes the approvers of these scopes. */
    void clear(TenantId tenant, Collection<ScopeId> scopes);
}
