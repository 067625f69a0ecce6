package io.drawbridge.grant;

import io.drawbridge.identity.AuditTrail;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes back many grants in one go, by the steps that {@link GrantDesk} takes for one: begin, ask the cloud, ask whether it
 * is gone. With a few statements for each table, in two transactions.
 *
 * <p>Waits for nobody: a grant or an object that somebody else has locked is left out, and left to him. Beginning and asking
 * the cloud are one transaction, so that nothing is begun that nobody goes on with: what fails, or dies with its node, is as
 * if it had not been begun, and found again by whoever looks next. The intent need not be kept before the cloud is asked,
 * as it is for an opening: the end that has come is the intent, and to close is the safe way to err.
 */
@Component
class BulkRevocation {
    private final GrantDesk desk;
    private final Grants grants;
    private final Cloud cloud;
    private final GrantWorkflow workflow;
    private final AuditTrail trail;
    private final TransactionTemplate transactions;
    private final Clock clock;

    BulkRevocation(
            GrantDesk desk,
            Grants grants,
            Cloud cloud,
            GrantWorkflow workflow,
            AuditTrail trail,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.desk = desk;
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
     * @return those that the cloud was asked for; none if this cloud has to be asked for each by itself
     * @throws CloudException if the cloud did not take it, and nothing was begun; or if it cannot be asked what is gone, which
     *     is left to the processes
     */
    Set<GrantId> takeBack(Collection<Grant> ended) {
        Optional<Cloud.Bulk> bulk = cloud.bulk();
        if (bulk.isEmpty()) {
            return Set.of();
        }
        Set<GrantId> underWay = workflow.underWay(ended);
        List<Grant> some =
                ended.stream().filter(grant -> underWay.contains(grant.id())).toList();
        List<Grant> closing = Objects.requireNonNull(transactions.execute(transaction -> close(bulk.get(), some)));
        if (!closing.isEmpty()) {
            transactions.executeWithoutResult(transaction -> tellWithoutProcess(confirm(bulk.get(), closing)));
        }
        return ids(closing);
    }

    /** Begins, ends the leases, and asks the cloud to close what nobody else claims. */
    private List<Grant> close(Cloud.Bulk bulk, List<Grant> some) {
        List<Grant> begun =
                lockFree(some).stream().filter(grant -> grant.state().isOpen()).toList();
        Instant now = clock.instant();
        begun.forEach(grant -> grant.revoke(now));
        grants.saveAll(begun);
        trail.recordAll(begun.stream().map(GrantDesk::revoking).toList());
        grants.endLeases(ids(begun));
        Map<String, Instant> claimed = grants.lastEnds(keys(begun));
        List<Lease> unclaimed = new ArrayList<>();
        for (Lease lease : leases(begun)) {
            Instant othersEnd = claimed.get(lease.objectKey());
            if (othersEnd == null) {
                unclaimed.add(lease);
            } else if (othersEnd.isBefore(lease.endsAt())) {
                cloud.shorten(lease.until(othersEnd));
            }
        }
        if (!unclaimed.isEmpty()) {
            bulk.closeAll(onePerObject(unclaimed));
        }
        return begun;
    }

    /** NB. Only grants whose own lease has ended: what claims their object now is another grant. */
    private List<Grant> confirm(Cloud.Bulk bulk, List<Grant> closing) {
        List<Grant> living = lockFree(closing).stream()
                .filter(grant -> grant.state().isLiving())
                .toList();
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
                entries.add(GrantDesk.removed(
                        grant, isShared, isShared ? List.of() : cloud.requestIds(lease.tenant(), lease.objectKey())));
            }
        }
        grants.saveAll(removed);
        trail.recordAll(entries);
        return removed;
    }

    /** Somebody has deleted the process meanwhile, and nobody else would tell. */
    private void tellWithoutProcess(List<Grant> removed) {
        Set<GrantId> telling = workflow.underWay(removed);
        removed.stream().map(Grant::id).filter(id -> !telling.contains(id)).forEach(desk::tellEnded);
    }

    /** As they are now that their objects are locked, and they too; without those that somebody else holds. */
    List<Grant> lockFree(List<Grant> known) {
        Set<String> objects = grants.lockFreeObjects(keys(known));
        return grants.lockFree(ids(known.stream()
                .filter(grant -> objects.contains(grant.lease().objectKey()))
                .toList()));
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
