package io.drawbridge.organization;

import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationSnapshot.Assignable;
import io.drawbridge.organization.OrganizationSnapshot.Place;
import io.drawbridge.organization.OrganizationSnapshot.TaggedSet;
import io.drawbridge.organization.OrganizationSnapshot.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What AWS would answer: as things are here, until a test says otherwise. */
public final class AwsSays {
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, User> users = new LinkedHashMap<>();
    private final List<TaggedSet> tagged = new ArrayList<>();
    private final Set<String> untagged = new LinkedHashSet<>();

    private AwsSays() {}

    /** The same as is known here. */
    public static AwsSays asKnown(TenantId tenant, List<Scope> scopes, List<Person> people) {
        AwsSays says = new AwsSays();
        for (Scope scope : scopes) {
            if (scope.tenant().equals(tenant)) {
                says.places.put(
                        scope.id().value(),
                        new Place(
                                scope.id(),
                                scope.parent(),
                                scope.kind(),
                                scope.name(),
                                !scope.closed(),
                                scope.management()));
            }
        }
        for (Person person : people) {
            if (!person.identityStoreId().isEmpty()) {
                says.users.put(
                        person.id().value(),
                        new User(
                                person.id().value(),
                                person.name(),
                                person.email(),
                                person.identityStoreId(),
                                person.active(),
                                person.groups()));
            }
        }
        return says;
    }

    public AwsSays unit(String id, String parent) {
        return place(id, parent, Scope.Kind.ORGANIZATIONAL_UNIT);
    }

    public AwsSays account(String id, String parent) {
        return place(id, parent, Scope.Kind.ACCOUNT);
    }

    public AwsSays root(String id) {
        return place(id, null, Scope.Kind.ORGANIZATION);
    }

    public AwsSays moved(String id, String parent) {
        return changed(
                id,
                was -> new Place(was.id(), new ScopeId(parent), was.kind(), was.name(), was.open(), was.management()));
    }

    public AwsSays renamed(String id, String name) {
        return changed(id, was -> new Place(was.id(), was.parent(), was.kind(), name, was.open(), was.management()));
    }

    public AwsSays suspended(String id) {
        return changed(id, was -> new Place(was.id(), was.parent(), was.kind(), was.name(), false, was.management()));
    }

    public AwsSays reopened(String id) {
        return changed(id, was -> new Place(was.id(), was.parent(), was.kind(), was.name(), true, was.management()));
    }

    public AwsSays management(String id) {
        return changed(id, was -> new Place(was.id(), was.parent(), was.kind(), was.name(), was.open(), true));
    }

    public AwsSays gone(String... ids) {
        places.keySet().removeAll(List.of(ids));
        return this;
    }

    public AwsSays user(String userName, String id, String... groups) {
        users.put(userName, new User(userName, "Somebody New", userName, id, true, Set.of(groups)));
        return this;
    }

    public AwsSays user(User user) {
        users.put(user.userName(), user);
        return this;
    }

    public AwsSays disabled(String userName) {
        User was = Objects.requireNonNull(users.get(userName));
        return user(new User(was.userName(), was.name(), was.email(), was.id(), false, was.groups()));
    }

    public AwsSays deleted(String... userNames) {
        users.keySet().removeAll(List.of(userNames));
        return this;
    }

    public AwsSays tagged(String name) {
        tagged.add(new TaggedSet(new PermissionSetName(name), arn(name), "For " + name + ".", Duration.ofHours(4)));
        return this;
    }

    public AwsSays untagged(String name) {
        untagged.add(arn(name));
        return this;
    }

    /** As it was read at that moment. */
    public OrganizationSnapshot at(Instant readAt) {
        return new OrganizationSnapshot(
                readAt, List.copyOf(places.values()), List.copyOf(users.values()), new Assignable(tagged, untagged));
    }

    /** As it was read of a tenant without identity store and Identity Center. */
    public OrganizationSnapshot treeAt(Instant readAt) {
        return new OrganizationSnapshot(readAt, List.copyOf(places.values()), null, null);
    }

    static String arn(String name) {
        return "arn:aws:sso:::permissionSet/ssoins-1/ps-" + name;
    }

    private AwsSays place(String id, @Nullable String parent, Scope.Kind kind) {
        places.put(
                id,
                new Place(
                        new ScopeId(id),
                        parent == null ? null : new ScopeId(parent),
                        kind,
                        "Name of " + id,
                        true,
                        false));
        return this;
    }

    private AwsSays changed(String id, UnaryOperator<Place> change) {
        places.computeIfPresent(id, (key, was) -> change.apply(was));
        return this;
    }
}
