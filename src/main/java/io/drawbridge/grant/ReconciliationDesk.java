package io.drawbridge.grant;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares what the cloud holds with the living grants of our own tables, both ways, and needs no process for that.
 *
 * <p>It only ever takes access away, and only in our own objects: what is missing is not given back, what is not ours is
 * not touched, and what would be too much at once waits for an administrator. Everything may be done again, and beside
 * the processes of the grants: each step asks our own tables anew, in a transaction of its own.
 */
@Service
public class ReconciliationDesk {
    /** Longer than any single step of a sweep; a node that has gone down is replaced after that. */
    private static final Duration HOLD = Duration.ofMinutes(15);

    /** How long after its end a grant is left to its process alone (R52: two seconds, with the round that finds it). */
    public static final Duration LEFT_TO_THE_PROCESS = Duration.ofMillis(1500);

    /** How long a revocation that has begun is left to whoever began it; his node may be dead. */
    public static final Duration LEFT_TO_WHO_BEGAN = Duration.ofSeconds(5);

    private final Grants grants;
    private final GrantDesk desk;
    private final BulkRevocation together;
    private final Cloud cloud;
    private final DriftFindings findings;
    private final Sweeps sweeps;
    private final GrantWorkflow grantWorkflow;
    private final DriftWorkflow driftWorkflow;
    private final GrantNotices notices;
    private final People people;
    private final AuditTrail trail;
    private final Settings settings;
    private final ReconciliationLimits limits;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate apart;
    private final Clock clock;

    ReconciliationDesk(
            Grants grants,
            GrantDesk desk,
            BulkRevocation together,
            Cloud cloud,
            DriftFindings findings,
            Sweeps sweeps,
            GrantWorkflow grantWorkflow,
            DriftWorkflow driftWorkflow,
            GrantNotices notices,
            People people,
            AuditTrail trail,
            Settings settings,
            ReconciliationLimits limits,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.grants = grants;
        this.desk = desk;
        this.together = together;
        this.cloud = cloud;
        this.findings = findings;
        this.sweeps = sweeps;
        this.grantWorkflow = grantWorkflow;
        this.driftWorkflow = driftWorkflow;
        this.notices = notices;
        this.people = people;
        this.trail = trail;
        this.settings = settings;
        this.limits = limits;
        this.events = events;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
    }

    /**
     * Takes back what is overdue, then compares one tenant with its cloud.
     *
     * <p>What is overdue is tried even if the cloud cannot be asked for everything; then nothing is compared or removed.
     *
     * @return what was found and done; published as an event, too
     * @throws DriftStateException if another sweep of the tenant is under way
     */
    public Reconciliation reconcile(TenantId tenant) {
        String sweep = UUID.randomUUID().toString();
        if (!sweeps.begin(tenant, sweep, clock.instant().plus(HOLD))) {
            throw new DriftStateException("A sweep of \"" + tenant + "\" is under way; try again when it is over.");
        }
        Tally tally = new Tally(tenant, sweep);
        try {
            takeBack(grants.findOverdue(tenant, clock.instant().minus(limits.grace())), tally);
            compare(tally);
            tally.compared = true;
        } catch (CloudException unanswered) {
            tally.failures.add("The cloud could not be compared with our tables: " + unanswered.getMessage());
        } finally {
            sweeps.end(tenant, sweep, tally.compared);
            events.publishEvent(tally.total());
        }
        return tally.total();
    }

    /**
     * Takes back the grants of a tenant that are overdue and whose process is gone. Needs no inventory, so it may be done
     * often, and on several nodes at once.
     */
    public Reconciliation takeBackAbandoned(TenantId tenant) {
        Tally tally = new Tally(tenant, "");
        List<Grant> abandoned = grants.findOverdue(tenant, clock.instant().minus(limits.grace())).stream()
                .filter(grant -> !grantWorkflow.isUnderWay(grant))
                .toList();
        takeBack(abandoned, tally);
        if (!abandoned.isEmpty()) {
            events.publishEvent(tally.total());
        }
        return tally.total();
    }

    /**
     * Grants of all tenants that nobody has begun to take back although their end came {@link #LEFT_TO_THE_PROCESS} ago.
     *
     * @param most how many at most
     * @return those that ended last first: the engine begins with those that ended first
     */
    public List<Grant> late(int most) {
        return grants.findUnbegun(clock.instant().minus(LEFT_TO_THE_PROCESS), most);
    }

    /**
     * Grants of all tenants whose revocation was begun {@link #LEFT_TO_WHO_BEGAN} ago and is not through.
     *
     * @param most how many at most
     * @return those that were begun last first: the others were late before
     */
    public List<Grant> stalled(int most) {
        return grants.findRevoking(clock.instant().minus(LEFT_TO_WHO_BEGAN), most);
    }

    /** Those of the grants that nobody is working on at this moment; a grant that nothing was opened for is none of them. */
    public List<Grant> free(List<Grant> some) {
        return inTransaction(() -> together.lockFree(some));
    }

    /**
     * Takes back in one go those of the grants that can be, as {@link #takeBack} does it for one.
     *
     * @return those that the cloud was asked for; what it has not confirmed is left to its process
     * @throws CloudException if the cloud did not take it or cannot be asked
     */
    public Set<GrantId> takeBackTogether(Collection<Grant> late) {
        return together.takeBack(late);
    }

    /** Whether nobody has begun to take the grant back yet. */
    public boolean isUnbegun(Grant grant) {
        return grants.find(grant.id())
                .map(Grant::state)
                .filter(GrantState::isOpen)
                .isPresent();
    }

    /** One that fails does not keep the others from their turn. */
    private void takeBack(List<Grant> overdue, Tally tally) {
        for (Grant grant : overdue) {
            try {
                if (takeBack(grant)) {
                    tally.takenBack++;
                    continue;
                }
            } catch (RuntimeException failure) {
                tally.failures.add("Grant " + grant.id() + " could not be taken back: " + failure.getMessage());
                tellIfOverdue(grant, failure, tally);
            }
            tally.stillOn++;
        }
    }

    /**
     * Takes a grant back once, as its process does it, whoever is about to do it too.
     *
     * @return whether the cloud has confirmed that it is gone
     * @throws CloudException if the cloud did not take it, or has not confirmed it for too long
     */
    public boolean takeBack(Grant grant) {
        GrantId id = grant.id();
        desk.beginRevocation(id);
        if (grants.isLiving(id)) {
            desk.revoke(id);
        }
        GrantDesk.Confirmation confirmation = confirm(grant);
        if (confirmation == GrantDesk.Confirmation.MISSING) {
            desk.revoke(id);
            confirmation = confirm(grant);
        }
        // NB. ALREADY: since the list was read its process has ended and told, or another node has taken it back and
        // tells.
        if (confirmation == GrantDesk.Confirmation.CONFIRMED || confirmation == GrantDesk.Confirmation.ALREADY) {
            return true;
        }
        desk.demandConfirmation(id);
        return false;
    }

    /** Tells in the same transaction, unless its process is under way, which tells when it comes there. */
    private GrantDesk.Confirmation confirm(Grant grant) {
        return inTransaction(() -> {
            GrantDesk.Confirmation confirmation = desk.confirmRemoval(grant.id());
            if (confirmation == GrantDesk.Confirmation.CONFIRMED && !grantWorkflow.isUnderWay(grant)) {
                desk.tellEnded(grant.id());
            }
            return confirmation;
        });
    }

    /** Without its process there is no incident that would say so. */
    private void tellIfOverdue(Grant grant, RuntimeException failure, Tally tally) {
        Instant since = grant.revokingAt().orElse(grant.endsAt());
        if (!since.plus(GrantDesk.OVERDUE).isBefore(clock.instant())) {
            return;
        }
        try {
            desk.revocationOverdue(grant.id(), String.valueOf(failure.getMessage()));
        } catch (RuntimeException untold) {
            tally.failures.add("Nobody could be told that grant " + grant.id() + " is overdue: " + untold.getMessage());
        }
    }

    private void compare(Tally tally) {
        Picture picture = look(tally.tenant);
        compareGrants(picture, tally);
        compareForeign(picture, tally);
        List<Cloud.Held> due = sight(picture);
        tally.unexplained = (int) inState(picture.unexplained.keySet(), tally.tenant, DriftFinding.State.KEPT, false);
        if (mayRemove(due, picture, tally)) {
            boolean asked = false;
            for (Cloud.Held held : due) {
                demandHold(tally);
                asked |= remove(held, tally);
            }
            if (asked) {
                picture = look(tally.tenant);
            }
        }
        tally.removed += settle(picture);
        remindOfWhatIsHeldBack(tally.tenant);
    }

    /**
     * What the cloud holds, and what explains it.
     *
     * @param ours what is on in our own objects, by object
     * @param unexplained that of it which no living grant explains
     */
    private record Picture(
            TenantId tenant,
            Cloud.Inventory inventory,
            List<Grant> living,
            Map<String, Cloud.Held> ours,
            Map<String, Cloud.Held> unexplained) {}

    private Picture look(TenantId tenant) {
        Cloud.Inventory inventory = cloud.inventory(tenant);
        // NB. Our tables are read after the cloud: a lease is committed before its object is opened, so whatever the
        // inventory shows has its lease by now, if it ever had one. A grant that is being taken back explains its
        // object
        // still: it is for its own process, or for the grants that are overdue, to get rid of it.
        List<Grant> living = grants.findLiving(tenant);
        Set<String> explained = new HashSet<>();
        living.forEach(grant -> explained.add(grant.lease().objectKey()));
        Map<String, Cloud.Held> ours = new LinkedHashMap<>();
        Map<String, Cloud.Held> unexplained = new LinkedHashMap<>();
        for (Cloud.Held held : inventory.ours()) {
            ours.putIfAbsent(held.objectKey(), held);
            if (!explained.contains(held.objectKey())) {
                unexplained.putIfAbsent(held.objectKey(), held);
            }
        }
        return new Picture(tenant, inventory, living, ours, unexplained);
    }

    /** Every active grant has to be in the cloud; two sweeps in a row have to miss it before it is called missing. */
    private void compareGrants(Picture picture, Tally tally) {
        Set<String> unsettled = new HashSet<>();
        for (Grant grant : picture.living) {
            if (grant.state() != GrantState.ACTIVE || !clock.instant().isBefore(grant.endsAt())) {
                continue;
            }
            Lease lease = grant.lease();
            Cloud.Presence presence = Cloud.Presence.PRESENT;
            if (!picture.ours.containsKey(lease.objectKey())) {
                try {
                    presence = cloud.presenceOf(lease);
                } catch (CloudException unanswered) {
                    tally.failures.add(
                            "Whether grant " + grant.id() + " is there is not known: " + unanswered.getMessage());
                    presence = Cloud.Presence.CHANGING;
                }
            }
            switch (presence) {
                case PRESENT -> {
                    if (grant.missingSince().isPresent() && desk.foundAgain(grant.id())) {
                        tally.foundAgain++;
                    }
                }
                case CHANGING -> unsettled.add(grant.id().value());
                case ABSENT -> {
                    unsettled.add(grant.id().value());
                    tally.missing += missed(grant) ? 1 : 0;
                }
            }
        }
        apart.executeWithoutResult(transaction -> known(picture.tenant, DriftFinding.Kind.MISSING).values().stream()
                .filter(finding -> !unsettled.contains(finding.subject()))
                .forEach(finding -> {
                    finding.vanish(clock.instant());
                    findings.save(finding);
                }));
    }

    private boolean missed(Grant grant) {
        return inTransaction(() -> {
            Optional<DriftFinding> known = Optional.ofNullable(known(grant.tenant(), DriftFinding.Kind.MISSING)
                    .get(grant.id().value()));
            if (known.isEmpty()) {
                findings.add(DriftFinding.sighted(
                        grant.tenant(),
                        DriftFinding.Kind.MISSING,
                        grant.id().value(),
                        "The cloud does not hold " + grant.opens() + " for "
                                + grant.identity().name() + " in " + grant.account() + ", which grant " + grant.id()
                                + " opened.",
                        clock.instant()));
                return false;
            }
            DriftFinding finding = known.get();
            finding.seenAgain(clock.instant());
            boolean news = false;
            if (finding.state() == DriftFinding.State.SIGHTED && finding.counts(clock.instant(), limits.grace())) {
                finding.open();
                news = desk.foundMissing(grant.id());
            }
            findings.save(finding);
            return news;
        });
    }

    /** Reported once, and closed by itself when it is gone. */
    private void compareForeign(Picture picture, Tally tally) {
        Map<String, Cloud.Foreign> there = new LinkedHashMap<>();
        picture.inventory.foreign().forEach(foreign -> there.put(foreign.subject(), foreign));
        apart.executeWithoutResult(transaction -> {
            Map<String, DriftFinding> known = known(picture.tenant, DriftFinding.Kind.FOREIGN);
            for (Cloud.Foreign foreign : there.values()) {
                DriftFinding finding = known.remove(foreign.subject());
                if (finding == null) {
                    finding = DriftFinding.foreign(picture.tenant, foreign, clock.instant());
                    findings.add(finding);
                    report(finding);
                    tally.foreign++;
                    continue;
                }
                finding.seenAgain(clock.instant());
                finding.describedAs(foreign);
                if (finding.state() == DriftFinding.State.CONFIRMED && isOver(finding)) {
                    finding.reopen();
                    report(finding);
                    tally.foreign++;
                }
                findings.save(finding);
            }
            known.values().forEach(this::end);
        });
    }

    private boolean isOver(DriftFinding finding) {
        Instant chosen = finding.resolvedAt().orElse(finding.lastSeen());
        return !clock.instant().isBefore(chosen.plus(limits.grace()));
    }

    private void report(DriftFinding finding) {
        record(finding, "drift.found", Map.of("finding", finding.finding()));
        notices.driftFound(finding, watchers(finding.tenant()));
    }

    /** Writes down what no living grant explains; returns what two sweeps in a row have seen, and nobody keeps. */
    private List<Cloud.Held> sight(Picture picture) {
        List<Cloud.Held> due = new ArrayList<>();
        apart.executeWithoutResult(transaction -> {
            Map<String, DriftFinding> known = known(picture.tenant, DriftFinding.Kind.UNEXPLAINED);
            for (Cloud.Held held : picture.unexplained.values()) {
                DriftFinding finding = known.get(held.objectKey());
                if (finding == null) {
                    findings.add(DriftFinding.sighted(
                            picture.tenant,
                            DriftFinding.Kind.UNEXPLAINED,
                            held.objectKey(),
                            held.identity() + " has " + held.entitlement() + " in " + held.account()
                                    + ", and no living grant explains it."
                                    + (held.grant() == null ? "" : " The object names grant " + held.grant() + "."),
                            clock.instant()));
                    continue;
                }
                finding.seenAgain(clock.instant());
                findings.save(finding);
                if (isFree(finding.state()) && finding.counts(clock.instant(), limits.grace())) {
                    due.add(held);
                }
            }
        });
        return due;
    }

    private static boolean isFree(DriftFinding.State state) {
        return state == DriftFinding.State.SIGHTED || state == DriftFinding.State.OPEN;
    }

    /** The guard: rather leave too much open and wake somebody than close half an organisation by mistake. */
    private boolean mayRemove(List<Cloud.Held> due, Picture picture, Tally tally) {
        int waiting = (int) inState(picture.unexplained.keySet(), picture.tenant, DriftFinding.State.HELD_BACK, true);
        TenantSettings guard = settings.of(picture.tenant);
        if (due.isEmpty() || !guard.guards(due.size() + waiting, picture.living.size())) {
            tally.heldBack = waiting;
            return true;
        }
        tally.heldBack = due.size() + waiting;
        apart.executeWithoutResult(transaction -> {
            if (!known(picture.tenant, DriftFinding.Kind.MASS_REMOVAL).isEmpty()) {
                // Somebody has been asked about others already; these wait until that is settled.
                return;
            }
            DriftFinding whole = DriftFinding.massRemoval(
                    picture.tenant,
                    due.size() + " objects of ours give access that no living grant explains, with "
                            + picture.living.size() + " living grants. More than " + guard.removalGuardCount()
                            + " and more than " + guard.removalGuardPercent()
                            + " % of the grants are not removed without being asked.",
                    clock.instant());
            findings.add(whole);
            Map<String, DriftFinding> parts = known(picture.tenant, DriftFinding.Kind.UNEXPLAINED);
            due.stream().map(held -> parts.get(held.objectKey())).forEach(part -> {
                part.holdBack(whole.id());
                findings.save(part);
            });
            record(whole, "drift.held_back", Map.of("objects", due.size(), "livingGrants", picture.living.size()));
            notices.driftHeldBack(whole, watchers(picture.tenant));
            driftWorkflow.heldBack(whole);
        });
        return false;
    }

    /**
     * Removes one object, unless a lease has come upon it meanwhile.
     *
     * @return whether the cloud was asked
     */
    private boolean remove(Cloud.Held held, Tally tally) {
        try {
            return inTransaction(() -> {
                grants.lockObject(held.objectKey());
                DriftFinding finding =
                        known(tally.tenant, DriftFinding.Kind.UNEXPLAINED).get(held.objectKey());
                if (finding == null || grants.isExplained(tally.tenant, held.objectKey())) {
                    return false;
                }
                if (finding.state() == DriftFinding.State.SIGHTED) {
                    finding.open();
                    findings.save(finding);
                    record(finding, "drift.removing", Map.of("object", held.objectKey(), "finding", finding.finding()));
                } else if (finding.state() != DriftFinding.State.OPEN
                        && finding.state() != DriftFinding.State.CONFIRMED) {
                    return false;
                }
                cloud.remove(tally.tenant, held);
                return true;
            });
        } catch (CloudException failure) {
            tally.failures.add("Object " + held.objectKey() + " could not be removed: " + failure.getMessage());
            return false;
        }
    }

    /** Closes what the cloud does not show any more, or what a grant explains by now; returns how many we have removed. */
    private int settle(Picture picture) {
        return inTransaction(() -> {
            int removed = 0;
            Map<String, DriftFinding> wholes = known(picture.tenant, DriftFinding.Kind.MASS_REMOVAL);
            for (DriftFinding finding :
                    known(picture.tenant, DriftFinding.Kind.UNEXPLAINED).values()) {
                if (picture.unexplained.containsKey(finding.subject())) {
                    continue;
                }
                if (picture.ours.containsKey(finding.subject())) {
                    finding.vanish(clock.instant());
                    findings.save(finding);
                } else {
                    removed += end(finding) ? 1 : 0;
                }
            }
            for (DriftFinding whole : wholes.values()) {
                if (findings.partsOf(whole.id()).stream()
                        .allMatch(part -> part.state().isClosed())) {
                    end(whole);
                }
            }
            return removed;
        });
    }

    /** It is not there any more: put right if we had asked for that, else gone by itself. True if it was put right. */
    private boolean end(DriftFinding finding) {
        boolean asked = finding.state() == DriftFinding.State.CONFIRMED
                || (finding.state() == DriftFinding.State.OPEN && finding.kind() == DriftFinding.Kind.UNEXPLAINED);
        if (asked) {
            finding.resolve(clock.instant());
        } else {
            finding.vanish(clock.instant());
        }
        findings.save(finding);
        if (finding.kind() == DriftFinding.Kind.UNEXPLAINED) {
            if (asked) {
                record(
                        finding,
                        "drift.removed",
                        Map.of(
                                "object",
                                finding.subject(),
                                "finding",
                                finding.finding(),
                                "cloudRequests",
                                cloud.requestIds(finding.tenant(), finding.subject())));
            }
        } else {
            record(finding, asked ? "drift.put_right" : "drift.gone", Map.of("finding", finding.finding()));
        }
        return asked;
    }

    /** Whoever deleted the process that waits for the administrator has not decided anything. */
    private void remindOfWhatIsHeldBack(TenantId tenant) {
        apart.executeWithoutResult(transaction ->
                known(tenant, DriftFinding.Kind.MASS_REMOVAL).values().forEach(driftWorkflow::heldBack));
    }

    /**
     * Removes what was held back, once an administrator has confirmed it; does nothing if it is settled.
     *
     * @throws DriftStateException if nobody has chosen yet, or if some of it is still there
     * @throws CloudException if the cloud cannot be asked
     */
    public void removeHeldBack(DriftFindingId id) {
        Optional<DriftFinding> found = findings.find(id);
        if (found.isEmpty() || found.get().state().isClosed()) {
            return;
        }
        DriftFinding whole = found.get();
        int parts = findings.partsOf(id).size();
        if (whole.state() == DriftFinding.State.HELD_BACK) {
            throw new DriftStateException("Nothing is removed: " + parts
                    + " objects that no living grant explains are too many to remove without"
                    + " being asked. An administrator looks at them (GET /v1/drift) and chooses \"remove\" or"
                    + " \"keep\" (POST /v1/drift/" + id + "/resolve); then this goes on, or is retried.");
        }
        Tally tally = new Tally(whole.tenant(), "");
        Picture picture = look(whole.tenant());
        for (DriftFinding part : findings.partsOf(id)) {
            Cloud.Held held = picture.unexplained.get(part.subject());
            if (held != null && part.state() == DriftFinding.State.CONFIRMED) {
                remove(held, tally);
            }
        }
        tally.removed = settle(look(whole.tenant()));
        events.publishEvent(tally.total());
        long left = findings.partsOf(id).stream()
                .filter(part -> !part.state().isClosed())
                .count();
        if (left > 0) {
            throw new DriftStateException(left + " of " + parts + " objects are still there; they are removed again. "
                    + String.join(" ", tally.failures));
        }
    }

    private void demandHold(Tally tally) {
        if (!sweeps.hold(tally.tenant, tally.sweep, clock.instant().plus(HOLD))) {
            throw new DriftStateException(
                    "This sweep of \"" + tally.tenant + "\" took too long and was replaced by another one.");
        }
    }

    /** Of these objects, how many have a finding in that state, or in any other. */
    private long inState(Set<String> objects, TenantId tenant, DriftFinding.State state, boolean in) {
        return findings.unsettled(tenant).stream()
                .filter(finding -> finding.kind() == DriftFinding.Kind.UNEXPLAINED)
                .filter(finding -> objects.contains(finding.subject()))
                .filter(finding -> (finding.state() == state) == in)
                .count();
    }

    /** What is not settled of that kind, by subject; locked until the transaction ends, so that no choice gets lost. */
    private Map<String, DriftFinding> known(TenantId tenant, DriftFinding.Kind kind) {
        Map<String, DriftFinding> known = new HashMap<>();
        findings.lockUnsettled(tenant, kind).forEach(finding -> known.put(finding.subject(), finding));
        return known;
    }

    private Set<PersonId> watchers(TenantId tenant) {
        Set<PersonId> watchers = new LinkedHashSet<>();
        Stream.of(Role.ADMINISTRATOR, Role.OPERATIONS)
                .flatMap(role -> people.of(tenant, role).stream())
                .map(Person::id)
                .forEach(watchers::add);
        return watchers;
    }

    private void record(DriftFinding finding, String action, Map<String, ?> details) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", finding.kind().name());
        all.put("state", finding.state().name());
        all.putAll(details);
        trail.record(
                finding.tenant(), AuditTrail.DRAWBRIDGE, action, finding.id().value(), all);
    }

    private <T> T inTransaction(Supplier<T> work) {
        T result = apart.execute(transaction -> work.get());
        if (result == null) {
            throw new IllegalStateException("The work came to nothing.");
        }
        return result;
    }

    /** Counts while a sweep goes on. */
    private final class Tally {
        private final TenantId tenant;
        private final String sweep;
        private final List<String> failures = new ArrayList<>();
        private int takenBack;
        private int stillOn;
        private int missing;
        private int foundAgain;
        private int unexplained;
        private int removed;
        private int heldBack;
        private int foreign;
        private boolean compared;

        private Tally(TenantId tenant, String sweep) {
            this.tenant = tenant;
            this.sweep = sweep;
        }

        private Reconciliation total() {
            return new Reconciliation(
                    tenant,
                    clock.instant(),
                    compared,
                    takenBack,
                    stillOn,
                    missing,
                    foundAgain,
                    unexplained,
                    removed,
                    heldBack,
                    foreign,
                    failures);
        }
    }
}
