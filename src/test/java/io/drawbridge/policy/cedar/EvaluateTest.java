package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import io.drawbridge.policy.Judgement.PolicyError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EvaluateTest {
    private static final CedarAccessPolicies policies = Judges.over(Judges.POLICIES);

    @AfterAll
    static void close() {
        policies.close();
    }

    @Test
    void runningSetAnswersWithTheTenantsOwnEntities() {
        Evaluation answer = policies.evaluate(Judges.ACME, Questions.strict(null));

        assertThat(answer.allowed()).isTrue();
        assertThat(answer.mode()).isEqualTo(ApprovalMode.REQUIRE);
        assertThat(answer.policies()).containsExactly("require-protected");
        assertThat(answer.maxDuration()).isEqualTo(AccessDuration.parse("PT8H"));
    }

    @Test
    void runningSetKnowsGroupsAndControlsOfTheTenant() {
        EntityRef development = new EntityRef(Vocabulary.ACCOUNT, "444455556666");

        Evaluation engineer = policies.evaluate(Judges.ACME, asked(development, Questions.CONTEXT, null));
        Evaluation disabled =
                policies.evaluate(Judges.ACME, asked(development, Questions.CONTEXT.replace("s3:", "gamelift:"), null));

        assertThat(engineer.mode()).isEqualTo(ApprovalMode.AUTO);
        assertThat(disabled.allowed()).isFalse();
    }

    @Test
    @DisplayName("R21 A guard-rail denies a free question too, with its advice")
    void guardRailDeniesWithAdvice() {
        Evaluation answer = policies.evaluate(
                Judges.ACME,
                asked(
                        Questions.PRODUCTION,
                        Questions.CONTEXT.replace("s3:DeleteBucket", "cloudtrail:StopLogging"),
                        null));

        assertThat(answer.allowed()).isFalse();
        assertThat(answer.mode()).isNull();
        assertThat(answer.policies()).containsExactly("never-stop-logging");
        assertThat(answer.advice()).hasSize(1);
        assertThat(answer.maxDuration()).isNull();
    }

    @Test
    void givenPoliciesAreJudgedByTheirAnnotations() {
        Evaluation answer = policies.evaluate(
                Judges.ACME,
                Questions.strict(
                        """
                        @id("a") @approval_mode("auto") @priority("5") @approval_timeout("PT2H") @max_duration("forever")
                        permit(principal in Drawbridge::Group::"on-call", action, resource);
                        @id("b") forbid(principal, action == Drawbridge::Action::"request_access", resource) when { context.breakGlass };
                        @id("c") @priority("4") forbid(principal, action, resource);
                        """));

        assertThat(answer.allowed()).isTrue();
        assertThat(answer.mode()).isEqualTo(ApprovalMode.AUTO);
        assertThat(answer.policies()).containsExactly("a");
        assertThat(answer.timeout()).isEqualTo(Duration.ofHours(2));
        assertThat(answer.maxDuration()).isEqualTo(AccessDuration.FOREVER);
    }

    @Test
    @DisplayName("R22 A break-glass permit of a free question needs the flag")
    void breakGlassNeedsTheFlag() {
        String emergency = "@id(\"e\") @approval_mode(\"break_glass\") permit(principal, action, resource);";

        Evaluation usual = policies.evaluate(Judges.ACME, Questions.strict(emergency));
        Evaluation flagged = policies.evaluate(
                Judges.ACME,
                asked(
                        Questions.PRODUCTION,
                        Questions.CONTEXT.replace("\"breakGlass\": false", "\"breakGlass\": true"),
                        emergency));

        assertThat(usual.allowed()).isFalse();
        assertThat(flagged.mode()).isEqualTo(ApprovalMode.BREAK_GLASS);
    }

    @Test
    void wrongPolicyIsRefusedWithItsPlace() {
        Problem problem =
                refused(Questions.strict("@id(\"x\")\npermit(principal, action, resource)\nwhen { context.typo };"));

        assertThat(problem.source()).isEqualTo("policies");
        assertThat(problem.policy()).isEqualTo("x");
        assertThat(problem.line()).isEqualTo(3);
        assertThat(problem.column()).isEqualTo(8);
        assertThat(problem.message()).contains("typo");
    }

    @Test
    void annotationsAreNeededUnlessLenient() {
        String plain = "permit(principal, action, resource);";

        assertThat(refused(Questions.strict(plain)).message()).contains("@id");
        assertThat(policies.evaluate(Judges.ACME, Questions.lenient(plain)).allowed())
                .isTrue();
    }

    @Test
    void lenientAnswersAsCedarDoes() {
        Evaluation answer = policies.evaluate(
                Judges.ACME,
                Questions.lenient(
                        """
                        @approval_mode("nonsense") @anything permit(principal, action, resource);
                        @id("named") permit(principal, action, resource) when { principal.missing == 1 };
                        permit(principal, action, resource) when { false };
                        @id("also") @priority("x") permit(principal is Drawbridge::User, action, resource);
                        forbid(principal, action, resource) when { context.missing };
                        @ permit ("(") @ // forbid(
                        id("spaced") permit // (
                        (principal, action, resource);
                        """));

        assertThat(answer.allowed()).isTrue();
        assertThat(answer.mode()).isNull();
        assertThat(answer.policies()).containsExactly("policy0", "also", "spaced");
        assertThat(answer.errors()).extracting(PolicyError::policy).containsExactly("named", "policy4");
    }

    @Test
    void lenientDenialNamesTheForbids() {
        Evaluation answer = policies.evaluate(
                Judges.ACME,
                Questions.lenient(
                        """
                        @id("same") permit(principal, action, resource);
                        @id("same") forbid(principal, action, resource);
                        forbid(principal, action, resource) when { context == {} };
                        """));

        assertThat(answer.allowed()).isFalse();
        assertThat(answer.policies()).containsExactly("same", "policy2");
    }

    @Test
    void lenientKnowsNoEntitiesButThoseGiven() {
        String rule = "permit(principal in Drawbridge::Group::\"g\", action, resource) when { principal.level > 3 };";
        String entities =
                """
                [{"uid": {"type": "Drawbridge::User", "id": "alice@acme.example"}, "attrs": {"level": 4},
                  "parents": [{"__entity": {"type": "Drawbridge::Group", "id": "g"}}], "tags": {"t": [1, "a"]}}]
                """;

        Evaluation none = policies.evaluate(Judges.ACME, Questions.lenient(rule));
        Evaluation given = policies.evaluate(
                Judges.ACME,
                new EvaluationQuestion(
                        Questions.USER_ALICE,
                        Questions.REQUEST_ACCESS,
                        Questions.PRODUCTION,
                        "{}",
                        entities,
                        rule,
                        null,
                        true));

        assertThat(none.allowed()).isFalse();
        assertThat(given.allowed()).isTrue();
    }

    @Test
    void lenientTakesEveryValueOfCedar() {
        String rule =
                """
                permit(principal, action, resource) when {
                  context.list.contains(1) && context.record.a == "b" && context.no == false && context.big == -9223372036854775808
                  && context.ip.isLoopback() && context.decimal.lessThan(decimal("1.5")) && context.at < datetime("2027-01-01")
                  && context.long > duration("1h") && context.later > context.at && context.who == A::"x"
                };
                """;
        String context =
                """
                {"list": [1, 2], "record": {"a": "b"}, "no": false, "big": -9223372036854775808,
                 "ip": {"__extn": {"fn": "ip", "arg": "127.0.0.1"}},
                 "decimal": {"__extn": {"fn": "decimal", "arg": "1.4999"}},
                 "at": {"__extn": {"fn": "datetime", "arg": "2026-01-15"}},
                 "long": {"__extn": {"fn": "duration", "arg": "1d"}},
                 "later": {"__extn": {"fn": "offset", "args": [{"__extn": {"fn": "datetime", "arg": "2026-01-15"}},
                                                               {"__extn": {"fn": "duration", "arg": "1ms"}}]}},
                 "who": {"__entity": {"type": "A", "id": "x"}}}
                """;

        Evaluation answer = policies.evaluate(
                Judges.ACME,
                new EvaluationQuestion(
                        Questions.USER_ALICE,
                        Questions.REQUEST_ACCESS,
                        Questions.PRODUCTION,
                        context,
                        "[]",
                        rule,
                        null,
                        true));

        assertThat(answer.errors()).isEmpty();
        assertThat(answer.allowed()).isTrue();
    }

    @Test
    void lenientRefusesWhatCedarRefuses() {
        assertThat(refused(Questions.lenient("permit(principal, action, resource == ?resource);"))
                        .message())
                .contains("template");
        assertThat(refused(Questions.lenient("permit(principal, action, resource);\n permit(principal, action);"))
                        .line())
                .isEqualTo(2);
        assertThat(refused(Questions.withContext("[]")).source()).isEqualTo("context");
        assertThat(refused(Questions.withContext("{\"a\": 1, \"a\": 2}")).source())
                .isEqualTo("context");
        assertThat(refused(Questions.withContext("{} {}")).source()).isEqualTo("context");
        assertThat(refused(Questions.withEntities("[{\"uid\": {\"type\": \"A\", \"id\": \"a\"}}]"))
                        .message())
                .contains("attrs");
        assertThat(refused(Questions.withSchema("entity A in [ }")).source()).isEqualTo("schema");
    }

    @Test
    void noPoliciesDeny() {
        assertThat(policies.evaluate(Judges.ACME, Questions.lenient("")).allowed())
                .isFalse();
        assertThat(policies.evaluate(Judges.ACME, Questions.lenient("// nothing"))
                        .policies())
                .isEmpty();
        assertThat(policies.evaluate(Judges.ACME, Questions.strict("")).allowed())
                .isFalse();
    }

    @Test
    void questionThatDoesNotFitTheSchemaIsRefused() {
        assertThat(refused(asked(Questions.PRODUCTION, "{}", null)).source()).isEqualTo("context");
        assertThat(refused(new EvaluationQuestion(
                                Questions.USER_ALICE,
                                new EntityRef(Vocabulary.ACTION, "nonsense"),
                                Questions.PRODUCTION,
                                Questions.CONTEXT,
                                null,
                                null,
                                null,
                                false))
                        .message())
                .contains("nonsense");
    }

    private static EvaluationQuestion asked(EntityRef resource, String context, @Nullable String rules) {
        return new EvaluationQuestion(
                Questions.USER_ALICE, Questions.REQUEST_ACCESS, resource, context, null, rules, null, false);
    }

    private static Problem refused(EvaluationQuestion question) {
        InvalidPolicyException refusal =
                catchThrowableOfType(InvalidPolicyException.class, () -> policies.evaluate(Judges.ACME, question));
        assertThat(refusal).isNotNull();
        return refusal.problems().get(0);
    }
}
