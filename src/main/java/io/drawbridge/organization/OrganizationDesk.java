package io.drawbridge.organization;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What an administrator changes in the organisation; each change is audited with what was and what is. */
@Service
public class OrganizationDesk {
    private static final int LONGEST_ENTRY = 2048;
    private static final int MOST_ENTRIES = 500;

    private final Scopes scopes;
    private final Assignments assignments;
    private final Controls controls;
    private final Owners owners;
    private final Settings settings;
    private final People people;
    private final PermissionCatalogue catalogue;
    private final PermissionSets permissionSets;
    private final AuditTrail trail;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    OrganizationDesk(
            Scopes scopes,
            Assignments assignments,
            Controls controls,
            Owners owners,
            Settings settings,
            People people,
            PermissionCatalogue catalogue,
            PermissionSets permissionSets,
            AuditTrail trail,
            ApplicationEventPublisher events,
            Clock clock) {
        this.scopes = scopes;
        this.assignments = assignments;
        this.controls = controls;
        this.owners = owners;
        this.settings = settings;
        this.people = people;
        this.catalogue = catalogue;
        this.permissionSets = permissionSets;
        this.trail = trail;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Replaces the approvers of one scope; who is not named loses what waits for him there, in the same transaction.
     *
     * @param overrideBelow also removes the assignments of all scopes below; a later one below counts again
     * @param selfApproval whether requesters may decide their own requests here and below; null leaves it as it is
     * @throws NotFoundException if the tenant has no such scope
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if somebody named is not a living person of the tenant
     */
    @Transactional
    public void assignApprovers(
            Caller caller,
            ScopeId scope,
            List<PersonId> approvers,
            boolean overrideBelow,
            @Nullable Boolean selfApproval) {
        Scope changed =
                scopes.find(caller.tenant(), scope).orElseThrow(() -> new NotFoundException("scope", scope.value()));
        demandAdministrator(caller, "change approvers");
        List<PersonId> named = new ArrayList<>(new LinkedHashSet<>(approvers));
        for (PersonId person : named) {
            if (people.find(caller.tenant(), person)
                    .filter(known -> known.has(Role.REQUESTER))
                    .isEmpty()) {
                throw new InvalidInputException(
                        "approvers",
                        "\"" + person + "\" is not a person of this organisation; name people by user name.");
            }
        }
        List<PersonId> before =
                assignments.approversAt(caller.tenant(), List.of(scope)).getOrDefault(scope, List.of());
        assignments.assign(caller.tenant(), scope, named, clock.instant());
        if (selfApproval != null) {
            scopes.setSelfApproval(caller.tenant(), scope, selfApproval);
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("before", before.stream().map(PersonId::value).toList());
        details.put("after", named.stream().map(PersonId::value).toList());
        if (selfApproval != null) {
            details.put("selfApprovalBefore", String.valueOf(changed.selfApproval()));
            details.put("selfApproval", selfApproval);
        }
        Set<ScopeId> touched = new HashSet<>(Set.of(scope));
        if (overrideBelow) {
            Set<ScopeId> below = new HashSet<>(scopes.subtree(caller.tenant(), scope));
            below.remove(scope);
            Map<ScopeId, List<PersonId>> removed = assignments.approversAt(caller.tenant(), below);
            assignments.clear(caller.tenant(), below);
            Map<String, Object> removedBelow = new LinkedHashMap<>();
            removed.forEach((at, gone) -> removedBelow.put(
                    at.value(), gone.stream().map(PersonId::value).toList()));
            details.put("removedBelow", removedBelow);
            touched.addAll(below);
        }
        trail.record(caller.tenant(), caller.id().value(), "scope.approvers_assigned", scope.value(), details);
        events.publishEvent(new ApproversAssigned(caller.tenant(), touched));
    }

    /**
     * Sets what is closed for a service at a scope.
     *
     * @throws NotFoundException if the tenant has no such scope
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if the catalogue does not know the service, an exemption cannot be read, or the scope is
     *     the management account and the way is one that does not work there
     */
    @Transactional
    public void setControl(Caller caller, Controls.ScopeControl control) {
        Scope scope = scopes.find(caller.tenant(), control.scope())
                .orElseThrow(
                        () -> new NotFoundException("scope", control.scope().value()));
        demandAdministrator(caller, "change controls");
        if (scope.management() && control.way() == Way.SCP_EXEMPTION && control.control() != Control.NONE) {
            throw new InvalidInputException(
                    "way",
                    "scp-exemption has no effect here: " + scope.id()
                            + " is the management account, which no service control policy binds. Take"
                            + " account-assignment, or move the workload to another account.");
        }
        if (catalogue.service(control.service()).isEmpty()) {
            throw new InvalidInputException(
                    "service",
                    "\"" + control.service() + "\" is not in the catalogue; see GET /v1/scopes for the services.");
        }
        demandEntries("exempt", control.exempt());
        PermissionSetName permissionSet = control.permissionSet();
        if (permissionSet != null
                && permissionSets.find(caller.tenant(), permissionSet).isEmpty()) {
            throw new InvalidInputException(
                    "permissionSet",
                    "\"" + permissionSet.name()
                            + "\" is not a permission set that Drawbridge may assign; tag it in IAM Identity Center.");
        }
        List<Controls.ScopeControl> before = controls.at(caller.tenant(), control.scope()).stream()
                .filter(each -> each.service().equals(control.service()))
                .toList();
        controls.set(caller.tenant(), control);
        events.publishEvent(new ControlSet(caller.tenant(), control.scope()));
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "scope.control_set",
                control.scope().value(),
                Map.of(
                        "service", control.service(),
                        "before",
                                before.isEmpty()
                                        ? "inherited"
                                        : before.get(0).control().name(),
                        "after", control.control().name(),
                        "exempt", control.exempt(),
                        "way", control.way().word(),
                        "permissionSet", permissionSet == null ? "" : permissionSet.name()));
    }

    /**
     * Says whether sessions that began under a grant of a permission set are closed when the grant ends.
     *
     * @throws NotFoundException if Drawbridge may assign no permission set of that name
     * @throws ForbiddenException if the caller is no administrator
     */
    @Transactional
    public void closeSessions(Caller caller, PermissionSetName name, boolean closesSessions) {
        PermissionSets.PermissionSet before = permissionSets
                .find(caller.tenant(), name)
                .orElseThrow(() -> new NotFoundException("permission set", name.name()));
        demandAdministrator(caller, "change permission sets");
        permissionSets.save(
                caller.tenant(),
                new PermissionSets.PermissionSet(
                        name, before.arn(), before.description(), before.sessionDuration(), closesSessions));
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "permission_set.changed",
                name.name(),
                Map.of("closesSessionsBefore", before.closesSessions(), "closesSessions", closesSessions));
    }

    /**
     * Replaces the owners of IAM users and roles.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if an owner is not a living person of the tenant, or a pattern is no ARN
     */
    @Transactional
    public void replaceOwners(Caller caller, List<Owners.Owner> replacement) {
        demandAdministrator(caller, "change owners");
        demandEntries("pattern", replacement.stream().map(Owners.Owner::pattern).toList());
        for (Owners.Owner owner : replacement) {
            if (!owner.pattern().startsWith("arn:")) {
                throw new InvalidInputException(
                        "pattern",
                        "\"" + owner.pattern()
                                + "\" is no ARN; expected arn:aws:iam::111122223333:role/name, with * for any characters.");
            }
            if (people.find(caller.tenant(), owner.owner())
                    .filter(known -> known.has(Role.REQUESTER))
                    .isEmpty()) {
                throw new InvalidInputException(
                        "owner",
                        "\"" + owner.owner() + "\" is not a person of this organisation; name people by user name.");
            }
        }
        List<Owners.Owner> before = owners.of(caller.tenant());
        owners.replace(caller.tenant(), replacement);
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "owners.replaced",
                caller.tenant().value(),
                Map.of("before", inWords(before), "after", inWords(replacement)));
    }

    /**
     * Replaces the tenant's settings.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if a value is out of its bounds
     */
    @Transactional
    public void changeSettings(Caller caller, TenantSettings changed) {
        demandAdministrator(caller, "change settings");
        Map<String, String> wrong = new LinkedHashMap<>();
        if (changed.minDuration().toSeconds() < 1 || changed.minDuration().toDays() > 1) {
            wrong.put("minDuration", "must be between PT1S and PT24H.");
        }
        java.time.Duration longest = changed.maxDuration();
        if (longest != null && longest.compareTo(changed.minDuration()) < 0) {
            wrong.put("maxDuration", "must not be below minDuration.");
        }
        java.time.Duration preset = changed.presetDuration();
        if (preset != null && preset.compareTo(changed.minDuration()) < 0) {
            wrong.put("presetDuration", "must not be below minDuration.");
        }
        if (changed.coolDown().isNegative() || changed.coolDown().toDays() > 7) {
            wrong.put("coolDown", "must be between PT0S and P7D.");
        }
        if (changed.propagation().isNegative() || changed.propagation().toHours() > 1) {
            wrong.put("propagation", "must be between PT0S and PT1H.");
        }
        if (changed.maxRequestsPerIdentityAndHour() < 1 || changed.maxRequestsPerIdentityAndHour() > 1000) {
            wrong.put("maxRequestsPerIdentityAndHour", "must be between 1 and 1000.");
        }
        if (changed.removalGuardPercent() < 0 || changed.removalGuardPercent() > 100) {
            wrong.put("removalGuardPercent", "must be between 0 and 100.");
        }
        if (changed.removalGuardCount() < 0 || changed.removalGuardCount() > 1000) {
            wrong.put("removalGuardCount", "must be between 0 and 1000.");
        }
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        TenantSettings before = settings.of(caller.tenant());
        settings.replace(caller.tenant(), changed);
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "settings.changed",
                caller.tenant().value(),
                differences(before, changed));
    }

    /** Each setting that changed, by the name that the API has for it. */
    private static Map<String, Object> differences(TenantSettings before, TenantSettings after) {
        Map<String, String> was = facts(before);
        Map<String, Object> changed = new LinkedHashMap<>();
        facts(after).forEach((name, value) -> {
            if (!value.equals(was.get(name))) {
                changed.put(name, Map.of("before", String.valueOf(was.get(name)), "after", value));
            }
        });
        return changed;
    }

    private static Map<String, String> facts(TenantSettings settings) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("requestUserJustification", String.valueOf(settings.requestUserJustification()));
        facts.put("minDuration", settings.minDuration().toString());
        facts.put("maxDuration", orForever(settings.maxDuration()));
        facts.put("presetDuration", orForever(settings.presetDuration()));
        facts.put("coolDown", settings.coolDown().toString());
        facts.put("propagation", settings.propagation().toString());
        facts.put("maxRequestsPerIdentityAndHour", String.valueOf(settings.maxRequestsPerIdentityAndHour()));
        facts.put("timeZone", settings.timeZone().toString());
        facts.put("removalGuardPercent", String.valueOf(settings.removalGuardPercent()));
        facts.put("removalGuardCount", String.valueOf(settings.removalGuardCount()));
        return facts;
    }

    private static String orForever(@Nullable Duration duration) {
        return duration == null ? "forever" : duration.toString();
    }

    private static List<String> inWords(List<Owners.Owner> entries) {
        return entries.stream()
                .map(each -> each.pattern() + " = " + each.owner())
                .toList();
    }

    private static void demandEntries(String field, List<String> entries) {
        if (entries.size() > MOST_ENTRIES) {
            throw new InvalidInputException(
                    field, "has " + entries.size() + " entries; at most " + MOST_ENTRIES + " are kept.");
        }
        for (String entry : entries) {
            if (entry.isBlank() || entry.length() > LONGEST_ENTRY) {
                throw new InvalidInputException(field, "an entry must have 1 to " + LONGEST_ENTRY + " characters.");
            }
        }
    }

    private static void demandAdministrator(Caller caller, String deed) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may " + deed + ".");
        }
    }
}
