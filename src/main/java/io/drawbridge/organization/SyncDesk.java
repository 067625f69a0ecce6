package io.drawbridge.organization;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.SyncReport.Change;
import io.drawbridge.organization.SyncReport.Hold;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps a tenant's organization, people and permission sets as AWS has them. */
@Service
public class SyncDesk {
    /** Changes that stand in one audit record one by one; of more there is the number of each kind only. */
    private static final int MOST_RECORDED = 100;

    private static final int LONGEST_RECORDED = 300;

    private final OrganizationSource source;
    private final Synchronizations synchronizations;
    private final Scopes scopes;
    private final Assignments assignments;
    private final Controls controls;
    private final PermissionSets permissionSets;
    private final Roster roster;
    private final AuditTrail trail;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final TransactionTemplate together;

    SyncDesk(
            OrganizationSource source,
            Synchronizations synchronizations,
            Scopes scopes,
            Assignments assignments,
            Controls controls,
            PermissionSets permissionSets,
            Roster roster,
            AuditTrail trail,
            ApplicationEventPublisher events,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.source = source;
        this.synchronizations = synchronizations;
        this.scopes = scopes;
        this.assignments = assignments;
        this.controls = controls;
        this.permissionSets = permissionSets;
        this.roster = roster;
        this.trail = trail;
        this.events = events;
        this.clock = clock;
        this.together = new TransactionTemplate(transactions);
    }

    /**
     * Synchronizes now. Reads first and holds no transaction while it does.
     *
     * @param force applies what would be held back, too
     * @throws ForbiddenException if the caller is no administrator
     * @throws NotConnectedException if the tenant is not connected to AWS
     * @throws OrganizationUnreadableException if AWS could not be read as a whole; nothing has changed
     */
    public SyncReport sync(Caller caller, boolean force) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may synchronize the organisation.");
        }
        return readAndApply(caller.tenant(), caller.id().value(), force);
    }

    /** The same by Drawbridge itself, which never applies what is to be held back. */
    public SyncReport sync(TenantId tenant) {
        return readAndApply(tenant, AuditTrail.DRAWBRIDGE, false);
    }

    /** Keeps since when it has not succeeded; a tenant that is not connected cannot fall behind. */
    private SyncReport readAndApply(TenantId tenant, String actor, boolean force) {
        try {
            return apply(tenant, source.read(tenant), actor, force);
        } catch (NotConnectedException unconnected) {
            throw unconnected;
        } catch (RuntimeException failure) {
            try {
                together.executeWithoutResult(transaction -> synchronizations.save(
                        tenant, synchronizations.lock(tenant).behindFrom(clock.instant())));
            } catch (RuntimeException unwritable) {
                failure.addSuppressed(unwritable);
            }
            throw failure;
        }
    }

    /**
     * Makes the organization what the snapshot says, all of it in one transaction or nothing.
     *
     * <p>A snapshot older than the one applied last changes nothing.
     *
     * @param actor who is said to have done it
     * @param force applies what would be held back, too
     */
    public SyncReport apply(TenantId tenant, OrganizationSnapshot snapshot, String actor, boolean force) {
        SyncReport report = together.execute(transaction -> applyTogether(tenant, snapshot, actor, force));
        if (report == null) {
            throw new IllegalStateException("Nothing is known of the synchronization of \"" + tenant + "\".");
        }
        return report;
    }

    private SyncReport applyTogether(TenantId tenant, OrganizationSnapshot snapshot, String actor, boolean force) {
        Synchronizations.Last last = synchronizations.lock(tenant);
        if (snapshot.readAt().isBefore(last.readAt())) {
            return new SyncReport(
                    false,
                    List.of(),
                    List.of(),
                    List.of("A reading that began at " + last.readAt() + " was applied already; this one began at "
                            + snapshot.readAt() + "."));
        }
        List<Scope> known = scopes.of(tenant);
        Map<ScopeId, List<PersonId>> approvers =
                assignments.approversAt(tenant, known.stream().map(Scope::id).toList());
        SyncPlan plan = SyncPlan.of(
                tenant,
                snapshot,
                new SyncPlan.Known(
                        known,
                        approvers,
                        roster.everybody(tenant),
                        roster.elsewhere(tenant),
                        roster.withGroupsOfAnIssuer(tenant),
                        permissionSets.of(tenant)));
        if (!plan.holds().isEmpty() && !force) {
            return holdBack(tenant, plan, actor, last);
        }
        Map<String, Object> removed = removed(tenant, plan, approvers);
        plan.savedScopes().forEach(scopes::save);
        plan.removedScopes().forEach(scope -> scopes.remove(tenant, scope.id()));
        plan.savedPeople().forEach(roster::save);
        plan.removedSets().forEach(set -> permissionSets.remove(tenant, set));
        plan.savedSets().forEach(set -> permissionSets.save(tenant, set));
        synchronizations.save(tenant, new Synchronizations.Last(snapshot.readAt(), "", null));
        if (!plan.changes().isEmpty()) {
            Map<String, Object> details = details(plan);
            details.put("forced", force && !plan.holds().isEmpty());
            details.putAll(removed);
            trail.record(tenant, actor, "organization.synced", tenant.value(), details);
        }
        if (!plan.askedAnew().isEmpty()) {
            events.publishEvent(new ApproversAssigned(tenant, plan.askedAnew()));
        }
        if (!plan.closed().isEmpty()) {
            events.publishEvent(new AccountsClosed(tenant, plan.closed()));
        }
        return new SyncReport(true, List.of(), plan.changes(), plan.notes());
    }

    /** Changes nothing, and says so once for each number of things that would be lost. */
    private SyncReport holdBack(TenantId tenant, SyncPlan plan, String actor, Synchronizations.Last last) {
        String words = plan.holds().stream().map(SyncDesk::words).collect(Collectors.joining(", "));
        if (!words.equals(last.heldBack())) {
            Map<String, Object> details = details(plan);
            details.put("heldBack", words);
            trail.record(tenant, actor, "organization.sync_held_back", tenant.value(), details);
        }
        synchronizations.save(
                tenant,
                new Synchronizations.Last(last.readAt(), words, last.behindSince()).behindFrom(clock.instant()));
        return new SyncReport(false, plan.holds(), plan.changes(), plan.notes());
    }

    /** What was assigned and set at scopes that go, and which controls name a permission set that goes. */
    private Map<String, Object> removed(TenantId tenant, SyncPlan plan, Map<ScopeId, List<PersonId>> approvers) {
        Map<String, Object> assigned = new LinkedHashMap<>();
        Map<String, Object> set = new LinkedHashMap<>();
        List<String> closedWithNothing = new ArrayList<>();
        List<ScopeId> going = plan.removedScopes().stream().map(Scope::id).toList();
        for (ScopeId scope : going) {
            List<PersonId> people = approvers.getOrDefault(scope, List.of());
            if (!people.isEmpty() && assigned.size() < MOST_RECORDED) {
                assigned.put(
                        scope.value(),
                        people.stream()
                                .limit(MOST_RECORDED)
                                .map(PersonId::value)
                                .toList());
            }
        }
        for (Controls.ScopeControl control : controls.of(tenant)) {
            PermissionSetName opens = control.permissionSet();
            if (going.contains(control.scope()) && set.size() < MOST_RECORDED) {
                set.put(
                        control.scope() + " " + control.service(),
                        control.control().name());
            } else if (opens != null
                    && plan.removedSets().contains(opens)
                    && closedWithNothing.size() < MOST_RECORDED) {
                closedWithNothing.add(control.scope() + " " + control.service());
            }
        }
        Map<String, Object> removed = new LinkedHashMap<>();
        if (!assigned.isEmpty()) {
            removed.put("removedApprovers", assigned);
        }
        if (!set.isEmpty()) {
            removed.put("removedControls", set);
        }
        if (!closedWithNothing.isEmpty()) {
            removed.put("controlsWithoutPermissionSet", closedWithNothing);
        }
        return removed;
    }

    private static Map<String, Object> details(SyncPlan plan) {
        Map<String, Object> counts = new LinkedHashMap<>();
        new SyncReport(true, List.of(), plan.changes(), List.of())
                .counts()
                .forEach((kind, count) -> counts.put(kind.word(), count));
        List<Map<String, String>> recorded = new ArrayList<>();
        for (Change change :
                plan.changes().subList(0, Math.min(MOST_RECORDED, plan.changes().size()))) {
            Map<String, String> each = new LinkedHashMap<>();
            each.put("change", change.kind().word());
            each.put("subject", shortened(change.subject()));
            each.put("before", shortened(change.before()));
            each.put("after", shortened(change.after()));
            recorded.add(each);
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("counts", counts);
        details.put("changes", recorded);
        details.put("notShown", plan.changes().size() - recorded.size());
        return details;
    }

    private static String words(Hold hold) {
        return hold.what() + " " + hold.would() + " of " + hold.of();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_RECORDED ? text : text.substring(0, LONGEST_RECORDED);
    }
}
