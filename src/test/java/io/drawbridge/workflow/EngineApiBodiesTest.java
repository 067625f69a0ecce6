package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.Cast;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineApiBodiesTest {
    private final EngineApiBodies bodies = new EngineApiBodies();

    @ParameterizedTest
    @DisplayName("R72 a query that brings an expression is refused, however deep it hides")
    @ValueSource(
            strings = {
                "{'candidateUserExpression': '${1}'}",
                "{'orQueries': [{'candidateUserExpression': '${1}'}]}",
                "{'orQueries': [{'orQueries': [{'assigneeExpression': '${1}'}]}]}",
                "{'a': {'b': [{'DueBeforeEXPRESSION': 1}]}}",
                "{'taskVariables': [{'name': 'a', 'operator': 'eq', 'value': {'x': 1}}]}",
                "{'a': 1, 'a': 2}",
                "{'a': 1} {'b': 2}",
                "null",
                "[]",
                "7",
                "nonsense"
            })
    void refusesExpressions(String body) {
        assertThatThrownBy(() -> bodies.query(bytes(body))).isInstanceOf(EngineApiBodies.RefusedException.class);
    }

    @Test
    @DisplayName("R72 a plain query goes on as it is")
    void handsOnAPlainQuery() throws Exception {
        assertThat(text(bodies.query(bytes("{'orQueries': [{'name': 'a'}], 'sorting': []}"))))
                .isEqualTo("{\"orQueries\":[{\"name\":\"a\"}],\"sorting\":[]}");
        assertThat(bodies.query(new byte[0])).isEmpty();
    }

    @Test
    @DisplayName("R72 of a form only its fields go on, as texts")
    void handsOnTheFieldsOfAFormOnly() throws Exception {
        byte[] form = bytes("{'variables': {'message': {'value': 'x', 'type': 'String', 'valueInfo': {'a': 1}},"
                + " 'requestId': {'value': 'mine'}}, 'withVariablesInReturn': true}");

        assertThat(text(bodies.form(form, "mine"::equals)))
                .isEqualTo("{\"variables\":{\"message\":{\"value\":\"x\",\"type\":\"String\"}}}");
        assertThatThrownBy(() -> bodies.form(form, "other"::equals)).hasMessageContaining("requestId");
        assertThatThrownBy(() -> bodies.form(bytes("{'variables': {'message': {'value': 1}}}"), key -> false))
                .hasMessageContaining("must be a text");
        assertThatThrownBy(() -> bodies.form(bytes("{'variables': {'mayOpen': {'value': 'yes'}}}"), key -> false))
                .hasMessageContaining("nobody sets variables");
    }

    @Test
    @DisplayName("R72 whoever claims, claims for himself")
    void claimsForOneselfOnly() throws Exception {
        assertThat(text(bodies.claim(bytes("{'userId': 'bob@acme.example'}"), Cast.BOB)))
                .isEqualTo("{\"userId\":\"bob@acme.example\"}");
        assertThatThrownBy(() -> bodies.claim(bytes("{'userId': 'mallory@acme.example'}"), Cast.BOB))
                .hasMessageContaining("for oneself");
        assertThatThrownBy(() -> bodies.claim(bytes("{}"), Cast.BOB)).hasMessageContaining("missing");
    }

    @Test
    @DisplayName("R53 R72 a retry puts nothing off")
    void retriesWithoutPuttingOff() throws Exception {
        assertThat(text(bodies.retry(bytes("{'retries': 1}")))).isEqualTo("{\"retries\":1}");
        for (String body : new String[] {"{'retries': 0}", "{'retries': 1, 'dueDate': '9999-01-01'}", "{}"}) {
            assertThatThrownBy(() -> bodies.retry(bytes(body))).isInstanceOf(EngineApiBodies.RefusedException.class);
        }
    }

    private static byte[] bytes(String body) {
        return body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
