package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.organization.PermissionName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How many leases fit. Writes its tables to {@code target/scp-capacity.md}. */
class CapacityTest {
    private static final String ACCOUNT = "111122223333";
    private static final AlwaysExempt ALWAYS = AlwaysExempt.of(
            "arn:aws:iam::111122223333:role/Drawbridge", List.of("arn:aws:iam::111122223333:role/BreakGlass"));
    private static final Instant NOW = PolicyCases.NOW;
    private static final Map<List<PermissionName>, AccountClosure> CLOSURES = new HashMap<>();
    private static final int MOST = 1_000;

    private final StringBuilder report = new StringBuilder();

    /** How leases look. */
    private enum Manner {
        /** Each has its own action, person and end. */
        WORST,
        /** Bundles of 3 neighbouring actions, 12 people, ends within 4 hours on a grid of 15 minutes. */
        TYPICAL,
        /** All of one action, each of its own person and end. */
        ONE_ACTION
    }

    @Test
    @DisplayName(
            "R59 what fits into one document, and into the documents of an account with the whole catalogue closed")
    void measuresWhatFits() {
        List<PermissionName> catalogue = catalogue();
        List<PermissionName> sixty = everyNth(catalogue, catalogue.size() / 60).subList(0, 60);

        line(
                "One document of any length, 60 closed actions (%d characters of names), two exempt roles:%n",
                names(sixty));
        line("| leases | worst | typical |");
        line("| --- | --- | --- |");
        DocumentLimits endless = new DocumentLimits(1_000_000, 1, 0);
        for (int count : List.of(0, 1, 5, 10, 20, 40)) {
            line(
                    "| %d | %,d | %,d |",
                    count,
                    compile(sixty, leases(sixty, count, Manner.WORST), Map.of(), endless)
                            .characters(),
                    compile(sixty, leases(sixty, count, Manner.TYPICAL), Map.of(), endless)
                            .characters());
        }

        line("%n%nLeases that fit, 60 closed actions:%n");
        line("| documents | worst | typical | all of one action |");
        line("| --- | --- | --- | --- |");
        for (int documents : List.of(1, 4, 9)) {
            DocumentLimits limits = new DocumentLimits(DocumentLimits.AWS_CHARACTERS, documents, 0);
            line(
                    "| %d | %d | %d | %d |",
                    documents,
                    fitting(sixty, limits, Manner.WORST).fit(),
                    fitting(sixty, limits, Manner.TYPICAL).fit(),
                    fitting(sixty, limits, Manner.ONE_ACTION).fit());
        }

        line(
                "%n%nThe whole catalogue closed: %,d actions, %,d characters of names; at most 9 documents:%n",
                catalogue.size(), names(catalogue));
        line("| headroom | documents at first | worst: first move at / fit | typical: first move at / fit | 12 of one"
                + " action move |");
        line("| --- | --- | --- | --- | --- |");
        for (int headroom : List.of(0, 2_560, 5_120)) {
            DocumentLimits limits = new DocumentLimits(DocumentLimits.AWS_CHARACTERS, 9, headroom);
            CompiledPolicies bare = compile(catalogue, List.of(), Map.of(), limits);
            Fit worst = fitting(catalogue, limits, Manner.WORST);
            Fit typical = fitting(catalogue, limits, Manner.TYPICAL);
            CompiledPolicies hot =
                    compile(catalogue, leases(catalogue, 12, Manner.ONE_ACTION), bare.assignment(), limits);
            line(
                    "| %,d | %d | %d / %d | %d / %d | %d actions |",
                    headroom,
                    bare.documents().size(),
                    worst.firstMove(),
                    worst.fit(),
                    typical.firstMove(),
                    typical.fit(),
                    PackingTest.moved(bare, hot).size());
            assertThat(worst.fit()).isGreaterThan(80);
            assertThat(typical.fit()).isGreaterThan(140);
        }
        CompiledPolicies bare = compile(catalogue, List.of(), Map.of(), DocumentLimits.ofAws(1));
        line(
                "%n%nWith the default headroom: %d documents, %s characters, %,d of %,d left.",
                bare.documents().size(),
                bare.documents().stream().map(PolicyDocument::characters).toList(),
                9 * DocumentLimits.AWS_CHARACTERS - bare.characters(),
                9 * DocumentLimits.AWS_CHARACTERS);
        assertThat(bare.documents()).hasSizeLessThanOrEqualTo(6);
        write();
    }

    private record Fit(int fit, int firstMove) {}

    /** One lease after the other, until there is no room. */
    private static Fit fitting(List<PermissionName> actions, DocumentLimits limits, Manner manner) {
        CompiledPolicies last = compile(actions, List.of(), Map.of(), limits);
        int firstMove = 0;
        for (int count = 1; count <= MOST; count++) {
            Optional<CompiledPolicies> next = tried(actions, leases(actions, count, manner), last, limits);
            if (next.isEmpty()) {
                return new Fit(count - 1, firstMove);
            }
            if (firstMove == 0 && !next.get().assignment().equals(last.assignment())) {
                firstMove = count;
            }
            last = next.get();
        }
        return new Fit(MOST, firstMove);
    }

    private static Optional<CompiledPolicies> tried(
            List<PermissionName> actions, List<PolicyLease> leases, CompiledPolicies last, DocumentLimits limits) {
        try {
            return Optional.of(compile(actions, leases, last.assignment(), limits));
        } catch (NoRoomException full) {
            return Optional.empty();
        }
    }

    private static List<PolicyLease> leases(List<PermissionName> actions, int count, Manner manner) {
        List<PolicyLease> leases = new ArrayList<>();
        // A stride that meets every action once, so that neighbours are not leased together.
        int stride = actions.size() == 60 ? 7 : 97;
        Random random = new Random(1);
        int bundled = 0;
        int person = 0;
        int quarters = 0;
        for (int index = 0; index < count; index++) {
            if (index % 3 == 0) {
                bundled = random.nextInt(actions.size());
                person = random.nextInt(12);
                quarters = 1 + random.nextInt(16);
            }
            leases.add(
                    switch (manner) {
                        case WORST -> lease(actions.get(index * stride % actions.size()), index, 60 + 7 * index);
                        case TYPICAL ->
                            lease(actions.get((bundled + index % 3) % actions.size()), person, 15 * quarters);
                        case ONE_ACTION -> lease(actions.get(0), index, 60 + 7 * index);
                    });
        }
        return leases;
    }

    private static PolicyLease lease(PermissionName action, int person, int minutes) {
        return new PolicyLease(
                PrincipalId.identityCenterUser(String.format("94482488-3041-7026-18f3-%012d", person)),
                action,
                NOW.plusSeconds(60L * minutes));
    }

    private static CompiledPolicies compile(
            List<PermissionName> actions,
            List<PolicyLease> leases,
            Map<String, Integer> previous,
            DocumentLimits limits) {
        AccountClosure closure = CLOSURES.computeIfAbsent(actions, CapacityTest::closure);
        return ScpCompiler.compile(closure, ALWAYS, leases, NOW, previous, limits);
    }

    private static AccountClosure closure(List<PermissionName> actions) {
        Map<PermissionName, Exemptions> closed = new TreeMap<>();
        actions.forEach(action -> closed.put(action, Exemptions.NONE));
        return AccountClosure.of(ACCOUNT, closed, Set.of());
    }

    private static List<PermissionName> catalogue() {
        try (Stream<Path> files = Files.list(Path.of("src", "main", "resources", "catalogue"))) {
            return files.flatMap(file -> lines(file).stream())
                    .map(String::strip)
                    .filter(line -> line.matches("- [a-z0-9-]+:[A-Za-z0-9]+"))
                    .map(line -> PermissionName.parse(line.substring(2)))
                    .sorted()
                    .distinct()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<PermissionName> everyNth(List<PermissionName> all, int step) {
        List<PermissionName> some = new ArrayList<>();
        for (int index = 0; index < all.size(); index += step) {
            some.add(all.get(index));
        }
        return some;
    }

    private static int names(List<PermissionName> actions) {
        return actions.stream().mapToInt(action -> action.toString().length()).sum();
    }

    private void line(String format, Object... values) {
        report.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void write() {
        try {
            Files.createDirectories(Path.of("target"));
            Files.writeString(Path.of("target", "scp-capacity.md"), report);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
