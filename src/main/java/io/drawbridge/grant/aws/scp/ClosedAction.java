package io.drawbridge.grant.aws.scp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One action with the chain of statements that denies it.
 *
 * <p>Its leases have the ends e1 &lt; … &lt; em. Statement 0 denies always and passes over all that have a lease;
 * statement k denies from ek on and passes over those whose lease ends after ek. At a moment from ek up to ek+1, that end
 * not included, the statements 0 to k hold. Each passes over a part of what the one before does, so together they deny
 * all but the leases that live at that moment.
 *
 * @param action {@code service:Action}, or {@code service:*}
 * @param unleased the condition it would have without leases
 * @param conditions of its statements, at least one, all different
 * @param leases one of each principal
 */
record ClosedAction(String action, Condition unleased, List<Condition> conditions, List<PolicyLease> leases) {

    /** @param leases living ones of that action, one of each principal */
    static ClosedAction of(String action, AlwaysExempt always, Exemptions exemptions, List<PolicyLease> leases) {
        List<String> arns = Stream.concat(always.all().stream(), exemptions.arns().stream())
                .map(PrincipalArn::value)
                .sorted()
                .distinct()
                .toList();
        Condition unleased = condition(arns, exemptions, List.of(), null);
        List<Condition> conditions = new ArrayList<>();
        conditions.add(condition(arns, exemptions, leases, null));
        TreeSet<Instant> ends = new TreeSet<>();
        leases.stream()
                .filter(lease -> !lease.isForever())
                .map(PolicyLease::end)
                .forEach(ends::add);
        for (Instant end : ends) {
            List<PolicyLease> survivors =
                    leases.stream().filter(lease -> lease.isOpenAt(end)).toList();
            Condition next = condition(arns, exemptions, survivors, end.toString());
            // Who is exempt loses nothing at the end of his lease.
            if (!next.passesLike(conditions.get(conditions.size() - 1))) {
                conditions.add(next);
            }
        }
        return new ClosedAction(action, unleased, List.copyOf(conditions), leases);
    }

    private static Condition condition(
            List<String> arns, Exemptions exemptions, List<PolicyLease> open, @Nullable String from) {
        List<PrincipalId> passed = Stream.concat(
                        exemptions.people().stream(), open.stream().map(PolicyLease::principal))
                .sorted()
                .distinct()
                .toList();
        return new Condition(
                arns,
                passed.stream()
                        .filter(PrincipalId::isIdentityCenterUser)
                        .map(PrincipalId::conditionValue)
                        .toList(),
                passed.stream()
                        .filter(principal -> !principal.isIdentityCenterUser())
                        .map(PrincipalId::conditionValue)
                        .toList(),
                from);
    }

    /** What stands before the colon. */
    String service() {
        return action.substring(0, action.indexOf(':'));
    }
}
