package io.drawbridge.organization;

import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationSnapshot.Place;
import io.drawbridge.organization.OrganizationSnapshot.TaggedSet;
import io.drawbridge.organization.OrganizationSnapshot.User;
import io.drawbridge.organization.PermissionSets.PermissionSet;
import io.drawbridge.organization.SyncReport.Change;
import io.drawbridge.organization.SyncReport.Hold;
import io.drawbridge.organization.SyncReport.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What has to change so that a tenant's organization is what the snapshot says; nothing is changed by it.
 *
 * <p>Names, parents, what is closed, people and their groups follow AWS. Environment, self-approval, assignments, controls
 * and roles are set here, and stay.
 */
final class SyncPlan {
    /** More than this many and more than this share of what there is are not taken away without being told to. */
    private static final int MOST = 5;

    private static final int SHARE = 10;

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_GROUP = 128;
    private static final int LONGEST_EMAIL = 320;
    private static final int LONGEST_DESCRIPTION = 700;

    private final TenantId tenant;
    private final OrganizationSnapshot snapshot;
    private final List<Change> changes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private final List<Scope> savedScopes = new ArrayList<>();
    private final List<Scope> removedScopes = new ArrayList<>();
    private final Set<ScopeId> closed = new LinkedHashSet<>();
    private final Set<ScopeId> askedAnew = new LinkedHashSet<>();
    private final List<Person> savedPeople = new ArrayList<>();
    private final List<PermissionSet> savedSets = new ArrayList<>();
    private final List<PermissionSetName> removedSets = new ArrayList<>();

    private SyncPlan(TenantId tenant, OrganizationSnapshot snapshot) {
        this.tenant = tenant;
        this.snapshot = snapshot;
    }

    /**
     * What is known here.
     *
     * @param approvers who is assigned where
     * @param people everybody of the tenant, those included who have left
     * @param elsewhere ids that people of other tenants have
     * @param ofIssuer people whose groups an issuer says, and AWS does not
     */
    record Known(
            List<Scope> scopes,
            Map<ScopeId, List<PersonId>> approvers,
            List<Person> people,
            Set<PersonId> elsewhere,
            Set<PersonId> ofIssuer,
            List<PermissionSet> permissionSets) {}

    static SyncPlan of(TenantId tenant, OrganizationSnapshot snapshot, Known known) {
        SyncPlan plan = new SyncPlan(tenant, snapshot);
        plan.scopes(known.scopes());
        if (snapshot.users() != null) {
            plan.people(snapshot.users(), known);
        }
        if (snapshot.permissionSets() != null) {
            plan.permissionSets(snapshot.permissionSets(), known.permissionSets());
        }
        return plan;
    }

    List<Change> changes() {
        return changes;
    }

    /** What AWS says and nobody follows, and why. */
    List<String> notes() {
        return notes;
    }

    /** Why it must not be applied unless somebody says so. */
    List<Hold> holds() {
        return holds;
    }

    /** Scopes to add or to replace, parents before children. */
    List<Scope> savedScopes() {
        return savedScopes;
    }

    /** Scopes to remove once the others are saved, children before parents. */
    List<Scope> removedScopes() {
        return removedScopes;
    }

    /** All accounts that are closed by then. */
    Set<ScopeId> closed() {
        return closed;
    }

    /** Scopes in which, or below which, other people may decide than before. */
    Set<ScopeId> askedAnew() {
        return askedAnew;
    }

    List<Person> savedPeople() {
        return savedPeople;
    }

    List<PermissionSet> savedSets() {
        return savedSets;
    }

    List<PermissionSetName> removedSets() {
        return removedSets;
    }

    private void scopes(List<Scope> known) {
        Map<ScopeId, Scope> before = new LinkedHashMap<>();
        known.forEach(scope -> before.put(scope.id(), scope));
        Set<ScopeId> present = new HashSet<>();
        for (Place place : snapshot.places()) {
            present.add(place.id());
            follow(before.get(place.id()), place);
        }
        List<Scope> vanished =
                known.stream().filter(scope -> !present.contains(scope.id())).toList();
        vanished.stream().filter(Scope::isAccount).forEach(this::close);
        removeOrKeep(vanished);
        int open = (int) known.stream().filter(SyncPlan::isOpenAccount).count();
        int closing = (int) changes.stream()
                .filter(change -> change.kind() == Kind.ACCOUNT_CLOSED)
                .count();
        hold("accounts", closing, open);
        boolean another = known.stream()
                .anyMatch(scope ->
                        scope.kind() == Scope.Kind.ORGANIZATION && !scope.closed() && !present.contains(scope.id()));
        if (another) {
            holds.add(new Hold("root", 1, 1));
        }
    }

    private void follow(@Nullable Scope before, Place place) {
        String name = shortened(place.name(), LONGEST_NAME);
        boolean closes = place.kind() == Scope.Kind.ACCOUNT && !place.open();
        if (closes) {
            closed.add(place.id());
        }
        Scope after = new Scope(
                place.id(),
                tenant,
                place.parent(),
                place.kind(),
                name,
                before == null ? "" : before.environment(),
                before == null ? null : before.selfApproval(),
                closes,
                place.management());
        if (after.equals(before)) {
            return;
        }
        savedScopes.add(after);
        String id = place.id().value();
        if (before == null) {
            change(Kind.SCOPE_ADDED, id, "", name);
            return;
        }
        if (!Objects.equals(before.parent(), after.parent())) {
            change(Kind.SCOPE_MOVED, id, text(before.parent()), text(after.parent()));
            askedAnew.add(place.id());
        }
        if (!before.name().equals(name)) {
            change(Kind.SCOPE_RENAMED, id, before.name(), name);
        }
        if (before.closed() != closes) {
            change(closes ? Kind.ACCOUNT_CLOSED : Kind.ACCOUNT_REOPENED, id, name, "");
        }
        if (before.management() != after.management()) {
            change(
                    Kind.MANAGEMENT_ACCOUNT,
                    id,
                    String.valueOf(before.management()),
                    String.valueOf(after.management()));
        }
    }

    /** An account that is no longer of the organization. */
    private void close(Scope account) {
        closed.add(account.id());
        if (!account.closed()) {
            savedScopes.add(closed(account));
            change(Kind.ACCOUNT_CLOSED, account.id().value(), account.name(), "");
        }
    }

    /** A unit goes once nothing lies below it; closed accounts stay where they were, and so do the units above them. */
    private void removeOrKeep(List<Scope> vanished) {
        Set<ScopeId> needed = new HashSet<>();
        vanished.stream().filter(Scope::isAccount).forEach(account -> need(account, needed));
        // Known scopes come parents before children; from the back, children are decided on first.
        for (int at = vanished.size() - 1; at >= 0; at--) {
            Scope unit = vanished.get(at);
            if (unit.isAccount()) {
                continue;
            }
            if (needed.contains(unit.id())) {
                need(unit, needed);
            } else {
                removedScopes.add(unit);
                change(Kind.UNIT_REMOVED, unit.id().value(), unit.name(), "");
            }
        }
        for (Scope unit : vanished) {
            if (!unit.isAccount() && needed.contains(unit.id()) && !unit.closed()) {
                savedScopes.add(closed(unit));
                change(Kind.UNIT_VANISHED, unit.id().value(), unit.name(), unit.name());
            }
        }
    }

    private static void need(Scope scope, Set<ScopeId> needed) {
        ScopeId parent = scope.parent();
        if (parent != null) {
            needed.add(parent);
        }
    }

    private void people(List<User> users, Known known) {
        Map<PersonId, Person> before = new LinkedHashMap<>();
        known.people().forEach(person -> before.put(person.id(), person));
        Map<PersonId, List<User>> named = new TreeMap<>();
        for (User user : users) {
            if (user.userName().isBlank() || user.userName().length() > LONGEST_NAME) {
                notes.add("The user with the id \"" + user.id() + "\" has no user name that can be kept.");
            } else {
                named.computeIfAbsent(new PersonId(user.userName()), id -> new ArrayList<>())
                        .add(user);
            }
        }
        for (Map.Entry<PersonId, List<User>> each : named.entrySet()) {
            String trouble = trouble(each.getKey(), each.getValue(), before.get(each.getKey()), known.elsewhere());
            if (trouble == null) {
                boolean ofIssuer = known.ofIssuer().contains(each.getKey());
                follow(before.get(each.getKey()), each.getKey(), each.getValue().get(0), ofIssuer);
            } else {
                notes.add("\"" + each.getKey() + "\" was left as it is: " + trouble);
            }
        }
        for (Person person : known.people()) {
            if (isOfTheStore(person) && !named.containsKey(person.id())) {
                leave(person);
            }
        }
        int present =
                (int) known.people().stream().filter(SyncPlan::isOfTheStore).count();
        int leaving = (int) changes.stream()
                .filter(change -> change.kind() == Kind.PERSON_LEFT)
                .count();
        hold("people", leaving, present);
        askAnewWhere(before, known);
    }

    private static @Nullable String trouble(
            PersonId id, List<User> users, @Nullable Person before, Set<PersonId> elsewhere) {
        if (users.size() > 1) {
            return users.size() + " users differ in case only.";
        }
        if (elsewhere.contains(id)) {
            return "somebody else on this installation has the name.";
        }
        if (before != null && !before.has(Role.REQUESTER)) {
            return "a service has the name.";
        }
        if (before != null && !before.active() && before.identityStoreId().isEmpty()) {
            return "he was set inactive here.";
        }
        return null;
    }

    /** @param ofIssuer whether an issuer says his groups, so that AWS's leave them as they are */
    private void follow(@Nullable Person before, PersonId id, User user, boolean ofIssuer) {
        if (before == null && !user.active()) {
            return;
        }
        if (before != null && !user.active()) {
            if (before.active()) {
                leave(before);
            }
            return;
        }
        Person after = new Person(
                id,
                tenant,
                name(user),
                email(before, id, user),
                before != null && ofIssuer ? before.groups() : groups(id, user),
                before == null ? Set.of(Role.REQUESTER) : before.roles(),
                true,
                user.id());
        if (after.equals(before)) {
            return;
        }
        savedPeople.add(after);
        if (before == null) {
            change(Kind.PERSON_ADDED, id.value(), "", after.name());
            return;
        }
        if (!before.active()) {
            change(Kind.PERSON_RETURNED, id.value(), "", after.name());
        }
        if (!before.identityStoreId().isEmpty() && !before.identityStoreId().equals(after.identityStoreId())) {
            change(Kind.PERSON_RECREATED, id.value(), before.identityStoreId(), after.identityStoreId());
        } else if (before.active()) {
            change(Kind.PERSON_CHANGED, id.value(), facts(before, after), facts(after, before));
        }
    }

    private void leave(Person person) {
        savedPeople.add(new Person(
                person.id(),
                tenant,
                person.name(),
                person.email(),
                person.groups(),
                person.roles(),
                false,
                person.identityStoreId()));
        change(Kind.PERSON_LEFT, person.id().value(), person.name(), "");
    }

    /** Who comes, goes, or is of other groups may decide something else than before, where he is assigned. */
    private void askAnewWhere(Map<PersonId, Person> before, Known known) {
        Set<PersonId> others = savedPeople.stream()
                .filter(after -> decidesOtherwise(before.get(after.id()), after))
                .map(Person::id)
                .collect(Collectors.toSet());
        known.approvers().forEach((scope, people) -> {
            if (people.stream().anyMatch(others::contains)) {
                askedAnew.add(scope);
            }
        });
        boolean administrators =
                savedPeople.stream().anyMatch(person -> others.contains(person.id()) && person.has(Role.ADMINISTRATOR));
        if (administrators) {
            known.scopes().stream().filter(scope -> scope.parent() == null).forEach(root -> askedAnew.add(root.id()));
        }
    }

    private static boolean decidesOtherwise(@Nullable Person before, Person after) {
        return before != null
                && (before.active() != after.active()
                        || !before.groups().equals(after.groups())
                        || !before.email().equals(after.email()));
    }

    private void permissionSets(OrganizationSnapshot.Assignable found, List<PermissionSet> known) {
        Map<PermissionSetName, PermissionSet> before =
                known.stream().collect(Collectors.toMap(PermissionSet::name, Function.identity()));
        Map<PermissionSetName, TaggedSet> tagged = new HashMap<>();
        for (TaggedSet set : found.tagged()) {
            tagged.put(set.name(), set);
            PermissionSet was = before.get(set.name());
            PermissionSet after = new PermissionSet(
                    set.name(),
                    set.arn(),
                    shortened(set.description(), LONGEST_DESCRIPTION),
                    set.sessionDuration(),
                    was != null && was.closesSessions());
            if (!after.equals(was)) {
                savedSets.add(after);
                change(
                        was == null ? Kind.PERMISSION_SET_ADDED : Kind.PERMISSION_SET_CHANGED,
                        set.name().name(),
                        was == null ? "" : text(was),
                        text(after));
            }
        }
        for (PermissionSet set : known) {
            if (!tagged.containsKey(set.name())) {
                removedSets.add(set.name());
                boolean untagged = found.untagged().contains(set.arn());
                change(
                        untagged ? Kind.PERMISSION_SET_UNTAGGED : Kind.PERMISSION_SET_REMOVED,
                        set.name().name(),
                        text(set),
                        "");
            }
        }
    }

    private void hold(String what, int would, int of) {
        if (would > MOST && would * SHARE > of) {
            holds.add(new Hold(what, would, of));
        }
    }

    private Set<String> groups(PersonId id, User user) {
        Set<String> kept = new TreeSet<>(user.groups());
        if (kept.removeIf(group -> group.isBlank() || group.length() > LONGEST_GROUP)) {
            notes.add("\"" + id + "\" is in groups whose names have more than " + LONGEST_GROUP
                    + " characters; no policy sees them.");
        }
        return kept;
    }

    private static String name(User user) {
        return shortened(user.name().isBlank() ? user.userName() : user.name(), LONGEST_NAME);
    }

    private static String email(@Nullable Person before, PersonId id, User user) {
        if (!user.email().isBlank() && user.email().length() <= LONGEST_EMAIL) {
            return user.email();
        }
        return before != null ? before.email() : id.value().contains("@") ? id.value() : "";
    }

    /** What of the first is not so in the second. */
    private static String facts(Person one, Person other) {
        List<String> facts = new ArrayList<>();
        if (!one.name().equals(other.name())) {
            facts.add("name " + one.name());
        }
        if (!one.email().equals(other.email())) {
            facts.add("email " + one.email());
        }
        if (!one.groups().equals(other.groups())) {
            facts.add("groups " + sorted(one.groups()));
        }
        if (!one.identityStoreId().equals(other.identityStoreId())) {
            facts.add("identity store id " + one.identityStoreId());
        }
        return String.join(", ", facts);
    }

    private static String sorted(Collection<String> words) {
        return String.join(" ", new TreeSet<>(words));
    }

    private static boolean isOpenAccount(Scope scope) {
        return scope.isAccount() && !scope.closed();
    }

    /** Whether somebody is here because of the identity store, and has not left. */
    private static boolean isOfTheStore(Person person) {
        return person.active() && !person.identityStoreId().isEmpty() && person.has(Role.REQUESTER);
    }

    private static Scope closed(Scope scope) {
        return new Scope(
                scope.id(),
                scope.tenant(),
                scope.parent(),
                scope.kind(),
                scope.name(),
                scope.environment(),
                scope.selfApproval(),
                true,
                scope.management());
    }

    private static String text(@Nullable ScopeId scope) {
        return scope == null ? "" : scope.value();
    }

    private static String text(PermissionSet set) {
        return set.arn() + ", sessions of " + set.sessionDuration() + ", " + set.description();
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    private void change(Kind kind, String subject, String before, String after) {
        changes.add(new Change(kind, subject, before, after));
    }
}
