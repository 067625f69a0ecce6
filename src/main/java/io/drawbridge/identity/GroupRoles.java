package io.drawbridge.identity;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Roles that whoever is in a group has, beside those that are stored for him.
 *
 * @param byGroup the roles of each group that brings any
 */
public record GroupRoles(Map<String, Set<Role>> byGroup) {
    /** No group brings a role. */
    public static final GroupRoles NONE = new GroupRoles(Map.of());

    public GroupRoles {
        byGroup = Map.copyOf(byGroup);
    }

    /** What these groups bring. */
    public Set<Role> of(Set<String> groups) {
        return groups.stream()
                .flatMap(group -> byGroup.getOrDefault(group, Set.of()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
