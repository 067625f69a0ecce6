package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drawbridge.organization.PermissionName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Actions over several documents: where each stands, what moves, and what is said when there is no room. */
class PackingTest {
    private static final String ACCOUNT = "111122223333";
    private static final AlwaysExempt ALWAYS = AlwaysExempt.of(
            "arn:aws:iam::111122223333:role/Drawbridge", List.of("arn:aws:iam::111122223333:role/BreakGlass"));
    private static final Instant NOW = PolicyCases.NOW;
    private static final AccountClosure CLOSURE = closure(PolicyCases.RESOURCES.keySet());

    @Test
    @DisplayName("R59 each action stands in one document, and stays there")
    void keepsTheAssignment() {
        DocumentLimits limits = new DocumentLimits(800, 12, 200);
        CompiledPolicies first = compile(List.of(), Map.of(), limits);
        assertThat(first.documents()).hasSizeGreaterThan(1);
        assertThat(first.documents()).allMatch(document -> document.characters() <= 600);
        assertThat(first.documents().stream()
                        .flatMap(document -> document.actions().stream())
                        .toList())
                .doesNotHaveDuplicates()
                .hasSameSizeAs(PolicyCases.RESOURCES.keySet());

        TreeMap<String, Integer> numbers = new TreeMap<>(first.assignment());
        numbers.replaceAll((action, number) -> 12 - number);
        CompiledPolicies second = compile(List.of(), numbers, limits);

        assertThat(second.assignment()).isEqualTo(numbers);
        assertThat(second.steps()).hasSize(1);
    }

    @Test
    @DisplayName("R59 a service stands together where it fits")
    void keepsAServiceTogether() {
        CompiledPolicies compiled = compile(List.of(), Map.of(), new DocumentLimits(800, 12, 200));

        for (String service : Set.of("iam", "s3", "ec2", "secretsmanager")) {
            assertThat(compiled.assignment().entrySet().stream()
                            .filter(entry -> entry.getKey().startsWith(service + ":"))
                            .map(Map.Entry::getValue)
                            .distinct())
                    .as(service)
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName("R59 a lease that does not fit moves its own action and no other, the new document before the old")
    void movesAsLittleAsNeeded() {
        DocumentLimits limits = new DocumentLimits(1_100, 12, 100);
        CompiledPolicies before = compile(List.of(), Map.of(), limits);
        List<PolicyLease> leases = List.of(lease("iam:PassRole", 1, 60));

        CompiledPolicies after = compile(leases, before.assignment(), limits);

        assertThat(moved(before, after)).containsExactly("iam:PassRole");
        int from = PolicyCases.required(before.assignment(), "iam:PassRole");
        int to = PolicyCases.required(after.assignment(), "iam:PassRole");
        assertThat(after.steps()).hasSize(2);
        assertThat(after.steps().get(0))
                .extracting(PolicyDocument::number)
                .contains(to)
                .doesNotContain(from);
        assertThat(after.steps().get(1)).extracting(PolicyDocument::number).containsExactly(from);
        assertThat(after.documents()).allMatch(document -> document.characters() <= 1_100);
    }

    @Test
    @DisplayName("R59 actions with the same leases share their statements, and move together")
    void movesABundleTogether() {
        DocumentLimits limits = new DocumentLimits(1_250, 12, 0);
        CompiledPolicies before = compile(List.of(), Map.of(), limits);
        List<PolicyLease> bundle =
                List.of(lease("iam:PassRole", 1, 60), lease("iam:CreateUser", 1, 60), lease("iam:DeleteRole", 1, 60));

        CompiledPolicies after = compile(bundle, before.assignment(), limits);

        assertThat(moved(before, after))
                .isSubsetOf("iam:PassRole", "iam:CreateUser", "iam:DeleteRole")
                .isNotEmpty();
    }

    @Test
    @DisplayName("R59 when its leases have ended an action stays where it is")
    void movesNothingBack() {
        DocumentLimits limits = new DocumentLimits(1_100, 12, 100);
        CompiledPolicies before = compile(List.of(), Map.of(), limits);
        CompiledPolicies leased = compile(List.of(lease("iam:PassRole", 1, 60)), before.assignment(), limits);

        CompiledPolicies ended = compile(List.of(), leased.assignment(), limits);

        assertThat(ended.assignment()).isEqualTo(leased.assignment());
    }

    @Test
    @DisplayName(
            "R59 fewer documents than before: what stood in the others finds another, and they are written no more")
    void obeysALowerLimit() {
        CompiledPolicies before = compile(List.of(), Map.of(), new DocumentLimits(450, 12, 0));
        assertThat(before.documents()).hasSizeGreaterThan(3);

        CompiledPolicies after = compile(List.of(), before.assignment(), new DocumentLimits(1_200, 2, 0));

        assertThat(after.documents()).extracting(PolicyDocument::number).containsExactly(1, 2);
        assertThat(after.assignment()).hasSameSizeAs(before.assignment());
    }

    @Test
    @DisplayName("R59 no room: refused with the count and with what takes the room")
    void saysWhatTakesTheRoom() {
        DocumentLimits limits = new DocumentLimits(1_000, 3, 0);
        List<PolicyLease> leases = new ArrayList<>();
        for (int count = 0; count < 4; count++) {
            leases.add(lease("iam:PassRole", count, 60 + count));
        }
        leases.add(lease("s3:DeleteBucket", 9, 60));

        NoRoomException refused = catchThrowableOfType(NoRoomException.class, () -> compile(leases, Map.of(), limits));

        NoRoomException.Counts counts = refused.counts();
        assertThat(counts.charactersAllowed()).isEqualTo(3_000);
        assertThat(counts.documentsAllowed()).isEqualTo(3);
        assertThat(counts.shares().stream()
                        .mapToInt(NoRoomException.Share::characters)
                        .sum())
                .isEqualTo(counts.charactersNeeded());
        assertThat(counts.shares().get(0).what()).isEqualTo("4 leases of iam:PassRole");
        assertThat(refused)
                .hasMessageStartingWith("No room in the service control policies of account 111122223333: ")
                .hasMessageContaining(" are needed, 3,000 in 3 are allowed; iam:PassRole, of ")
                .hasMessageContaining(
                        " characters by itself, fits into no document. What takes the room: 4 leases of iam:PassRole (")
                .hasMessageContaining("the names of 33 closed actions (")
                .hasMessageContaining("1 lease of s3:DeleteBucket (");
    }

    @Test
    @DisplayName("R59 no room for one lease more: nothing that is open is touched, and the count says so")
    void refusesTheOneLeaseTooMany() {
        DocumentLimits limits = new DocumentLimits(1_500, 3, 0);
        List<PermissionName> actions = List.copyOf(PolicyCases.RESOURCES.keySet());
        Map<String, Integer> assignment = compile(List.of(), Map.of(), limits).assignment();
        List<PolicyLease> leases = new ArrayList<>();
        int given = 0;
        try {
            for (PermissionName action : actions) {
                leases.add(lease(action.toString(), given, 60 + given));
                CompiledPolicies next = compile(leases, assignment, limits);
                assertThat(next.assignment()).hasSameSizeAs(actions);
                assignment = next.assignment();
                given++;
            }
        } catch (NoRoomException full) {
            // Nearly all of the room was used before the first no.
            assertThat(full.counts().charactersNeeded()).isGreaterThan(limits.characters() * 3 * 90 / 100);
            assertThat(full.counts().shares())
                    .extracting(NoRoomException.Share::what)
                    .contains("leases of 1 other action");
        }
        assertThat(given).isEqualTo(5);
        Map<String, Integer> kept = assignment;
        assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> compile(leases, kept, limits));
        assertThat(compile(leases.subList(0, given), kept, limits).assignment()).isEqualTo(kept);
    }

    @Test
    @DisplayName("R16 a service that is disabled: no document lets go of its actions before all of them are closed")
    void disablesWithoutAGap() {
        DocumentLimits limits = new DocumentLimits(480, 12, 0);
        Map<String, Integer> parted =
                new TreeMap<>(compile(List.of(), Map.of(), limits).assignment());
        parted.put("iam:PassRole", 11);
        parted.put("iam:DeleteRole", 11);
        parted.put("logs:DeleteLogGroup", 11);
        CompiledPolicies before = compile(List.of(), parted, limits);
        Set<Integer> closers = documentsOf(before, "iam:");
        assertThat(closers).hasSize(2);
        Map<PermissionName, Exemptions> others = new TreeMap<>(CLOSURE.protectedActions());
        others.keySet().removeIf(action -> action.service().equals("iam"));

        CompiledPolicies after = ScpCompiler.compile(
                AccountClosure.of(ACCOUNT, others, Set.of("iam")), ALWAYS, List.of(), NOW, before.assignment(), limits);

        int closer = PolicyCases.required(after.assignment(), "iam:*");
        assertThat(closers).contains(closer);
        assertThat(after.steps().get(0)).extracting(PolicyDocument::number).contains(closer);
        assertThat(after.steps().get(0))
                .extracting(PolicyDocument::number)
                .filteredOn(closers::contains)
                .hasSize(1);

        int full = after.documents().stream()
                .filter(document -> document.number() == closer)
                .mapToInt(PolicyDocument::characters)
                .sum();
        CompiledPolicies back = compile(List.of(), after.assignment(), new DocumentLimits(full + 30, 12, 0));

        assertThat(back.assignment()).hasSameSizeAs(CLOSURE.protectedActions().keySet());
        assertThat(back.steps().get(back.steps().size() - 1))
                .extracting(PolicyDocument::number)
                .contains(closer);
        assertThat(back.steps()).hasSize(2);
    }

    @Test
    @DisplayName(
            "R16 a document that has only parts of a disabled service left is not used again before they are closed")
    void overwritesNoPartTooEarly() {
        DocumentLimits limits = new DocumentLimits(480, 12, 0);
        Map<String, Integer> parted =
                new TreeMap<>(compile(List.of(), Map.of(), limits).assignment());
        int taken = new TreeSet<>(parted.values()).last() + 1;
        parted.put("iam:PassRole", taken);
        Map<PermissionName, Exemptions> others = new TreeMap<>(CLOSURE.protectedActions());
        others.keySet().removeIf(action -> action.service().equals("iam"));
        PolicyLease moving = lease("s3:DeleteBucket", 1, 60);

        CompiledPolicies after = ScpCompiler.compile(
                AccountClosure.of(ACCOUNT, others, Set.of("iam")),
                ALWAYS,
                List.of(moving),
                NOW,
                parted,
                new DocumentLimits(750, 12, 0));

        assertThat(after.assignment()).doesNotContainValue(taken);
    }

    @Test
    @DisplayName("R59 an action that is spelt in another way stays where it is")
    void heedsNoCase() {
        DocumentLimits limits = new DocumentLimits(800, 12, 200);
        Map<String, Integer> numbers = new TreeMap<>();
        compile(List.of(), Map.of(), limits)
                .assignment()
                .forEach((action, number) -> numbers.put(action.toLowerCase(Locale.ROOT), 12 - number));

        CompiledPolicies again = compile(List.of(), numbers, limits);

        again.assignment()
                .forEach((action, number) ->
                        assertThat(number).as(action).isEqualTo(numbers.get(action.toLowerCase(Locale.ROOT))));
    }

    private static Set<Integer> documentsOf(CompiledPolicies compiled, String prefix) {
        Set<Integer> numbers = new TreeSet<>();
        compiled.assignment().forEach((action, number) -> {
            if (action.startsWith(prefix)) {
                numbers.add(number);
            }
        });
        return numbers;
    }

    static Set<String> moved(CompiledPolicies before, CompiledPolicies after) {
        Set<String> moved = new TreeSet<>();
        after.assignment().forEach((action, number) -> {
            if (!number.equals(before.assignment().get(action))) {
                moved.add(action);
            }
        });
        return moved;
    }

    private static PolicyLease lease(String action, int person, int minutes) {
        return new PolicyLease(
                PrincipalId.identityCenterUser(String.format("94482488-3041-7026-18f3-%012d", person)),
                PermissionName.parse(action),
                NOW.plusSeconds(60L * minutes));
    }

    private static AccountClosure closure(Set<PermissionName> actions) {
        Map<PermissionName, Exemptions> closed = new TreeMap<>();
        actions.forEach(action -> closed.put(action, Exemptions.NONE));
        return AccountClosure.of(ACCOUNT, closed, Set.of());
    }

    private static CompiledPolicies compile(
            List<PolicyLease> leases, Map<String, Integer> previous, DocumentLimits limits) {
        return ScpCompiler.compile(CLOSURE, ALWAYS, leases, NOW, previous, limits);
    }
}
