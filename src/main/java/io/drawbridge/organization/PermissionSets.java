package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The permission sets that Drawbridge may assign: those of a tenant's Identity Center that are tagged as Drawbridge's. */
public interface PermissionSets {
    /** All of a tenant, by name. */
    List<PermissionSet> of(TenantId tenant);

    Optional<PermissionSet> find(TenantId tenant, PermissionSetName name);

    /** Adds the permission set, or replaces the one of that name. */
    void save(TenantId tenant, PermissionSet permissionSet);

    void remove(TenantId tenant, PermissionSetName name);

    /**
     * One permission set.
     *
     * @param arn its ARN in IAM Identity Center
     * @param description what it is for, empty if nobody said
     * @param sessionDuration how long a session that began under it lasts at most; up to 12 hours
     * @param closesSessions whether sessions that began under a grant are closed with it, by a deny of their own
     */
    record PermissionSet(
            PermissionSetName name, String arn, String description, Duration sessionDuration, boolean closesSessions) {}
}
