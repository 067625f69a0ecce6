package io.drawbridge.organization;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's organization as it was read: whole, or it does not exist.
 *
 * @param readAt when the reading began
 * @param places root, organizational units and accounts, parents before children
 * @param users everybody in the identity store; null if the tenant has none, which leaves all people as they are
 * @param permissionSets those of IAM Identity Center; null if the tenant has none, which leaves all known as they are
 */
public record OrganizationSnapshot(
        Instant readAt, List<Place> places, @Nullable List<User> users, @Nullable Assignable permissionSets) {

    /** @throws OrganizationUnreadableException if the places are no tree with a root and an account */
    public OrganizationSnapshot {
        places = parentsFirst(places);
        users = users == null ? null : List.copyOf(users);
    }

    /**
     * A node of the tree.
     *
     * @param parent null for the root only
     * @param open false for an account that is suspended or being closed
     * @param management whether it is the management account, which no service control policy binds
     */
    public record Place(
            ScopeId id, @Nullable ScopeId parent, Scope.Kind kind, String name, boolean open, boolean management) {}

    /**
     * A user of the identity store.
     *
     * @param email empty if the store has none
     * @param id the user's id in the identity store
     * @param active false for one who was disabled
     * @param groups names of the groups that the user is a member of
     */
    public record User(String userName, String name, String email, String id, boolean active, Set<String> groups) {
        public User {
            groups = Set.copyOf(groups);
        }
    }

    /**
     * The permission sets of an instance of IAM Identity Center.
     *
     * @param tagged those that Drawbridge may assign
     * @param untagged ARNs of all others
     */
    public record Assignable(List<TaggedSet> tagged, Set<String> untagged) {
        public Assignable {
            tagged = List.copyOf(tagged);
            untagged = Set.copyOf(untagged);
        }
    }

    /** A permission set that is tagged as Drawbridge's. */
    public record TaggedSet(PermissionSetName name, String arn, String description, Duration sessionDuration) {}

    private static List<Place> parentsFirst(List<Place> places) {
        Map<@Nullable ScopeId, List<Place>> children = new HashMap<>();
        Set<ScopeId> seen = new HashSet<>();
        for (Place place : places) {
            if (!seen.add(place.id())) {
                throw new OrganizationUnreadableException("The organization was read with \"" + place.id()
                        + "\" in two places; it was changed meanwhile. Read it again.");
            }
            children.computeIfAbsent(place.parent(), parent -> new ArrayList<>())
                    .add(place);
        }
        List<Place> roots = children.getOrDefault(null, List.of());
        List<Place> ordered = new ArrayList<>(roots);
        for (int at = 0; at < ordered.size(); at++) {
            ordered.addAll(children.getOrDefault(ordered.get(at).id(), List.of()));
        }
        boolean rooted = !roots.isEmpty() && roots.stream().allMatch(root -> root.kind() == Scope.Kind.ORGANIZATION);
        boolean peopled = ordered.stream().anyMatch(place -> place.kind() == Scope.Kind.ACCOUNT);
        boolean sound = ordered.stream()
                .allMatch(place -> place.kind() != Scope.Kind.ACCOUNT || !children.containsKey(place.id()));
        if (!rooted || !peopled || !sound || ordered.size() != places.size()) {
            throw new OrganizationUnreadableException("The organization was read with " + roots.size() + " roots and "
                    + places.size() + " scopes, of which " + ordered.size()
                    + " lie below a root; expected a tree with at least one account. Read it again.");
        }
        return List.copyOf(ordered);
    }
}
