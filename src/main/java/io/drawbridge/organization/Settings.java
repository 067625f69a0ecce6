package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;

/** The settings of all tenants. */
public interface Settings {
    /** What holds for a tenant; {@link TenantSettings#DEFAULT} where it changed nothing. */
    TenantSettings of(TenantId tenant);

    void replace(TenantId tenant, TenantSettings settings);
}
