package io.drawbridge.grant.aws.scp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One action with the statements that deny it. The first denies always, and passes over all that have a lease; others
 * bring the ends, in one of two ways, whichever is shorter and exact.
 *
 * <p><em>Chain.</em> The leases have the ends e1 &lt; … &lt; em. Statement k denies from ek on and passes over those whose
 * lease ends after ek. At a moment from ek up to ek+1, that end not included, the statements 0 to k hold. Each passes over
 * a part of what the one before does, so together they deny all but the leases that live at that moment. Always exact.
 *
 * <p><em>Counter-statements.</em> For each end one that means only those whose lease ends then. Exact as long as no caller
 * can hold two of the leases, because the one that ends first would close the other: a caller has at most one {@code
 * identitystore:UserId} and one {@code aws:userid}, but a person may come in a role that is leased, too. So it is taken
 * only where no role and no person have leases on the same action. Of one length for each lease, where the chain names the
 * last in every statement.
 *
 * @param action {@code service:Action}, or {@code service:*}
 * @param unleased the condition it would have without leases
 * @param conditions of its statements, at least one, all different
 * @param leases one of each principal
 */
record ClosedAction(String action, Condition unleased, List<Condition> conditions, List<PolicyLease> leases) {

    /** @param leases living ones of that action, one of each principal */
    static ClosedAction of(String action, Passing passing, List<PolicyLease> leases) {
        // Who is exempt loses nothing at the end of his lease.
        List<PolicyLease> ending = leases.stream()
                .filter(lease -> !passing.exempts(lease.principal()))
                .toList();
        if (ending.isEmpty()) {
            return new ClosedAction(action, passing.unleased(), List.of(passing.unleased()), leases);
        }
        List<ClosedAction> ways = new ArrayList<>();
        ways.add(new ClosedAction(action, passing.unleased(), chain(passing, ending), leases));
        if (ending.size() > 1 && noneHoldsTwo(ending)) {
            ways.add(new ClosedAction(action, passing.unleased(), counterStatements(passing, ending), leases));
        }
        return ways.stream()
                .min(Comparator.comparingInt(ClosedAction::charactersAlone))
                .orElseThrow();
    }

    private static List<Condition> chain(Passing passing, List<PolicyLease> leases) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(passing.over(leases, null));
        TreeSet<Instant> ends = new TreeSet<>();
        leases.stream()
                .filter(lease -> !lease.isForever())
                .map(PolicyLease::end)
                .forEach(ends::add);
        for (Instant end : ends) {
            conditions.add(passing.over(
                    leases.stream().filter(lease -> lease.isOpenAt(end)).toList(), end));
        }
        return conditions;
    }

    private static boolean noneHoldsTwo(List<PolicyLease> leases) {
        return leases.stream().noneMatch(lease -> lease.principal().isIdentityCenterUser())
                || leases.stream().noneMatch(lease -> lease.principal().isRole());
    }

    private static List<Condition> counterStatements(Passing passing, List<PolicyLease> leases) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(passing.over(leases, null));
        Map<Instant, Map<Boolean, List<PrincipalId>>> byEndAndKey = new TreeMap<>();
        leases.stream().filter(lease -> !lease.isForever()).forEach(lease -> byEndAndKey
                .computeIfAbsent(lease.end(), end -> new TreeMap<>())
                .computeIfAbsent(lease.principal().isIdentityCenterUser(), key -> new ArrayList<>())
                .add(lease.principal()));
        byEndAndKey.forEach(
                (end, byKey) -> byKey.values().forEach(ended -> conditions.add(passing.onlyOn(ended, end))));
        return conditions;
    }

    /** Length of a document that has nothing else. */
    int charactersAlone() {
        return new Draft(0).charactersWith(List.of(this));
    }

    /** All actions of a service. */
    static String whole(String service) {
        return service + ":*";
    }

    boolean isWhole() {
        return action.endsWith(":*");
    }

    /** What stands before the colon. */
    String service() {
        return action.substring(0, action.indexOf(':'));
    }
}
