package io.drawbridge.grant;

import io.drawbridge.identity.AuditTrail;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes back many grants in one go, by the steps that {@link GrantDesk} takes for one: begin, ask the cloud, ask whether it
 * is gone. Each step is one transaction for all of them, with a few statements for each table.
 *
 * <p>Waits for nobody: a grant or an object that somebody else has locked is left out, and left to him. What was begun here
 * and did not come to its end is left to its process, as it is if the cloud fails.
 */
@Component
class BulkRevocation {
    private final Grants grants;
    private final Cloud cloud;
    private final GrantWorkflow workflow;
    private final AuditTrail trail;
    private final TransactionTemplate transactions;
    private final Clock clock;

    BulkRevocation(
            Grants grants,
            Cloud cloud,
            GrantWorkflow workflow,
            AuditTrail trail,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.grants = grants;
        this.cloud = cloud;
        this.workflow = workflow;
        this.trail = trail;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * Takes back those whose process is under way, which tells its people.
     *
     * @return those that were begun; none if this cloud has to be asked for each by itself
     * @throws CloudException if the cloud did not take it, or cannot be asked; what was begun stays begun
     */
    Set<GrantId> takeBack(Collection<Grant> ended) {
        Optional<Cloud.Bulk> bulk = cloud.bulk();
        if (bulk.isEmpty()) {
            return Set.of();
        }
        Set<GrantId> underWay = workflow.underWay(ended);
        List<Grant> begun = transactions.execute(transaction -> begin(underWay));
        if (begun == null || begun.isEmpty()) {
            return Set.of();
        }
        List<Grant> closing = transactions.execute(transaction -> close(bulk.get(), begun));
        transactions.executeWithoutResult(transaction -> confirm(bulk.get(), closing == null ? List.of() : closing));
        return ids(begun);
    }

    private List<Grant> begin(Collection<GrantId> ids) {
        List<Grant> begun = grants.lockFree(ids).stream()
                .filter(grant -> grant.state() == GrantState.PROVISIONING || grant.state() == GrantState.ACTIVE)
                .toList();
        Instant now = clock.instant();
        begun.forEach(grant -> grant.revoke(now));
        grants.saveAll(begun);
        trail.recordAll(begun.stream().map(GrantDesk::revoking).toList());
        return begun;
    }

    /** Returns those whose leases have ended by that, and whose objects the cloud was asked to close unless others hold them. */
    private List<Grant> close(Cloud.Bulk bulk, List<Grant> begun) {
        List<Grant> closing = lockLiving(begun);
        grants.endLeases(ids(closing));
        Map<String, Instant> claimed = grants.lastEnds(keys(closing));
        List<Lease> unclaimed = new ArrayList<>();
        for (Lease lease : leases(closing)) {
            Instant othersEnd = claimed.get(lease.objectKey());
            if (othersEnd == null) {
                unclaimed.add(lease);
            } else if (othersEnd.isBefore(lease.endsAt())) {
                cloud.shorten(lease.until(othersEnd));
            }
        }
        bulk.closeAll(onePerObject(unclaimed));
        return closing;
    }

    /** NB. Only grants whose own lease has ended: what claims their object now is another grant. */
    private void confirm(Cloud.Bulk bulk, List<Grant> closing) {
        List<Grant> living = lockLiving(closing);
        Set<String> shared = grants.lastEnds(keys(living)).keySet();
        Map<String, Cloud.Presence> presences = bulk.presencesOf(onePerObject(leases(living).stream()
                .filter(lease -> !shared.contains(lease.objectKey()))
                .toList()));
        Instant gone = clock.instant();
        List<Grant> removed = new ArrayList<>();
        List<AuditTrail.Entry> entries = new ArrayList<>();
        for (Grant grant : living) {
            Lease lease = grant.lease();
            boolean isShared = shared.contains(lease.objectKey());
            if (isShared || presences.get(lease.objectKey()) == Cloud.Presence.ABSENT) {
                grant.removed(
                        gone, isShared ? null : cloud.sessionsUntil(lease, gone).orElse(null));
                removed.add(grant);
                entries.add(GrantDesk.removed(grant, isShared, isShared ? List.of() : cloud.requestIds(lease)));
            }
        }
        grants.saveAll(removed);
        trail.recordAll(entries);
    }

    /** As they are now that their objects are locked, and they too: those of them that the cloud has not confirmed to be gone. */
    private List<Grant> lockLiving(List<Grant> known) {
        Set<String> objects = grants.lockFreeObjects(keys(known));
        List<Grant> mine = known.stream()
                .filter(grant -> objects.contains(grant.lease().objectKey()))
                .toList();
        return grants.lockFree(ids(mine)).stream()
                .filter(grant -> grant.state().isLiving())
                .toList();
    }

    private static List<Lease> leases(List<Grant> some) {
        return some.stream().map(Grant::lease).toList();
    }

    private static Set<String> keys(List<Grant> some) {
        return leases(some).stream().map(Lease::objectKey).collect(Collectors.toSet());
    }

    private static Set<GrantId> ids(List<Grant> some) {
        return some.stream().map(Grant::id).collect(Collectors.toSet());
    }

    private static List<Lease> onePerObject(List<Lease> leases) {
        return List.copyOf(leases.stream()
                .collect(Collectors.toMap(Lease::objectKey, lease -> lease, (one, other) -> one))
                .values());
    }
}
