package io.drawbridge.web.api;

import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts together what the API shows of a tenant's organisation. */
@Component
class ScopeTree {
    private final Scopes scopes;
    private final Assignments assignments;
    private final Controls controls;

    ScopeTree(Scopes scopes, Assignments assignments, Controls controls) {
        this.scopes = scopes;
        this.assignments = assignments;
        this.controls = controls;
    }

    /**
     * A scope with all that is below it.
     *
     * @param selfApproval what is set here; null inherits
     * @param bound false for the management account: a control of the way {@code scp-exemption} has no effect there
     * @param closed whether it is closed in AWS, or gone from there
     * @param controls what is set here
     * @param effective what holds here
     */
    record ScopeRepresentation(
            String id,
            String name,
            String kind,
            @Nullable String parent,
            String environment,
            List<String> approvers,
            @Nullable Boolean selfApproval,
            boolean bound,
            boolean closed,
            List<ControlRepresentation> controls,
            Effective effective,
            List<ScopeRepresentation> children) {}

    /**
     * What is set for a service, and where.
     *
     * @param way how it is opened, {@code scp-exemption} or {@code account-assignment}
     * @param permissionSet what is assigned to open it; null with the first way
     */
    record ControlRepresentation(
            String service,
            String control,
            List<String> exempt,
            String way,
            @Nullable String permissionSet,
            String scope) {
        static ControlRepresentation of(Controls.ScopeControl control) {
            PermissionSetName permissionSet = control.permissionSet();
            return new ControlRepresentation(
                    control.service(),
                    control.control().name().toLowerCase(Locale.ROOT),
                    control.exempt(),
                    control.way().word(),
                    permissionSet == null ? null : permissionSet.name(),
                    control.scope().value());
        }
    }

    /** What holds at a scope, wherever it was set. */
    record Effective(boolean selfApproval, List<ControlRepresentation> controls) {}

    /** The roots of the tenant's organisation. */
    List<ScopeRepresentation> of(TenantId tenant) {
        return new Snapshot(tenant).roots();
    }

    /** One scope with all that is below it. */
    ScopeRepresentation of(TenantId tenant, ScopeId scope) {
        return new Snapshot(tenant).find(scope);
    }

    /** All of the tenant's tree, read once. */
    private final class Snapshot {
        private final Map<ScopeId, List<PersonId>> approvers;
        private final Map<ScopeId, List<Controls.ScopeControl>> set = new LinkedHashMap<>();
        private final Map<ScopeId, ScopeRepresentation> represented = new LinkedHashMap<>();
        private final List<ScopeRepresentation> roots = new ArrayList<>();

        Snapshot(TenantId tenant) {
            List<Scope> all = new ArrayList<>(scopes.of(tenant));
            approvers =
                    assignments.approversAt(tenant, all.stream().map(Scope::id).toList());
            for (Controls.ScopeControl control : controls.of(tenant)) {
                set.computeIfAbsent(control.scope(), scope -> new ArrayList<>()).add(control);
            }
            Map<ScopeId, Effective> effective = new LinkedHashMap<>();
            all.forEach(scope -> effective.put(scope.id(), effective(scope, effective)));
            Map<ScopeId, List<ScopeRepresentation>> children = new LinkedHashMap<>();
            // Parents come before children; from the back, a scope's children are complete when its turn comes.
            Collections.reverse(all);
            for (Scope scope : all) {
                List<ScopeRepresentation> below = new ArrayList<>(children.getOrDefault(scope.id(), List.of()));
                Collections.reverse(below);
                ScopeRepresentation shown =
                        represent(scope, effective.getOrDefault(scope.id(), new Effective(false, List.of())), below);
                represented.put(scope.id(), shown);
                ScopeId parent = scope.parent();
                if (parent == null) {
                    roots.add(0, shown);
                } else {
                    children.computeIfAbsent(parent, above -> new ArrayList<>()).add(shown);
                }
            }
        }

        List<ScopeRepresentation> roots() {
            return roots;
        }

        ScopeRepresentation find(ScopeId scope) {
            ScopeRepresentation found = represented.get(scope);
            if (found == null) {
                throw new NotFoundException("scope", scope.value());
            }
            return found;
        }

        private Effective effective(Scope scope, Map<ScopeId, Effective> above) {
            ScopeId parent = scope.parent();
            Effective inherited = parent == null ? null : above.getOrDefault(parent, new Effective(false, List.of()));
            Map<String, ControlRepresentation> byService = new TreeMap<>();
            if (inherited != null) {
                inherited.controls().forEach(control -> byService.put(control.service(), control));
            }
            set.getOrDefault(scope.id(), List.of())
                    .forEach(control -> byService.put(control.service(), ControlRepresentation.of(control)));
            Boolean said = scope.selfApproval();
            return new Effective(
                    said != null ? said : inherited != null && inherited.selfApproval(),
                    List.copyOf(byService.values()));
        }

        private ScopeRepresentation represent(Scope scope, Effective effective, List<ScopeRepresentation> below) {
            ScopeId parent = scope.parent();
            return new ScopeRepresentation(
                    scope.id().value(),
                    scope.name(),
                    scope.kind().name(),
                    parent == null ? null : parent.value(),
                    scope.environment(),
                    approvers.getOrDefault(scope.id(), List.of()).stream()
                            .map(PersonId::value)
                            .toList(),
                    scope.selfApproval(),
                    !scope.management(),
                    scope.closed(),
                    set.getOrDefault(scope.id(), List.of()).stream()
                            .map(ControlRepresentation::of)
                            .toList(),
                    effective,
                    below);
        }
    }
}
