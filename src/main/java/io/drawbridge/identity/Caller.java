package io.drawbridge.identity;

import org.jspecify.annotations.Nullable;

/**
 * Who is signed in, in which tenant, and what is known of the way he came.
 *
 * @param sourceIp the address the call came from, null if there is none (a mail link has no address)
 * @param mfa whether the sign-in is known to have used a second factor; unknown is false
 */
public record Caller(Person person, TenantId tenant, @Nullable String sourceIp, boolean mfa) {
    public PersonId id() {
        return person.id();
    }

    public boolean has(Role role) {
        return person.has(role) && person.tenant().equals(tenant);
    }

    public boolean isAdministrator() {
        return has(Role.ADMINISTRATOR);
    }
}
