package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;

/** No decision without a word. */
class DecisionTextsTest extends RequestStage {

    static List<String> unusable() {
        return List.of("", " ", "\n\t ", "\u2003", "x".repeat(2001), "null\0character");
    }

    @ParameterizedTest(name = "R43 refused")
    @NullSource
    @MethodSource("unusable")
    @DisplayName("R43 without a message of 1 to 2,000 characters nothing is decided, in Tasklist neither")
    void messageIsNeeded(@Nullable String message) {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), message, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("message");
        assertThatThrownBy(() -> decisions.deny(as(Cast.BOB), request.id(), message))
                .isInstanceOf(InvalidInputException.class);
        for (String decision : List.of("approve", "deny")) {
            Map<String, Object> form = new HashMap<>(Map.of("decision", decision));
            if (message != null) {
                form.put("message", message);
            }
            assertThatThrownBy(() -> complete(Cast.BOB, taskOf(request, APPROVE), form));
        }

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(taskOf(request, APPROVE)).isNotNull();
        assertThat(count("access_grant")).isZero();
    }

    @Test
    @DisplayName("R43 the longest message is taken and kept")
    void longestMessageIsTaken() {
        AccessRequest request = aPendingRequest();

        decisions.deny(as(Cast.BOB), request.id(), " " + "x".repeat(2000) + " ");

        assertThat(now(request).decision().orElseThrow().message()).isEqualTo("x".repeat(2000));
    }

    @ParameterizedTest(name = "R43 \"{0}\" is no decision")
    @MethodSource
    void noDecisionIsNoDecision(String decision) {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(
                () -> complete(Cast.BOB, taskOf(request, APPROVE), Map.of("decision", decision, "message", "Fine.")));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
    }

    static List<String> noDecisionIsNoDecision() {
        return List.of("", "approved", "APPROVE", "yes", "true");
    }

    @Test
    @DisplayName("R43 R44 Tasklist decides with message and another duration, as the page does")
    void tasklistDecides() {
        AccessRequest request = aPendingRequest();

        complete(
                Cast.BOB,
                taskOf(request, APPROVE),
                Map.of("decision", "approve", "message", "Half of it.", "duration", "PT1H"));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        assertThat(now(request).decision().orElseThrow().message()).isEqualTo("Half of it.");
        assertThat(now(request).grantedDuration().orElseThrow()).hasToString("PT1H");
        assertThat(now(request).requestedDuration().orElseThrow()).hasToString("PT2H");
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    @Test
    @DisplayName("R25 R43 Tasklist is told when the policy overrules the approver")
    void tasklistIsToldOfTheOverruling() {
        AccessRequest request = aPendingRequest();
        organization.setControl(
                as(Cast.ERIN),
                new io.drawbridge.organization.Controls.ScopeControl(
                        new io.drawbridge.organization.ScopeId(Cast.PROD),
                        "s3",
                        io.drawbridge.organization.Control.NONE,
                        List.of()));

        assertThatThrownBy(() ->
                        complete(Cast.BOB, taskOf(request, APPROVE), Map.of("decision", "approve", "message", "Fine.")))
                .hasMessageContaining("now denies");

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(now(request).decision().orElseThrow().by()).isEqualTo(Decision.By.POLICY);
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }
}
