package io.drawbridge.grant.aws.scp;

import io.drawbridge.grant.aws.scp.NoRoomException.Counts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compiles what is closed in an account, and who may pass, into service control policies.
 *
 * <p>While the documents are attached to the account, an action in {@link AccountClosure} is denied to a principal of the
 * account at a moment unless he is exempt or a lease of his on that action is open at that moment; nothing else is denied.
 * That holds at every moment after {@code now}, although nothing is written again.
 *
 * <p>A function of its arguments: the same arguments, in any order, give the same bytes.
 */
public final class ScpCompiler {
    private ScpCompiler() {}

    /**
     * The documents of the account, and in which order they are to be written.
     *
     * @param leases what may pass; several of one principal and action count as one with the latest end
     * @param now a lease that has ended by then is left out
     * @param previous {@link CompiledPolicies#assignment} as it was kept last, empty for the first time
     * @throws IllegalArgumentException if no break-glass role of this account would be exempt
     * @throws NoRoomException if the limits leave too little room
     */
    public static CompiledPolicies compile(
            AccountClosure closure,
            AlwaysExempt always,
            Collection<PolicyLease> leases,
            Instant now,
            Map<String, Integer> previous,
            DocumentLimits limits) {
        if (!always.reaches(closure.account())) {
            throw new IllegalArgumentException("No break-glass role is exempt in account " + closure.account() + ": "
                    + always.breakGlass() + " are of other accounts; expected at least one of this account.");
        }
        List<PolicyLease> leftOut = new ArrayList<>();
        List<ClosedAction> actions = actions(closure, always, leases, now, leftOut);
        Packing packing;
        try {
            packing = Packing.of(actions, previous, limits);
        } catch (Packing.Overflow overflow) {
            throw noRoom(closure.account(), overflow.unplaced(), actions, limits);
        }

        List<PolicyDocument> first = new ArrayList<>();
        List<PolicyDocument> second = new ArrayList<>();
        TreeMap<String, Integer> assignment = new TreeMap<>();
        packing.drafts().forEach((number, draft) -> {
            (packing.gave(number) ? second : first).add(draft.document());
            draft.actions().forEach(action -> assignment.put(action.action(), number));
        });
        List<List<PolicyDocument>> steps = new ArrayList<>(List.of(first, second));
        steps.removeIf(List::isEmpty);
        leftOut.sort(null);
        return new CompiledPolicies(steps, assignment, leftOut);
    }

    private static List<ClosedAction> actions(
            AccountClosure closure,
            AlwaysExempt always,
            Collection<PolicyLease> leases,
            Instant now,
            List<PolicyLease> leftOut) {
        Map<String, Map<PrincipalId, PolicyLease>> living = new TreeMap<>();
        closure.protectedActions().keySet().forEach(action -> living.put(AccountClosure.key(action), new TreeMap<>()));
        for (PolicyLease lease : leases) {
            Map<PrincipalId, PolicyLease> ofAction = living.get(AccountClosure.key(lease.action()));
            if (ofAction == null || !lease.isOpenAt(now)) {
                leftOut.add(lease);
            } else {
                ofAction.merge(
                        lease.principal(), lease, (one, other) -> one.end().isBefore(other.end()) ? other : one);
            }
        }
        List<ClosedAction> actions = new ArrayList<>();
        Map<Exemptions, Passing> passing = new HashMap<>();
        closure.protectedActions().forEach((action, exemptions) -> {
            List<PolicyLease> open = living.getOrDefault(AccountClosure.key(action), Map.of()).values().stream()
                    .map(lease -> new PolicyLease(lease.principal(), action, lease.end()))
                    .toList();
            actions.add(ClosedAction.of(
                    action.toString(), passing.computeIfAbsent(exemptions, some -> new Passing(always, some)), open));
        });
        Passing alwaysOnly = new Passing(always, Exemptions.NONE);
        for (String service : closure.disabledServices()) {
            actions.add(ClosedAction.of(ClosedAction.whole(service), alwaysOnly, List.of()));
        }
        return actions;
    }

    private static NoRoomException noRoom(
            String account, String unplaced, List<ClosedAction> actions, DocumentLimits limits) {
        // One document an action always suffices; its length may not.
        int longest =
                actions.stream().mapToInt(ClosedAction::charactersAlone).max().orElse(0);
        DocumentLimits asManyAsNeeded =
                new DocumentLimits(Math.max(longest, limits.characters()), Math.max(1, actions.size()), 0);
        Packing wished;
        try {
            wished = Packing.of(actions, Map.of(), asManyAsNeeded);
        } catch (Packing.Overflow impossible) {
            throw new IllegalStateException("Actions fit nowhere although there is room for each.", impossible);
        }
        Room room = new Room();
        wished.drafts().values().forEach(draft -> draft.attribute(room));
        int allowed = (int) Math.min(Integer.MAX_VALUE, (long) limits.characters() * limits.documents());
        return new NoRoomException(
                account,
                unplaced,
                new Counts(wished.characters(), allowed, wished.drafts().size(), limits.documents(), room.shares()));
    }
}
