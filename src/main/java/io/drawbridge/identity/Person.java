package io.drawbridge.identity;

import java.util.Set;

/**
 * Somebody (or a service) who can sign in.
 *
 * @param tenant the tenant that the person belongs to
 * @param groups names of the groups that policies speak of, such as {@code engineers}
 * @param roles what the person may do in the tenant or, for operations and process owners, in the installation
 * @param active false once the person has left; such a person can neither sign in nor decide
 * @param identityStoreId the person's user id in IAM Identity Center, empty if unknown
 */
public record Person(
        PersonId id,
        TenantId tenant,
        String name,
        String email,
        Set<String> groups,
        Set<Role> roles,
        boolean active,
        String identityStoreId) {
    public Person {
        groups = Set.copyOf(groups);
        roles = Set.copyOf(roles);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }
}
