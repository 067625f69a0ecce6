package io.drawbridge.web.pages;

import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts the organisation tree, and what is set in it, into words. */
@Component
class OrganizationViews {
    /** A tree of so many scopes is shown open; of a larger one only the root is. */
    private static final int FEW = 40;

    private static final int MOST_FOUND = 100;

    private final Scopes scopes;
    private final Assignments assignments;
    private final Controls controls;
    private final PermissionCatalogue catalogue;
    private final People people;

    OrganizationViews(
            Scopes scopes, Assignments assignments, Controls controls, PermissionCatalogue catalogue, People people) {
        this.scopes = scopes;
        this.assignments = assignments;
        this.controls = controls;
        this.catalogue = catalogue;
        this.people = people;
    }

    /**
     * A scope in the tree.
     *
     * @param approvers in words; null if nobody is assigned here
     * @param controls what is set here, in words; null if nothing is
     * @param selfApproval what is set here, in words; null inherits
     * @param accounts how many accounts lie below
     * @param units what lies below and is no account
     * @param open whether it is shown with what lies below
     */
    record Node(
            String id,
            String name,
            String kind,
            String environment,
            boolean closed,
            boolean management,
            @Nullable String approvers,
            @Nullable String controls,
            @Nullable String selfApproval,
            int accounts,
            List<Node> units,
            List<Node> leaves,
            boolean open) {}

    /** A scope that was searched for, with all that stands above it. */
    record Found(Node node, String path) {}

    /** What was found, and whether that is all. */
    record Findings(List<Found> scopes, boolean more) {}

    /** One scope named by another page. */
    record Step(String id, String name) {}

    /** Approvers of one scope of the path, the nearest first. */
    record Rung(Step scope, String people, boolean here) {}

    /**
     * What holds for a service.
     *
     * @param from where it was set
     * @param here whether that is this scope
     * @param opened what opens it for somebody, in words
     * @param permissionSet what is assigned to open it; null with the other way
     */
    record ControlLine(
            String service,
            String title,
            String control,
            Step from,
            boolean here,
            List<String> exempt,
            String opened,
            @Nullable String permissionSet) {}

    /**
     * One scope in focus.
     *
     * @param path from the root down to the scope above it
     * @param selfApprovalFrom where that was set; null if nowhere, which is off
     * @param approversBelow scopes below with approvers of their own, as they would be overridden
     */
    record Focus(
            Node node,
            List<Step> path,
            List<Rung> rungs,
            boolean selfApproval,
            @Nullable Step selfApprovalFrom,
            List<ControlLine> controls,
            List<Step> approversBelow) {}

    /** Somebody who can be chosen as an approver. */
    record Candidate(String id, String name, boolean chosen) {}

    /** The roots of the tree. */
    List<Node> tree(TenantId tenant) {
        Snapshot snapshot = new Snapshot(tenant);
        return snapshot.roots(snapshot.all.size() <= FEW);
    }

    /** Scopes whose name, id or approvers hold the text, in the order of the tree; at most a hundred. */
    Findings search(TenantId tenant, String text) {
        Snapshot snapshot = new Snapshot(tenant);
        String wanted = text.toLowerCase(Locale.ROOT);
        List<Found> found = new ArrayList<>();
        boolean more = false;
        for (Scope scope : snapshot.all) {
            Node node = snapshot.node(scope, List.of(), List.of(), 0, false);
            String words = (node.id() + " " + node.name() + " " + node.approvers()).toLowerCase(Locale.ROOT);
            if (words.contains(wanted)) {
                more = found.size() == MOST_FOUND;
                if (more) {
                    break;
                }
                found.add(new Found(node, snapshot.path(scope)));
            }
        }
        return new Findings(found, more);
    }

    /**
     * One scope.
     *
     * @throws NotFoundException if the tenant has none of that id
     */
    Focus focus(TenantId tenant, ScopeId id) {
        ScopePath path = scopes.path(tenant, id).orElseThrow(() -> new NotFoundException("scope", id.value()));
        Map<PersonId, Person> everybody = everybody(tenant);
        Map<ScopeId, List<PersonId>> assigned = assignments.approversAt(tenant, path.ids());
        List<Rung> rungs = new ArrayList<>();
        Step selfApprovalFrom = null;
        for (Scope scope : path.fromAccount()) {
            List<PersonId> approvers = assigned.getOrDefault(scope.id(), List.of());
            rungs.add(new Rung(
                    step(scope), names(approvers, everybody), scope.id().equals(id)));
            if (selfApprovalFrom == null && scope.selfApproval() != null) {
                selfApprovalFrom = step(scope);
            }
        }
        List<Step> above = new ArrayList<>(
                path.fromAccount().stream().skip(1).map(OrganizationViews::step).toList());
        Collections.reverse(above);
        List<Controls.ScopeControl> set = controls.of(tenant);
        return new Focus(
                node(path.account(), assigned, everybody, set, List.of(), List.of(), 0, true),
                above,
                rungs,
                path.selfApproval(),
                selfApprovalFrom,
                effective(path, set),
                below(tenant, id));
    }

    /** Approvers of the scope as they stand, or as they were chosen in a form that came back. */
    List<Candidate> candidates(TenantId tenant, ScopeId id, @Nullable List<String> chosen) {
        Map<PersonId, Person> everybody = everybody(tenant);
        List<PersonId> assigned = assignments.approversAt(tenant, List.of(id)).getOrDefault(id, List.of());
        return assigned.stream()
                .map(person -> new Candidate(
                        person.value(), name(person, everybody), chosen == null || chosen.contains(person.value())))
                .toList();
    }

    /** Who can be suggested as an approver. */
    List<Candidate> everybodyToChoose(TenantId tenant) {
        return Suggestions.of(people.of(tenant).stream()
                .filter(person -> person.has(io.drawbridge.identity.Role.REQUESTER))
                .map(person -> new Candidate(person.id().value(), person.name(), false))
                .toList());
    }

    /** What holds at the scope for a service, wherever it was set; {@code NONE} if nothing is. */
    Controls.ScopeControl holdingAt(TenantId tenant, ScopeId scope, String service) {
        return scopes.path(tenant, scope)
                .map(path -> controls.effective(tenant, path, service))
                .orElseThrow(() -> new NotFoundException("scope", scope.value()));
    }

    private List<ControlLine> effective(ScopePath path, List<Controls.ScopeControl> set) {
        Map<ScopeId, Scope> steps =
                path.fromAccount().stream().collect(Collectors.toMap(Scope::id, Function.identity()));
        Map<String, Controls.ScopeControl> nearest = new TreeMap<>();
        for (ScopeId at : path.ids()) {
            set.stream()
                    .filter(control -> control.scope().equals(at))
                    .forEach(control -> nearest.putIfAbsent(control.service(), control));
        }
        return nearest.values().stream()
                .map(control -> line(control, steps, path))
                .toList();
    }

    private ControlLine line(Controls.ScopeControl control, Map<ScopeId, Scope> steps, ScopePath path) {
        PermissionSetName permissionSet = control.permissionSet();
        Scope from = steps.getOrDefault(control.scope(), path.account());
        return new ControlLine(
                control.service(),
                catalogue
                        .service(control.service())
                        .map(PermissionCatalogue.CataloguedService::title)
                        .orElse(control.service()),
                word(control.control()),
                step(from),
                from.id().equals(path.account().id()),
                control.exempt(),
                opened(control),
                permissionSet == null ? null : permissionSet.name());
    }

    private List<Step> below(TenantId tenant, ScopeId id) {
        Set<ScopeId> subtree = scopes.subtree(tenant, id);
        Map<ScopeId, List<PersonId>> assigned = assignments.approversAt(tenant, subtree);
        return scopes.of(tenant).stream()
                .filter(scope -> !scope.id().equals(id) && subtree.contains(scope.id()))
                .filter(scope -> !assigned.getOrDefault(scope.id(), List.of()).isEmpty())
                .map(OrganizationViews::step)
                .toList();
    }

    static String word(Control control) {
        return control.name().toLowerCase(Locale.ROOT);
    }

    private static String opened(Controls.ScopeControl control) {
        return switch (control.control()) {
            case NONE -> "nothing is closed";
            case DISABLED -> "nothing, and nobody can ask";
            case PROTECTED ->
                control.way() == Way.SCP_EXEMPTION
                        ? "an exemption from the service control policy"
                        : "an assignment of the permission set";
        };
    }

    private Map<PersonId, Person> everybody(TenantId tenant) {
        return people.of(tenant).stream().collect(Collectors.toMap(Person::id, Function.identity()));
    }

    private static String names(List<PersonId> persons, Map<PersonId, Person> everybody) {
        return persons.isEmpty()
                ? "nobody"
                : persons.stream()
                        .map(person -> name(person, everybody) + " (" + person + ")")
                        .collect(Collectors.joining(", "));
    }

    private static String name(PersonId id, Map<PersonId, Person> everybody) {
        Person person = everybody.get(id);
        return person == null ? "somebody who has left" : person.name();
    }

    private static Step step(Scope scope) {
        return new Step(scope.id().value(), scope.name());
    }

    private static Node node(
            Scope scope,
            Map<ScopeId, List<PersonId>> assigned,
            Map<PersonId, Person> everybody,
            List<Controls.ScopeControl> set,
            List<Node> units,
            List<Node> leaves,
            int accounts,
            boolean open) {
        List<PersonId> approvers = assigned.getOrDefault(scope.id(), List.of());
        String here = set.stream()
                .filter(control -> control.scope().equals(scope.id()))
                .collect(Collectors.groupingBy(
                        control -> word(control.control()),
                        TreeMap::new,
                        Collectors.mapping(Controls.ScopeControl::service, Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining("; "));
        Boolean self = scope.selfApproval();
        return new Node(
                scope.id().value(),
                scope.name(),
                switch (scope.kind()) {
                    case ORGANIZATION -> "organization";
                    case ORGANIZATIONAL_UNIT -> "organizational unit";
                    case ACCOUNT -> "account";
                },
                scope.environment(),
                scope.closed(),
                scope.management(),
                approvers.isEmpty() ? null : names(approvers, everybody),
                here.isEmpty() ? null : here,
                self == null ? null : self ? "on" : "off",
                accounts,
                units,
                leaves,
                open);
    }

    /** All of a tenant's tree, read once. */
    private final class Snapshot {
        private final List<Scope> all;
        private final Map<ScopeId, List<PersonId>> assigned;
        private final Map<PersonId, Person> everybody;
        private final Map<ScopeId, List<Controls.ScopeControl>> set;
        private final Map<ScopeId, Scope> byId;

        Snapshot(TenantId tenant) {
            all = scopes.of(tenant);
            assigned =
                    assignments.approversAt(tenant, all.stream().map(Scope::id).toList());
            everybody = everybody(tenant);
            set = controls.of(tenant).stream().collect(Collectors.groupingBy(Controls.ScopeControl::scope));
            byId = all.stream().collect(Collectors.toMap(Scope::id, Function.identity()));
        }

        List<Node> roots(boolean open) {
            Map<ScopeId, List<Node>> units = new HashMap<>();
            Map<ScopeId, List<Node>> leaves = new HashMap<>();
            List<Node> roots = new ArrayList<>();
            // Parents come before children; from the back, what lies below a scope is complete when its turn comes.
            List<Scope> backwards = new ArrayList<>(all);
            Collections.reverse(backwards);
            for (Scope scope : backwards) {
                List<Node> unitsBelow = units.getOrDefault(scope.id(), List.of());
                List<Node> leavesBelow = leaves.getOrDefault(scope.id(), List.of());
                int accounts = leavesBelow.size()
                        + unitsBelow.stream().mapToInt(Node::accounts).sum();
                ScopeId parent = scope.parent();
                Node node = node(scope, unitsBelow, leavesBelow, accounts, open || parent == null);
                List<Node> siblings = parent == null
                        ? roots
                        : (scope.isAccount() ? leaves : units).computeIfAbsent(parent, above -> new ArrayList<>());
                siblings.add(0, node);
            }
            return roots;
        }

        Node node(Scope scope, List<Node> units, List<Node> leaves, int accounts, boolean open) {
            return OrganizationViews.node(
                    scope, assigned, everybody, set.getOrDefault(scope.id(), List.of()), units, leaves, accounts, open);
        }

        String path(Scope scope) {
            List<String> names = new ArrayList<>();
            for (Scope at = scope; at != null; at = at.parent() == null ? null : byId.get(at.parent())) {
                names.add(0, at.name());
            }
            return String.join(" / ", names);
        }
    }
}
