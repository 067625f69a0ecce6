package io.drawbridge.grant.aws.scp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.grant.aws.scp.PolicyCases.Call;
import io.drawbridge.grant.aws.scp.PolicyCases.Case;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The compiled documents, judged by an evaluator that we did not write.
 *
 * <p>The normal build takes a sample. {@code -Ddrawbridge.simulator.cases=2000} makes it long, {@code -Ddrawbridge.simulator.seed=…} repeats a run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(3600)
class PolicySimulatorTest {
    private static final boolean ASKED_FOR = System.getProperty("drawbridge.simulator.cases") != null;
    private static final int CASES = Integer.getInteger("drawbridge.simulator.cases", 40);
    private static final long SEED = Long.getLong("drawbridge.simulator.seed", new Random().nextLong(1_000_000));
    /** Enough for the chances of a case to come up; fewer only where the machine is slow. */
    private static final int FEW = 30;
    /** For the sample of the normal build; a run whose number of cases was asked for takes what it takes. */
    private static final Duration SAMPLE = Duration.ofSeconds(25);

    private static final int CALLS = 400;
    private static final int SPOILT_CASES = 4;

    private PolicySimulator simulator;

    @BeforeAll
    void start() {
        simulator = PolicySimulator.start();
    }

    @AfterAll
    void stop() throws IOException {
        if (simulator != null) {
            simulator.close();
        }
    }

    @Test
    @DisplayName("R59 exactly what is leased is open, until its end, and all else that a control closes is closed")
    void opensExactlyWhatIsLeased() {
        Random random = new Random(SEED);
        int decisions = 0;
        int open = 0;
        int sharded = 0;
        int countered = 0;
        int cases = 0;
        long start = System.nanoTime();
        for (int round = 0; round < CASES && (ASKED_FOR || System.nanoTime() - start < SAMPLE.toNanos()); round++) {
            Case one = PolicyCases.random(random);
            List<Call> calls = PolicyCases.calls(random, one, CALLS);
            Map<String, List<String>> documents = one.documents();

            List<String> answers = simulator.judge(documents, calls);

            assertThat(mismatches(one, calls, answers))
                    .as("case %d of seed %d: %s", round, SEED, documents)
                    .isEmpty();
            assertThat(mismatches(one, calls, own(documents, calls)))
                    .as("our own judge on case %d of seed %d: %s", round, SEED, documents)
                    .isEmpty();
            cases++;
            decisions += answers.size();
            open += (int) answers.stream().filter("Allowed"::equals).count();
            countered += documents.toString().contains("\"StringEquals\"") ? 1 : 0;
            sharded += documents.values().stream().anyMatch(of -> of.size() > 1) ? 1 : 0;
        }
        System.out.printf(
                "Policy simulator: seed %d, %d cases (%d in several documents, %d with counter-statements), %d decisions, %d open, 0 mismatches.%n",
                SEED, cases, sharded, countered, decisions, open);
        assertThat(cases).isPositive();
        assertThat(open).isBetween(decisions / 20, decisions * 19 / 20);
        if (cases >= FEW) {
            assertThat(sharded).isPositive();
            assertThat(countered).isPositive();
        }
    }

    @ParameterizedTest(name = "R59 a compiler that {0} is found out")
    @MethodSource("waysToSpoil")
    void findsASpoiltCompilerOut(String how, Consumer<ArrayNode> spoil) {
        Random random = new Random(7);
        int found = 0;
        int decisions = 0;
        int own = 0;
        for (int round = 0; round < SPOILT_CASES; round++) {
            Case one = PolicyCases.random(random);
            List<Call> calls = PolicyCases.calls(random, one, CALLS);
            Map<String, List<String>> spoilt = spoilt(one.documents(), spoil);

            found += mismatches(one, calls, simulator.judge(spoilt, calls)).size();
            own += mismatches(one, calls, own(spoilt, calls)).size();
            decisions += calls.size();
        }
        System.out.printf("A compiler that %s: %d mismatches in %d decisions.%n", how, found, decisions);
        assertThat(found).as(how).isPositive();
        assertThat(own).as("the two judges about a compiler that " + how).isEqualTo(found);
    }

    @Test
    @DisplayName("R59 a document that is attached to the wrong account is found out")
    void findsTheWrongAccountOut() {
        Random random = new Random(7);
        int found = 0;
        for (int round = 0; round < SPOILT_CASES; round++) {
            Case one = PolicyCases.random(random);
            List<Call> calls = PolicyCases.calls(random, one, CALLS);
            Map<String, List<String>> documents = one.documents();
            String first = PolicyCases.ACCOUNTS.get(0);
            String second = PolicyCases.ACCOUNTS.get(1);
            Map<String, List<String>> exchanged = Map.of(
                    first, PolicyCases.required(documents, second), second, PolicyCases.required(documents, first));

            found += mismatches(one, calls, simulator.judge(exchanged, calls)).size();
        }
        assertThat(found).isPositive();
    }

    static Stream<Arguments> waysToSpoil() {
        return Stream.of(
                way("leaves nobody out", onEach(statement -> condition(statement)
                        .remove(List.of("StringNotEquals", "StringNotLike")))),
                way(
                        "has no native end",
                        statements -> removeIf(
                                statements, statement -> condition(statement).has("DateGreaterThanEquals"))),
                way("closes at once what ends later", onEach(statement -> condition(statement)
                        .remove("DateGreaterThanEquals"))),
                way("ends one second early", onEach(statement -> shift(statement, -1))),
                way("ends one second late", onEach(statement -> shift(statement, 1))),
                way("leaves the end itself open", onEach(statement -> {
                    JsonNode end = condition(statement).remove("DateGreaterThanEquals");
                    if (end != null) {
                        condition(statement).set("DateGreaterThan", end);
                    }
                })),
                way("forgets the always exempt at the end", onEach(statement -> {
                    if (condition(statement).has("DateGreaterThanEquals")) {
                        condition(statement).remove("ArnNotLike");
                    }
                })),
                way("has one list of people for all actions", PolicySimulatorTest::oneListForAll),
                way("lets pass who has no user id", onEach(statement -> {
                    if (condition(statement).has("StringNotEquals")) {
                        condition(statement).putObject("Null").put("identitystore:UserId", "false");
                    }
                })),
                way("takes a session name for an identity", onEach(statement -> {
                    JsonNode ids = condition(statement).path("StringNotEquals").path("identitystore:UserId");
                    if (ids.isTextual()) {
                        condition(statement).putObject("StringNotLike").put("aws:userid", "*:" + ids.asText());
                    }
                })),
                way("leaves out the last statement", statements -> statements.remove(statements.size() - 1)),
                way("closes a neighbour too", statements -> ((ObjectNode) statements.get(0)).put("Action", "s3:*")));
    }

    private static Arguments way(String how, Consumer<ArrayNode> spoil) {
        return Arguments.of(how, spoil);
    }

    private static Consumer<ArrayNode> onEach(Consumer<ObjectNode> spoil) {
        return statements -> statements.forEach(statement -> spoil.accept((ObjectNode) statement));
    }

    private static ObjectNode condition(JsonNode statement) {
        return (ObjectNode) statement.path("Condition");
    }

    private static void removeIf(ArrayNode statements, java.util.function.Predicate<JsonNode> doomed) {
        for (int index = statements.size() - 1; index >= 0; index--) {
            if (doomed.test(statements.get(index))) {
                statements.remove(index);
            }
        }
    }

    private static void shift(ObjectNode statement, int seconds) {
        if (condition(statement).path("DateGreaterThanEquals") instanceof ObjectNode end) {
            Instant moment = Instant.parse(end.path("aws:CurrentTime").asText());
            end.put("aws:CurrentTime", moment.plusSeconds(seconds).toString());
        }
    }

    private static void oneListForAll(ArrayNode statements) {
        Set<String> people = new TreeSet<>();
        for (JsonNode statement : statements) {
            JsonNode ids = condition(statement).path("StringNotEquals").path("identitystore:UserId");
            if (ids.isTextual()) {
                people.add(ids.asText());
            }
            ids.forEach(id -> people.add(id.asText()));
        }
        if (!people.isEmpty()) {
            statements.forEach(statement -> {
                ArrayNode all =
                        condition(statement).putObject("StringNotEquals").putArray("identitystore:UserId");
                people.forEach(all::add);
            });
        }
    }

    private static Map<String, List<String>> spoilt(Map<String, List<String>> documents, Consumer<ArrayNode> spoil) {
        Map<String, List<String>> spoilt = new LinkedHashMap<>();
        documents.forEach((account, contents) -> {
            List<String> texts = new ArrayList<>();
            for (String content : contents) {
                JsonNode document = DocumentJudge.read(content);
                spoil.accept((ArrayNode) document.path("Statement"));
                if (!document.path("Statement").isEmpty()) {
                    texts.add(document.toString());
                }
            }
            spoilt.put(account, texts);
        });
        return spoilt;
    }

    private static List<String> own(Map<String, List<String>> documents, List<Call> calls) {
        Map<String, DocumentJudge> judges = new LinkedHashMap<>();
        documents.forEach((account, contents) -> judges.put(account, new DocumentJudge(contents)));
        return calls.stream()
                .map(call ->
                        PolicyCases.required(judges, call.caller().account()).allows(call.action(), call.context())
                                ? "Allowed"
                                : "ExplicitlyDenied")
                .toList();
    }

    private static List<String> mismatches(Case one, List<Call> calls, List<String> answers) {
        assertThat(answers).hasSameSizeAs(calls);
        List<String> mismatches = new ArrayList<>();
        for (int index = 0; index < calls.size(); index++) {
            String wanted = one.isOpen(calls.get(index)) ? "Allowed" : "ExplicitlyDenied";
            if (!answers.get(index).equals(wanted)) {
                mismatches.add(calls.get(index) + " should be " + wanted + " and is " + answers.get(index));
            }
        }
        return mismatches;
    }
}
