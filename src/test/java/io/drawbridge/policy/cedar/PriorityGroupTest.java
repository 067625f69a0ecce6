package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.Judgement.PolicyError;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorityGroupTest {
    /** Errs whenever it is evaluated: the year is far over what fits. */
    private static final String ERRS = "context.now.offset(duration(\"9223372036854775807ms\")) > context.now";

    @TempDir
    private Path folder = Path.of("");

    private @Nullable CedarAccessPolicies policies;

    @AfterEach
    void close() {
        if (policies != null) {
            policies.close();
        }
    }

    @Test
    @DisplayName("R20 What no policy matches is denied")
    void deniesWhatNothingMatches() {
        Judgement judgement =
                judge("@id(\"other\") permit(principal == Drawbridge::User::\"bob@acme.example\", action, resource);");

        assertDenied(judgement);
        assertThat(judgement.errors()).isEmpty();
    }

    @Test
    @DisplayName("R20 A tenant without policies is denied everything")
    void deniesTenantsWithoutPolicies() {
        judge(permit("all", ""));
        AccessQuestion asked = Judges.question();

        Judgement judgement = policies()
                .judge(new AccessQuestion(
                        new TenantId("nobody"),
                        asked.requester(),
                        asked.groups(),
                        asked.account(),
                        asked.entitlement(),
                        asked.control(),
                        asked.duration(),
                        asked.now(),
                        null,
                        null,
                        false,
                        false,
                        null));

        assertDenied(judgement);
    }

    @Test
    @DisplayName("R20 A forbid that errs denies and is reported")
    void forbidThatErrsDenies() {
        Judgement judgement = judge(permit("yes", "") + forbid("broken", "@priority(\"0\")", ERRS));

        assertDenied(judgement, "broken");
        assertThat(judgement.errors()).extracting(PolicyError::policy).containsExactly("broken");
        assertThat(judgement.errors().get(0).message()).contains("overflow");
    }

    @Test
    @DisplayName("R20 A guard-rail that errs denies whatever the group")
    void guardRailThatErrsDenies() {
        Judgement judgement = judge(permit("yes", "@priority(\"900\")") + forbid("broken", "", ERRS));

        assertDenied(judgement, "broken");
    }

    @Test
    @DisplayName("R20 A forbid that errs in a lower group is not reached")
    void forbidThatErrsBelowDoesNotCount() {
        Judgement judgement = judge(permit("yes", "@priority(\"10\")") + forbid("broken", "@priority(\"9\")", ERRS));

        assertAllowed(judgement, ApprovalMode.REQUIRE, "yes");
        assertThat(judgement.errors()).extracting(PolicyError::policy).containsExactly("broken");
    }

    @Test
    @DisplayName("R20 A forbid that errs in a higher group decides over a permit that is hidden by no forbid")
    void forbidThatErrsAboveDenies() {
        Judgement judgement = judge(permit("yes", "@priority(\"10\")") + forbid("broken", "@priority(\"11\")", ERRS));

        assertDenied(judgement, "broken");
    }

    @Test
    @DisplayName("R20 A permit that errs does not count and is reported")
    void permitThatErrsDoesNotCount() {
        Judgement judgement =
                judge(permit("broken", "@priority(\"5\") @approval_mode(\"auto\")", ERRS) + permit("yes", ""));

        assertAllowed(judgement, ApprovalMode.REQUIRE, "yes");
        assertThat(judgement.errors()).extracting(PolicyError::policy).containsExactly("broken");
        assertDenied(judge(permit("broken", "", ERRS)));
    }

    @Test
    @DisplayName("R20 A question that Cedar cannot be told is denied with an error")
    void deniesWhatCannotBeAsked() {
        judge(permit("all", ""));
        AccessQuestion asked = Judges.question();

        Judgement judgement = policies()
                .judge(new AccessQuestion(
                        asked.tenant(),
                        asked.requester(),
                        asked.groups(),
                        asked.account(),
                        asked.entitlement(),
                        asked.control(),
                        asked.duration(),
                        asked.now(),
                        null,
                        null,
                        false,
                        false,
                        "not an address"));

        assertDenied(judgement);
        assertThat(judgement.errors()).hasSize(1);
    }

    @Test
    @DisplayName("R21 The highest group in which a policy matches decides")
    void highestGroupDecides() {
        String rules = permit("low", "@priority(\"1\") @approval_mode(\"auto\")")
                + permit("high", "@priority(\"20\") @approval_mode(\"require\")")
                + permit(
                        "highest",
                        "@priority(\"300\") @approval_mode(\"auto\")",
                        "context.duration > duration(\"9h\")");

        assertAllowed(judge(rules), ApprovalMode.REQUIRE, "high");
        assertAllowed(
                policies().judge(Judges.question().forDuration(AccessDuration.parse("PT10H"))),
                ApprovalMode.AUTO,
                "highest");
    }

    @Test
    @DisplayName("R21 A forbid beats a permit inside a group")
    void forbidBeatsPermitInsideGroup() {
        assertDenied(judge(permit("yes", "@priority(\"7\")") + forbid("no", "@priority(\"7\")", "true")), "no");
    }

    @Test
    @DisplayName("R21 A lower forbid cannot override a higher permit")
    void lowerForbidDoesNotOverride() {
        String rules =
                permit("yes", "@priority(\"8\")") + forbid("no", "@priority(\"7\")", "true") + permit("zero", "");

        assertAllowed(judge(rules), ApprovalMode.REQUIRE, "yes");
    }

    @Test
    @DisplayName("R21 A lower permit cannot override a higher forbid")
    void lowerPermitDoesNotOverride() {
        String rules = permit("yes", "@priority(\"8\")")
                + forbid("lower no", "@priority(\"-1\")", "true")
                + forbid("no", "@priority(\"9\")", "true");

        assertDenied(judge(rules), "no");
    }

    @Test
    @DisplayName("R21 A forbid with priority 0 is no guard-rail")
    void forbidOfPriorityZeroIsNoGuardRail() {
        assertAllowed(
                judge(permit("yes", "@priority(\"1\")") + forbid("no", "@priority(\"0\")", "true")),
                ApprovalMode.REQUIRE,
                "yes");
    }

    @Test
    @DisplayName("R21 A guard-rail beats everything, break-glass included")
    void guardRailBeatsBreakGlass() {
        String rules = permit("emergency", "@priority(\"999\") @approval_mode(\"break_glass\")")
                + forbid("never", "@advice(\"Not even now.\")", "true")
                + forbid("no", "@priority(\"1000\") @advice(\"Hidden.\")", "true");

        judge(rules);
        Judgement judgement = policies().judge(Judges.emergency());

        assertDenied(judgement, "never");
        assertThat(judgement.advice()).containsExactly("Not even now.");
    }

    @Test
    @DisplayName("R21 The policies that determined a denial give their advice, the others do not")
    void onlyDenyingPoliciesAdvise() {
        Judgement judgement = judge(permit("yes", "@advice(\"Of a permit.\")")
                + forbid("no", "@priority(\"1\") @advice(\"Ask on Monday.\")", "true")
                + forbid("no too", "@priority(\"1\")", "true")
                + forbid("below", "@priority(\"0\") @advice(\"Below.\")", "true"));

        assertDenied(judgement, "no", "no too");
        assertThat(judgement.advice()).containsExactly("Ask on Monday.");
    }

    @Test
    @DisplayName("R22 Of several permits the strictest mode, the shortest timeout and the lowest cap hold")
    void strictestPermitHolds() {
        Judgement judgement =
                judge(permit("a", "@approval_mode(\"auto\") @approval_timeout(\"PT2H\") @max_duration(\"forever\")")
                        + permit("b", "@approval_mode(\"require\") @approval_timeout(\"PT4H\") @max_duration(\"PT8H\")")
                        + permit("c", "@approval_mode(\"auto\") @max_duration(\"P7D\")"));

        assertAllowed(judgement, ApprovalMode.REQUIRE, "a", "b", "c");
        assertThat(judgement.approvalTimeout()).isEqualTo(Duration.ofHours(2));
        assertThat(judgement.maxDuration()).isEqualTo(AccessDuration.parse("PT8H"));
    }

    @Test
    @DisplayName("R22 The caps of lower groups do not count")
    void lowerCapsDoNotCount() {
        Judgement judgement = judge(permit("high", "@priority(\"1\") @approval_mode(\"auto\")")
                + permit("low", "@max_duration(\"PT1M\") @approval_timeout(\"PT1M\")"));

        assertAllowed(judgement, ApprovalMode.AUTO, "high");
        assertThat(judgement.cap()).isEmpty();
        assertThat(judgement.approvalTimeout()).isNull();
    }

    @Test
    @DisplayName("R22 A break-glass permit does not match, and does not even err, unless the emergency was flagged")
    void breakGlassNeedsTheFlag() {
        String rules =
                permit("emergency", "@priority(\"9\") @approval_mode(\"break_glass\")", ERRS) + permit("usual", "");

        Judgement usual = judge(rules);
        Judgement flagged = policies().judge(Judges.emergency());

        assertAllowed(usual, ApprovalMode.REQUIRE, "usual");
        assertThat(usual.errors()).isEmpty();
        assertThat(flagged.errors()).extracting(PolicyError::policy).containsExactly("emergency");
    }

    @Test
    @DisplayName("R22 A flagged request that no break-glass permit matches goes on as the other permits say")
    void flaggedRequestFallsBack() {
        judge(permit("emergency", "@priority(\"9\") @approval_mode(\"break_glass\")", "context.ticket == \"INC-1\"")
                        .replace("context.ticket", "context has ticket && context.ticket")
                + permit("usual", "@approval_mode(\"auto\")"));

        assertAllowed(policies().judge(Judges.emergency()), ApprovalMode.AUTO, "usual");
    }

    @Test
    @DisplayName("R23 The deciding permit's mode is the judgement's; require without one")
    void modeIsThePermits() {
        assertAllowed(judge(permit("p", "@approval_mode(\"auto\")")), ApprovalMode.AUTO, "p");
        assertAllowed(judge(permit("p", "@approval_mode(\"require\")")), ApprovalMode.REQUIRE, "p");
        assertAllowed(judge(permit("p", "")), ApprovalMode.REQUIRE, "p");
        judge(permit("p", "@approval_mode(\"break_glass\")"));
        assertAllowed(policies().judge(Judges.emergency()), ApprovalMode.BREAK_GLASS, "p");
        assertDenied(policies().judge(Judges.question()));
    }

    @Test
    @DisplayName("R26 A judgement keeps the question, the entities and the hash of the set")
    void judgementKeepsItsEvidence() {
        Judgement judgement = judge(permit("yes", ""));

        assertThat(judgement.evidence())
                .contains("\"request\"", "alice@acme.example", "\"engineers\"", "\"on-call\"", "111122223333")
                .contains(
                        "ou-production", "ou-workloads", "r-acme", "s3:DeleteBucket", "\"protected\"", "\"production\"")
                .contains("2026-01-15T12:00:00+0000", "\"1h\"", "The bucket \\\"old\\\" is full.", "192.0.2.7");
        assertThat(judgement.setHash())
                .matches("[0-9a-f]{64}")
                .isEqualTo(policies().running(Judges.ACME).hash())
                .isNotEqualTo(judge(permit("other", "")).setHash());
    }

    @Test
    @DisplayName("R26 The evidence can be put as a free question and is answered alike")
    void evidenceCanBeAskedAgain() throws Exception {
        Judgement judgement = judge(
                permit(
                        "yes",
                        "",
                        "context.duration <= duration(\"1h\") && resource in Drawbridge::Organization::\"r-acme\" && principal in Drawbridge::Group::\"on-call\""));
        var evidence = new com.fasterxml.jackson.databind.ObjectMapper().readTree(judgement.evidence());

        var again = policies()
                .evaluate(
                        Judges.ACME,
                        new io.drawbridge.policy.EvaluationQuestion(
                                Questions.USER_ALICE,
                                Questions.REQUEST_ACCESS,
                                Questions.PRODUCTION,
                                evidence.path("request").path("context").toString(),
                                evidence.path("entities").toString(),
                                null,
                                null,
                                false));

        assertThat(again.allowed()).isTrue();
        assertThat(again.policies()).isEqualTo(judgement.policies());
    }

    @Test
    void foreverCountsUpToItsEnd() {
        judge(permit("long", "", "context.now.offset(context.duration) == datetime(\"9999-12-31\")"));

        Judgement judgement = policies().judge(Judges.question().forDuration(AccessDuration.FOREVER));

        assertThat(judgement.allowed()).isTrue();
    }

    @Test
    void chainTooLongForTheCallersStackIsStillEvaluated() {
        String chain = "context.mfa" + " && context.mfa".repeat(1_000);

        assertAllowed(judge(permit("long", "", chain)), ApprovalMode.REQUIRE, "long");
    }

    @Test
    void scopesNarrowTheCandidatesWithoutChangingTheAnswer() {
        String rules = "@id(\"user\") permit(principal == Drawbridge::User::\"alice@acme.example\", action, resource);"
                + "@id(\"group\") permit(principal in Drawbridge::Group::\"on-call\", action, resource);"
                + "@id(\"typed\") permit(principal is Drawbridge::User in Drawbridge::Group::\"engineers\", action, resource is Drawbridge::Account);"
                + "@id(\"unit\") permit(principal, action in [Drawbridge::Action::\"request_access\"], resource in Drawbridge::OrgUnit::\"ou-workloads\");"
                + "@id(\"root\") permit(principal is Drawbridge::User, action, resource in Drawbridge::Organization::\"r-acme\");"
                + "@id(\"account\") permit(principal, action, resource == Drawbridge::Account::\"111122223333\");"
                + "@id(\"stranger\") permit(principal in Drawbridge::Group::\"strangers\", action, resource);"
                + "@id(\"elsewhere\") permit(principal, action, resource in Drawbridge::OrgUnit::\"ou-sandbox\");"
                + "@id(\"deciding\") permit(principal, action == Drawbridge::Action::\"approve_request\", resource);";

        assertAllowed(judge(rules), ApprovalMode.REQUIRE, "user", "group", "typed", "unit", "root", "account");
    }

    @Test
    void addressesThatCedarDoesNotKnowAreToldInItsNotation() {
        judge(permit("home", "", "context has sourceIp && context.sourceIp.isInRange(ip(\"192.0.2.0/24\"))"));

        assertThat(policies().judge(from("::ffff:192.0.2.9")).allowed()).isTrue();
        assertThat(policies().judge(from("fe80::1%eth0")).errors()).isEmpty();
        assertThat(policies().judge(from("fe80::1%eth0")).allowed()).isFalse();
    }

    private static AccessQuestion from(String address) {
        AccessQuestion asked = Judges.question();
        return new AccessQuestion(
                asked.tenant(),
                asked.requester(),
                Set.of(),
                asked.account(),
                asked.entitlement(),
                asked.control(),
                asked.duration(),
                Instant.parse("2026-01-15T12:00:00Z"),
                null,
                null,
                false,
                false,
                address);
    }

    private Judgement judge(String rules) {
        close();
        policies = Judges.over(Judges.write(folder, rules));
        return policies.judge(Judges.question());
    }

    private CedarAccessPolicies policies() {
        assertThat(policies).isNotNull();
        return java.util.Objects.requireNonNull(policies);
    }

    private static String permit(String id, String annotations) {
        return permit(id, annotations, "true");
    }

    private static String permit(String id, String annotations, String when) {
        return "@id(\"" + id + "\") " + annotations
                + "\npermit(principal, action == Drawbridge::Action::\"request_access\", resource) when { " + when
                + " };\n";
    }

    private static String forbid(String id, String annotations, String when) {
        return permit(id, annotations, when).replace("permit(", "forbid(");
    }

    private static void assertDenied(Judgement judgement, String... by) {
        assertThat(judgement.allowed()).isFalse();
        assertThat(judgement.mode()).isNull();
        assertThat(judgement.policies()).isEqualTo(List.of(by));
        assertThat(judgement.maxDuration()).isNull();
    }

    private static void assertAllowed(Judgement judgement, ApprovalMode mode, String... by) {
        assertThat(judgement.allowed()).isTrue();
        assertThat(judgement.mode()).isEqualTo(mode);
        assertThat(judgement.policies()).isEqualTo(List.of(by));
        assertThat(judgement.advice()).isEmpty();
    }
}
