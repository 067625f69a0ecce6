package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.aws.scp.PolicyCases.Call;
import io.drawbridge.grant.aws.scp.PolicyCases.Caller;
import io.drawbridge.grant.aws.scp.PolicyCases.Case;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.policy.AccessDuration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Lives of an account: leases come, overlap, are ended early and end by themselves, documents are written one by one, and
 * the writer is killed between two of them. Access at each instant is the union of the living leases.
 *
 * <p>{@code -Ddrawbridge.leases.lives=500} makes it long.
 */
class LivingLeasesTest {
    private static final int LIVES = Integer.getInteger("drawbridge.leases.lives", 3);
    private static final long SEED = Long.getLong("drawbridge.leases.seed", new Random().nextLong(1_000_000));
    private static final String ACCOUNT = PolicyCases.ACCOUNTS.get(0);
    private static final int EVENTS = 60;
    private static final DocumentLimits SMALL = new DocumentLimits(1_500, 9, 300);
    private static final AlwaysExempt ALWAYS =
            AlwaysExempt.of("arn:aws:iam::*:role/drawbridge/Drawbridge", List.of("arn:aws:iam::*:role/BreakGlass"));
    /** Never leased anything, and never exempt in these lives. */
    private static final Set<String> OUTSIDERS = Set.of(
            "Dave, who has no lease",
            "a user without a lease",
            "a role whose session has the name of Alice",
            "Alice in a chained role, without the key");

    private final Random random = new Random(SEED);
    private int moves;
    private int kills;
    private int refusals;
    private int instants;

    @Test
    @DisplayName("R54 R59 at each instant exactly the union of the living leases is open, also between two writes")
    void opensTheUnionOfTheLivingLeases() {
        for (int life = 0; life < LIVES; life++) {
            new Life().live();
        }
        System.out.printf(
                "Living leases: seed %d, %d lives, %d instants, %d moves, %d kills, %d refusals for want of room.%n",
                SEED, LIVES, instants, moves, kills, refusals);
        assertThat(moves).isPositive();
        assertThat(kills).isPositive();
    }

    private final class Life {
        private final List<PrincipalId> leased = PolicyCases.leasedIn(random);
        private final Map<Integer, String> cloud = new TreeMap<>();
        private final List<PolicyLease> leases = new ArrayList<>();
        private final List<Caller> callers = PolicyCases.callers(ACCOUNT);
        private Map<String, Integer> kept = new TreeMap<>();
        private AccountClosure closure = closure();
        private Instant now = PolicyCases.NOW;

        void live() {
            write(false);
            for (int event = 0; event < EVENTS; event++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> lease();
                    case 4 -> endEarly();
                    case 5 -> change();
                    default -> now = now.plusSeconds(random.nextInt(2_000));
                }
                if (!write(random.nextInt(6) == 0)) {
                    kills++;
                    assertThat(write(false)).isTrue();
                }
                isExact(now);
                isExact(now.plusSeconds(random.nextInt(10_000)));
                if (!leases.isEmpty()) {
                    Instant end = leases.get(random.nextInt(leases.size())).end();
                    for (Instant at : List.of(end.minusSeconds(1), end, end.plusSeconds(1))) {
                        if (!at.isBefore(now) && at.isBefore(AccessDuration.FOREVER_END)) {
                            isExact(at);
                        }
                    }
                }
            }
        }

        private AccountClosure closure() {
            AccountClosure any = PolicyCases.closure(random, ACCOUNT);
            Map<PermissionName, Exemptions> closed = new TreeMap<>();
            any.protectedActions().keySet().forEach(action -> closed.put(action, Exemptions.NONE));
            PolicyCases.RESOURCES.keySet().stream()
                    .filter(action ->
                            action.service().equals("iam") || action.service().equals("s3"))
                    .forEach(action -> closed.put(action, Exemptions.NONE));
            return AccountClosure.of(ACCOUNT, closed, any.disabledServices());
        }

        private void lease() {
            List<PermissionName> actions =
                    List.copyOf(closure.protectedActions().keySet());
            int spread = Math.min(actions.size(), 8);
            PermissionName action = actions.get(random.nextInt(spread));
            PrincipalId principal = leased.get(random.nextInt(leased.size()));
            Instant end = random.nextInt(10) == 0
                    ? AccessDuration.FOREVER_END
                    : now.plusSeconds(1 + random.nextInt(7_200)).plusMillis(random.nextInt(1_000));
            PolicyLease asked = new PolicyLease(principal, action, end);
            leases.add(asked);
            try {
                CompiledPolicies unused = compile();
            } catch (NoRoomException full) {
                refusals++;
                assertThat(full.toString().contains("fits into no document")
                                || full.counts().charactersNeeded() > 1_500 * 9 * 8 / 10)
                        .as(full.getMessage())
                        .isTrue();
                leases.remove(asked);
            }
        }

        private void endEarly() {
            if (!leases.isEmpty()) {
                leases.remove(random.nextInt(leases.size()));
            }
        }

        private void change() {
            AccountClosure before = closure;
            closure = closure();
            try {
                CompiledPolicies unused = compile();
            } catch (NoRoomException full) {
                closure = before;
            }
        }

        private CompiledPolicies compile() {
            return ScpCompiler.compile(closure, ALWAYS, leases, now, kept, SMALL);
        }

        /** As a writer does; whether it came to the end. */
        private boolean write(boolean maybeKilled) {
            CompiledPolicies compiled = compile();
            Set<String> outset = new HashSet<>(closedOnBothSides());
            Set<String> openBefore = open(now);
            Set<String> openAfter = wanted(now);
            boolean first = true;
            for (List<PolicyDocument> step : compiled.steps()) {
                List<PolicyDocument> anyOrder = new ArrayList<>(step);
                Collections.shuffle(anyOrder, random);
                for (PolicyDocument document : anyOrder) {
                    if (maybeKilled && random.nextInt(4) == 0) {
                        return false;
                    }
                    cloud.put(document.number(), document.content());
                    isBetween(outset, openBefore, openAfter);
                }
                if (first) {
                    first = false;
                    Map<String, Integer> last = kept;
                    moves += (int) compiled.assignment().entrySet().stream()
                            .filter(entry -> last.containsKey(entry.getKey())
                                    && !entry.getValue().equals(last.get(entry.getKey())))
                            .count();
                    kept = compiled.assignment();
                }
            }
            Set<Integer> living = new TreeSet<>();
            compiled.documents().forEach(document -> living.add(document.number()));
            for (int number : List.copyOf(cloud.keySet())) {
                if (!living.contains(number)) {
                    if (maybeKilled && random.nextBoolean()) {
                        return false;
                    }
                    cloud.remove(number);
                    isBetween(outset, openBefore, openAfter);
                }
            }
            return true;
        }

        /** Actions that are closed now and are to stay so. */
        private Set<String> closedOnBothSides() {
            Caller outsider = callers.stream()
                    .filter(caller -> caller.name().equals("Dave, who has no lease"))
                    .findFirst()
                    .orElseThrow();
            DocumentJudge judge = new DocumentJudge(cloud.values());
            Set<String> closed = new TreeSet<>();
            for (PermissionName action : closure.protectedActions().keySet()) {
                if (!judge.allows(action, new Call(outsider, action, now).context())) {
                    closed.add(action.toString());
                }
            }
            return closed;
        }

        private void isBetween(Set<String> outset, Set<String> before, Set<String> after) {
            Set<String> open = open(now);
            for (Caller caller : callers) {
                for (String action : outset) {
                    String key = caller.name() + " " + action;
                    if (before.contains(key) && after.contains(key)) {
                        assertThat(open).as("seed %d", SEED).contains(key);
                    }
                    if (!before.contains(key) && !after.contains(key)) {
                        assertThat(open).as("seed %d", SEED).doesNotContain(key);
                    }
                    if (OUTSIDERS.contains(caller.name())) {
                        assertThat(open).as("seed %d", SEED).doesNotContain(key);
                    }
                }
            }
        }

        private void isExact(Instant at) {
            instants++;
            assertThat(open(at)).as("seed %d, %s", SEED, at).isEqualTo(wanted(at));
        }

        private Set<String> open(Instant at) {
            DocumentJudge judge = new DocumentJudge(cloud.values());
            Set<String> open = new TreeSet<>();
            for (Caller caller : callers) {
                Map<String, String> context = new Call(caller, PermissionName.parse("s3:GetObject"), at).context();
                for (PermissionName action : PolicyCases.RESOURCES.keySet()) {
                    if (judge.allows(action, context)) {
                        open.add(caller.name() + " " + action);
                    }
                }
            }
            return open;
        }

        private Set<String> wanted(Instant at) {
            Case here = new Case(ALWAYS, Map.of(ACCOUNT, closure), Map.of(ACCOUNT, leases), SMALL);
            Set<String> open = new TreeSet<>();
            for (Caller caller : callers) {
                for (PermissionName action : PolicyCases.RESOURCES.keySet()) {
                    if (here.isOpen(new Call(caller, action, at))) {
                        open.add(caller.name() + " " + action);
                    }
                }
            }
            return open;
        }
    }
}
