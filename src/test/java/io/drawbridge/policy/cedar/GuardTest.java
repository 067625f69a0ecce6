package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.policy.InvalidPolicyException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Texts that end the process when Cedar sees them on an ordinary stack, or fill its memory, or take it minutes.
 *
 * <p>That this class runs to its end is half of the proof.
 */
class GuardTest {
    private static final CedarAccessPolicies policies = Judges.over(Judges.POLICIES);

    @AfterAll
    static void close() {
        policies.close();
    }

    static Stream<Arguments> deadly() {
        return Stream.of(
                Arguments.of("brackets", nested("(", "true", ")", 100_000)),
                Arguments.of("negations", nested("!(", "true", ")", 50_000)),
                Arguments.of("lists", nested("[", "1", "]", 100_000)),
                Arguments.of("records", nested("{a:", "1", "}", 100_000)),
                Arguments.of("calls", nested("a.contains(", "1", ")", 100_000)),
                Arguments.of("open brackets", when("(".repeat(1_000_000))),
                Arguments.of("closed brackets", when(")".repeat(1_000))),
                Arguments.of("else if", when("if true then true else ".repeat(20_000) + "true")),
                Arguments.of("if if", when("if ".repeat(20_000) + "true" + " then true else true".repeat(20_000))),
                Arguments.of("sum", when("1" + " + 1".repeat(200_000) + " > 0")),
                Arguments.of("product", when("2" + "*1".repeat(200_000) + " > 0")),
                Arguments.of("conjunction", when("true" + " && true".repeat(200_000))),
                Arguments.of("path", when("context" + ".a".repeat(200_000))),
                Arguments.of("path with comments", when("context" + ".a//\n".repeat(1_000))),
                Arguments.of("has path", when("context has a" + ".a".repeat(30_000))),
                Arguments.of("indexes", when("context" + "[\"a\"]".repeat(100_000))),
                Arguments.of(
                        "conditions", "permit(principal, action, resource)" + " when { true }".repeat(50_000) + ";"),
                Arguments.of("name", when("principal in a" + "::a".repeat(100_000) + "::\"x\"")),
                Arguments.of("string", when("\"" + "x".repeat(1_000_000) + "\" == \"\"")),
                Arguments.of("annotations", "@a(\"x\") ".repeat(100_000) + "permit(principal, action, resource);"),
                Arguments.of("policies", "permit(principal, action, resource);".repeat(30_000)),
                Arguments.of("text", " ".repeat(9 << 20)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deadly")
    @DisplayName("A policy that would end the process is refused before Cedar sees it")
    void deadlyPolicyIsRefused(String name, String text) {
        assertThatThrownBy(() -> policies.evaluate(Judges.ACME, Questions.lenient(text)))
                .isInstanceOf(InvalidPolicyException.class);
        assertThatThrownBy(() -> policies.evaluate(Judges.ACME, Questions.strict("@id(\"x\") " + text)))
                .isInstanceOf(InvalidPolicyException.class);
    }

    static Stream<Arguments> deepest() {
        int depth = PolicyText.MAX_DEPTH - 1;
        return Stream.of(
                Arguments.of("brackets", nested("(", "true", ")", depth)),
                Arguments.of("lists", nested("[", "1", "]", depth)),
                Arguments.of("records", nested("{a:", "1", "}", depth)),
                Arguments.of("calls", nested("context.a.contains(", "1", ")", depth)),
                Arguments.of("else if", when("if true then true else ".repeat(PolicyText.MAX_CONDITIONALS) + "true")),
                Arguments.of(
                        "if if",
                        when("if ".repeat(PolicyText.MAX_CONDITIONALS) + "true"
                                + " then true else true".repeat(PolicyText.MAX_CONDITIONALS))),
                Arguments.of("sum", when("1" + " + 1".repeat(PolicyText.MAX_OPERATORS - 2) + " > 0")),
                Arguments.of("conjunction", when("true" + " && true".repeat(PolicyText.MAX_OPERATORS / 2 - 1))),
                Arguments.of("path", when("context" + ".a".repeat(PolicyText.MAX_STEPS))),
                Arguments.of("has path", when("context has a" + ".a".repeat(PolicyText.MAX_STEPS))),
                Arguments.of("indexes", when("context" + "[\"a\"]".repeat(PolicyText.MAX_OPERATORS - 1))),
                Arguments.of(
                        "conditions",
                        "permit(principal, action, resource)" + " when { true }".repeat(PolicyText.MAX_OPERATORS)
                                + ";"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deepest")
    @DisplayName("The deepest policy that is let through does not end the process")
    void deepestPolicySurvives(String name, String text) {
        assertThatCode(() -> policies.evaluate(Judges.ACME, Questions.lenient(text)))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("Brackets in strings and comments do not nest")
    void bracketsInStringsAreText() {
        String text = "// " + "(".repeat(500) + "\n" + when("\"" + "(\\\"[".repeat(500) + "\" != \"\" // ((((\n");

        assertThat(policies.evaluate(Judges.ACME, Questions.lenient(text)).allowed())
                .isTrue();
    }

    static Stream<Arguments> deadlySchemas() {
        return Stream.of(
                Arguments.of("sets", "entity A = {a: " + "Set<".repeat(5_000) + "Long" + ">".repeat(5_000) + "};"),
                Arguments.of("records", "entity A = {a: " + "{a: ".repeat(5_000) + "Long" + "}".repeat(5_000) + "};"),
                Arguments.of("types that double", types(40, "{a: %1$s, b: %1$s}")),
                Arguments.of("types in a chain", types(5_000, "Set<%1$s>")),
                Arguments.of("text", "// " + "x".repeat(1 << 20)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deadlySchemas")
    @DisplayName("A schema that would end the process is refused before Cedar sees it")
    void deadlySchemaIsRefused(String name, String schema) {
        assertThatThrownBy(() -> policies.evaluate(Judges.ACME, Questions.withSchema(schema)))
                .isInstanceOf(InvalidPolicyException.class);
    }

    static Stream<Arguments> deadlyValues() {
        return Stream.of(
                Arguments.of("lists", "[".repeat(200) + "]".repeat(200)),
                Arguments.of("many lists", "[".repeat(500_000)),
                Arguments.of("records", "{\"a\":".repeat(200) + "1" + "}".repeat(200)),
                Arguments.of("huge number", "1".repeat(900)),
                Arguments.of("rounded number", "1.5"),
                Arguments.of("too large a number", "9223372036854775808"),
                Arguments.of("null", "null"),
                Arguments.of("long string", "\"" + "x".repeat(2 << 20) + "\""),
                Arguments.of("unknown extension", "{\"__extn\": {\"fn\": \"unknown\", \"arg\": \"x\"}}"),
                Arguments.of("no address", "{\"__extn\": {\"fn\": \"ip\", \"arg\": \"x\"}}"),
                Arguments.of("no type", "{\"__entity\": {\"type\": \"" + "(".repeat(400) + "\", \"id\": \"x\"}}"),
                Arguments.of(
                        "long type", "{\"__entity\": {\"type\": \"a" + "::a".repeat(50_000) + "\", \"id\": \"x\"}}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deadlyValues")
    @DisplayName("A value that Cedar would panic over, or round, is refused in context and entities")
    void deadlyValueIsRefused(String name, String value) {
        String entity =
                "[{\"uid\": {\"type\": \"A\", \"id\": \"a\"}, \"attrs\": {\"v\": " + value + "}, \"parents\": []}]";

        assertThatThrownBy(() -> policies.evaluate(Judges.ACME, Questions.withContext("{\"v\": " + value + "}")))
                .isInstanceOf(InvalidPolicyException.class);
        assertThatThrownBy(() -> policies.evaluate(Judges.ACME, Questions.withEntities(entity)))
                .isInstanceOf(InvalidPolicyException.class);
    }

    @Test
    @DisplayName("The deepest value that is let through is answered")
    void deepestValueIsAnswered() {
        int depth = CedarValues.MAX_DEPTH - 4;
        String value = "[".repeat(depth) + "1" + "]".repeat(depth);
        String entity =
                "[{\"uid\": {\"type\": \"A\", \"id\": \"a\"}, \"attrs\": {\"v\": " + value + "}, \"parents\": []}]";

        assertThat(policies.evaluate(Judges.ACME, Questions.withContext("{\"v\": " + value + "}"))
                        .allowed())
                .isTrue();
        assertThat(policies.evaluate(Judges.ACME, Questions.withEntities(entity))
                        .allowed())
                .isTrue();
    }

    @Test
    @DisplayName("A deep policy that is loaded is judged on an ordinary stack")
    void deepRunningPolicyIsJudged(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) {
        String deep = "@id(\"deep\") permit(principal, action, resource) when { " + "(".repeat(PolicyText.MAX_DEPTH - 1)
                + "context.mfa" + ")".repeat(PolicyText.MAX_DEPTH - 1) + " };";
        try (CedarAccessPolicies deepPolicies = Judges.over(Judges.write(folder, deep))) {
            assertThat(deepPolicies.judge(Judges.question()).allowed()).isTrue();
        }
    }

    private static String when(String condition) {
        return "permit(principal, action, resource) when { " + condition + " };";
    }

    private static String nested(String open, String middle, String close, int times) {
        return when(open.repeat(times) + middle + close.repeat(times) + " == true");
    }

    private static String types(int count, String body) {
        StringBuilder text = new StringBuilder("type T0 = Long;\n");
        for (int i = 1; i < count; i++) {
            text.append("type T")
                    .append(i)
                    .append(" = ")
                    .append(String.format(body, "T" + (i - 1)))
                    .append(";\n");
        }
        return text + "entity A = {a: T" + (count - 1) + "};";
    }
}
