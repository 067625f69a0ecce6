package io.drawbridge.operations;

import io.drawbridge.identity.TenantId;

/**
 * Something that is stuck outside of the engine.
 *
 * @param name of its backlog
 * @param words what is stuck, what it means and what to do
 */
public record Trouble(TenantId tenant, String name, String words) {
    /** Which one: at most one of a name is in a tenant. */
    public record Key(TenantId tenant, String name) {}

    public Key key() {
        return new Key(tenant, name);
    }
}
