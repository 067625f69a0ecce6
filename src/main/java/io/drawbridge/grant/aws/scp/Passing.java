package io.drawbridge.grant.aws.scp;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whom a control exempts, together with the always exempt; makes the conditions of its statements. */
final class Passing {
    private final List<String> arns;
    private final Set<PrincipalId> people;
    private final Condition unleased;

    Passing(AlwaysExempt always, Exemptions exemptions) {
        this.arns = Stream.concat(always.all().stream(), exemptions.arns().stream())
                .map(PrincipalArn::value)
                .toList();
        this.people = Set.copyOf(exemptions.people());
        this.unleased = over(List.of(), null);
    }

    /** Without any lease. */
    Condition unleased() {
        return unleased;
    }

    boolean exempts(PrincipalId principal) {
        return people.contains(principal);
    }

    /** Passes over the exempt and over those who have the leases. */
    Condition over(List<PolicyLease> leases, @Nullable Instant from) {
        Set<PrincipalId> passed = new HashSet<>(people);
        leases.forEach(lease -> passed.add(lease.principal()));
        return Condition.of(arns, passed, List.of(), text(from));
    }

    /** Denies these alone, but not where they are exempt; all are named by the same key, and none is an exempt person. */
    Condition onlyOn(List<PrincipalId> denied, Instant from) {
        return Condition.of(arns, denied.get(0).isIdentityCenterUser() ? Set.of() : people, denied, text(from));
    }

    private static @Nullable String text(@Nullable Instant from) {
        return from == null ? null : from.toString();
    }
}
