package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.List;

/** Where the organizations of the tenants are read from. */
public interface OrganizationSource {
    /** The tenants whose organization can be read. */
    List<TenantId> tenants();

    /**
     * Reads all of one tenant's organization; takes minutes for a large one.
     *
     * @throws NotConnectedException if the tenant's organization cannot be read from anywhere
     * @throws OrganizationUnreadableException if any part of it could not be read, or the parts do not fit together
     */
    OrganizationSnapshot read(TenantId tenant);
}
