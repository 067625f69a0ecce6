package io.drawbridge.grant;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Role;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** What people see of the findings, and what an administrator has done about them. */
@Service
public class DriftDesk {
    private static final int LONGEST_REASON = 2000;

    private final DriftFindings findings;
    private final ReconciliationDesk reconciliation;
    private final Cloud cloud;
    private final AuditTrail trail;
    private final TransactionTemplate transactions;
    private final Clock clock;

    DriftDesk(
            DriftFindings findings,
            ReconciliationDesk reconciliation,
            Cloud cloud,
            AuditTrail trail,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.findings = findings;
        this.reconciliation = reconciliation;
        this.cloud = cloud;
        this.trail = trail;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * Findings of the caller's tenant, newest first.
     *
     * @throws ForbiddenException if the caller is neither administrator nor operations
     */
    @Transactional(readOnly = true)
    public List<DriftFinding> list(
            Caller caller, Set<DriftFinding.State> states, DriftFindings.@Nullable Position before, int limit) {
        if (!mayRead(caller)) {
            throw new ForbiddenException("Only administrators and operations read what does not agree with the cloud.");
        }
        return findings.find(caller.tenant(), new DriftFindings.Query(states, before, limit));
    }

    /**
     * One finding.
     *
     * @throws NotFoundException if there is none, or none that the caller may read
     */
    @Transactional(readOnly = true)
    public DriftFinding read(Caller caller, DriftFindingId id) {
        return findings.find(id)
                .filter(finding -> mayRead(caller) && finding.tenant().equals(caller.tenant()))
                .orElseThrow(() -> new NotFoundException("finding", id.value()));
    }

    /**
     * Has done what an administrator chose about a finding.
     *
     * <p>What is not ours the cloud is asked to put right at once; the next sweep says whether it is. What was held back is
     * removed by its process, or kept.
     *
     * @throws NotFoundException if the caller may not know of it
     * @throws ForbiddenException if he may not choose
     * @throws InvalidInputException without a reason, or with a choice that is not offered
     * @throws DriftStateException if it does not wait for a choice
     * @throws CloudException if the cloud did not take it; nothing is kept then
     */
    @Transactional
    public DriftFinding resolve(Caller caller, DriftFindingId id, @Nullable String choice, @Nullable String reason) {
        DriftFinding.Kind kind = read(caller, id).kind();
        if (!caller.isAdministrator()) {
            String why = "Only an administrator may choose what becomes of finding " + id + ".";
            trail.recordRefusal(
                    caller.tenant(), caller.id().value(), "drift.refused", id.value(), Map.of("reason", why));
            throw new ForbiddenException(why);
        }
        DriftFinding finding = findings.lockUnsettled(caller.tenant(), kind).stream()
                .filter(open -> open.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new DriftStateException("Finding " + id + " is settled; there is nothing to choose any more."));
        if (finding.state() != DriftFinding.State.OPEN && finding.state() != DriftFinding.State.HELD_BACK) {
            throw new DriftStateException("Finding " + id + " waits for no choice: it is " + finding.state() + ".");
        }
        Decision decision = decision(finding, choice, reason);
        Instant now = clock.instant();
        if (kind == DriftFinding.Kind.MASS_REMOVAL) {
            settleParts(finding, caller, decision, now);
        } else {
            putRight(finding, decision);
            finding.confirm(decision.choice(), caller.id(), decision.reason(), now);
        }
        findings.save(finding);
        trail.record(
                finding.tenant(),
                caller.id().value(),
                "drift.decided",
                id.value(),
                Map.of(
                        "kind", kind.name(),
                        "subject", finding.subject(),
                        "finding", finding.finding(),
                        "choice", decision.choice(),
                        "reason", decision.reason()));
        return finding;
    }

    /** A choice that is offered, and why it was made. */
    private record Decision(String choice, String reason) {}

    private static Decision decision(DriftFinding finding, @Nullable String choice, @Nullable String reason) {
        Map<String, String> wrong = new LinkedHashMap<>();
        if (choice == null || !finding.choices().contains(choice)) {
            wrong.put(
                    "choice",
                    finding.choices().isEmpty()
                            ? "is not offered: there is nothing to choose here."
                            : "must be one of " + String.join(", ", finding.choices()) + ".");
        }
        if (reason == null || reason.isBlank() || reason.length() > LONGEST_REASON) {
            wrong.put("reason", "must have 1 to " + LONGEST_REASON + " characters, not blank.");
        }
        if (!wrong.isEmpty() || choice == null || reason == null) {
            throw new InvalidInputException(wrong);
        }
        return new Decision(choice, reason.strip());
    }

    private void settleParts(DriftFinding whole, Caller caller, Decision decision, Instant now) {
        boolean keep = decision.choice().equals(DriftFinding.KEEP);
        settle(whole, keep, caller, decision, now);
        for (DriftFinding part : findings.lockUnsettled(whole.tenant(), DriftFinding.Kind.UNEXPLAINED)) {
            if (part.partOf().filter(whole.id()::equals).isPresent()) {
                settle(part, keep, caller, decision, now);
                findings.save(part);
            }
        }
    }

    private static void settle(DriftFinding held, boolean keep, Caller caller, Decision decision, Instant now) {
        if (keep) {
            held.keep(caller.id(), decision.reason(), now);
        } else {
            held.confirm(DriftFinding.REMOVE, caller.id(), decision.reason(), now);
        }
    }

    /** Locked meanwhile: two administrators do not choose two things at once. */
    private void putRight(DriftFinding finding, Decision decision) {
        try {
            cloud.putRight(finding.tenant(), finding.subject(), decision.choice());
        } catch (IllegalArgumentException outdated) {
            throw new DriftStateException(
                    "The cloud does not offer \"" + decision.choice() + "\" for this any more; sweep again, and look.",
                    outdated);
        }
    }

    /**
     * Sweeps the caller's tenant now.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws DriftStateException if a sweep is under way
     */
    public Reconciliation reconcile(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may have the cloud compared now.");
        }
        Reconciliation found = reconciliation.reconcile(caller.tenant());
        transactions.executeWithoutResult(transaction -> trail.record(
                caller.tenant(),
                caller.id().value(),
                "drift.swept",
                caller.tenant().value(),
                Map.of(
                        "compared", found.compared(),
                        "takenBack", found.takenBack(),
                        "missing", found.missing(),
                        "unexplained", found.unexplained(),
                        "removed", found.removed(),
                        "heldBack", found.heldBack(),
                        "foreign", found.foreign())));
        return found;
    }

    private static boolean mayRead(Caller caller) {
        return caller.isAdministrator() || caller.has(Role.OPERATIONS);
    }
}
