package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;

/** What is closed at a scope, and for whom not, has been set. Sent in the transaction of the change. */
public record ControlSet(TenantId tenant, ScopeId scope) {}
