package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.cedar.OtherPolicies;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When the policy is asked, what it is asked, and what is kept of its answer. */
class JudgementTest extends RequestStage {
    private static final String APPROVERS =
            " @id(\"approvers\") permit (principal, action == Drawbridge::Action::\"approve_request\", resource);";
    private static final String SHORT_ONLY =
            "@id(\"short\") permit (principal, action == Drawbridge::Action::\"request_access\", resource)"
                    + " when { context.duration <= duration(\"1h\") };"
                    + APPROVERS;
    private static final String NOBODY = "@id(\"freeze\") @advice(\"There is a change freeze.\") forbid (principal,"
            + " action == Drawbridge::Action::\"request_access\", resource);"
            + APPROVERS;
    private static final String ENGINEERS = "@id(\"engineers\") permit (principal in Drawbridge::Group::\"engineers\","
            + " action == Drawbridge::Action::\"request_access\", resource);"
            + APPROVERS;

    @Test
    @DisplayName("R28 what cannot be permitted is denied on arrival, and nobody is asked for anything")
    void denialOnArrivalAsksNobody() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anOpenAsk(Cast.PROD, "organizations:LeaveOrganization"));

        assertThat(request.status()).isEqualTo(RequestStatus.DENIED);
        assertThat(request.decision().orElseThrow().by()).isEqualTo(Decision.By.POLICY);
        assertThat(request.policies()).containsExactly("never-stop-logging");
        assertThat(judgements(request)).isOne();
        assertThat(kindsFor(request, Cast.ALICE)).containsExactly("denied");
        assertThat(count("notice")).isOne();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R28 on arrival the question is the shortest duration, and is asked again in full when it is known")
    void isJudgedTwiceIfItHasToBeJustified() {
        try (OtherPolicies shortOnly = OtherPolicies.instead(policies, SHORT_ONLY)) {
            AccessRequest request = aRequestedRequest();
            assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
            assertThat(judgements(request)).isOne();

            AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "Because.", "PT2H");

            assertThat(judged.status()).isEqualTo(RequestStatus.DENIED);
            assertThat(occasions(request)).containsExactly("ARRIVAL true", "JUSTIFIED false");
            assertThat(shortOnly).isNotNull();
        }
    }

    @Test
    @DisplayName("R28 one that arrives complete is judged once")
    void completeRequestIsJudgedOnce() {
        assertThat(judgements(aPendingRequest())).isOne();
        assertThat(judgements(ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT1H")))
                .isOne();
        assertThat(judgements(opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "kms:ScheduleKeyDeletion", "PT1H"))))
                .isOne();
    }

    @Test
    @DisplayName("R28 a justified request is auto where the policy says so")
    void justifiedRequestMayBeAuto() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anOpenAsk(Cast.DEV, "s3:DeleteBucket"));

        AccessRequest judged = justification.justify(as(Cast.ALICE), request.id(), "Because.", "PT1H");

        assertThat(judged.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(judged.policies()).containsExactly("auto-dev");
    }

    @Test
    @DisplayName("R26 a decision keeps question, entities, policies and the hash of the set")
    void decisionKeepsWhatItWasMadeFrom() throws Exception {
        AccessRequest request = aPendingRequest();

        Map<String, Object> kept = database.sql("select * from policy_decision where request_id = ?")
                .param(request.id().value())
                .query()
                .singleRow();
        assertThat(kept.get("tenant_id")).isEqualTo("acme");
        assertThat(kept.get("allowed")).isEqualTo(true);
        assertThat(kept.get("mode")).isEqualTo("require");
        assertThat(kept.get("policies")).isEqualTo("require-protected");
        assertThat(kept.get("set_hash")).isEqualTo(policies.running(Cast.ACME).hash());
        String evidence = database.sql("select evidence from policy_decision where request_id = ?")
                .param(request.id().value())
                .query(String.class)
                .single();
        JsonNode json = JsonMapper.builder().build().readTree(evidence);
        assertThat(json.isObject()).isTrue();
        assertThat(evidence)
                .contains("alice@acme.example")
                .contains("request_access")
                .contains("111122223333")
                .contains("s3:DeleteBucket")
                .contains("engineers")
                .contains("ou-production")
                .contains("The archive has to go.");
    }

    @Test
    @DisplayName("R26 the decision of an approver keeps its judgement, too, and one refused for its length keeps none")
    void everyOccasionIsKept() {
        AccessRequest request = aPendingRequest();
        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", "PT9H"))
                .isInstanceOf(InvalidInputException.class);

        decisions.approve(as(Cast.BOB), request.id(), "Fine.", "PT1H");

        assertThat(occasions(request)).containsExactly("ARRIVAL true", "DECISION true");
    }

    @Test
    @DisplayName("R25 a policy that now denies makes it DENIED by policy, and everybody concerned is told")
    void changedPolicyDenies() {
        AccessRequest request = aPendingRequest();

        try (OtherPolicies freeze = OtherPolicies.instead(policies, NOBODY)) {
            AccessRequest denied = decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);

            assertThat(denied.status()).isEqualTo(RequestStatus.DENIED);
            assertThat(denied.decision().orElseThrow().by()).isEqualTo(Decision.By.POLICY);
            assertThat(denied.decision().orElseThrow().message()).contains("There is a change freeze.");
            assertThat(freeze).isNotNull();
        }
        runDueJobs();
        assertThat(count("access_grant")).isZero();
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(told(request, "denied")).containsExactly(Cast.ALICE.value());
        assertThat(noticeText(request, "denied", Cast.ALICE)).contains("There is a change freeze.");
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        assertThat(occasions(request)).containsExactly("ARRIVAL true", "DECISION false");
    }

    @Test
    @DisplayName("R25 a control that was lifted meanwhile leaves nothing to permit")
    void changedControlDenies() {
        AccessRequest request = aPendingRequest();
        organization.setControl(
                as(Cast.ERIN), new Controls.ScopeControl(new ScopeId(Cast.PROD), "s3", Control.NONE, List.of()));

        assertThat(decisions.approve(as(Cast.BOB), request.id(), "Fine.", null).status())
                .isEqualTo(RequestStatus.DENIED);
    }

    @Test
    @DisplayName("R25 the requester's groups are those of the moment of approval")
    void changedGroupsDeny() {
        try (OtherPolicies engineers = OtherPolicies.instead(policies, ENGINEERS)) {
            AccessRequest request = aPendingRequest();
            database.sql("delete from person_group where person_id = ? and group_name = 'engineers'")
                    .param(Cast.ALICE.value())
                    .update();

            assertThat(decisions
                            .approve(as(Cast.BOB), request.id(), "Fine.", null)
                            .status())
                    .isEqualTo(RequestStatus.DENIED);
            assertThat(engineers).isNotNull();
        }
    }

    @Test
    @DisplayName("R25 if only the duration is too long it is refused and stays pending; a shorter one passes")
    void onlyTheDurationIsTooLong() {
        AccessRequest request = aPendingRequest();
        Map<String, Object> before = row(request);

        try (OtherPolicies shortOnly = OtherPolicies.instead(policies, SHORT_ONLY)) {
            assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("too long");
            assertThat(row(request)).isEqualTo(before);

            assertThat(decisions
                            .approve(as(Cast.BOB), request.id(), "Fine.", "PT1H")
                            .status())
                    .isEqualTo(RequestStatus.APPROVED);
            assertThat(shortOnly).isNotNull();
        }
    }

    @Test
    @DisplayName("R25 R34 a cap that the tenant lowered meanwhile holds for the duration that was asked, too")
    void loweredCapOfTheTenantHolds() {
        AccessRequest request = aPendingRequest();
        io.drawbridge.organization.TenantSettings set = settings.of(Cast.ACME);
        change(new io.drawbridge.organization.TenantSettings(
                true,
                set.minDuration(),
                Duration.ofHours(1),
                set.presetDuration(),
                set.coolDown(),
                set.propagation(),
                set.maxRequestsPerIdentityAndHour(),
                set.timeZone(),
                10,
                5));

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(InvalidInputException.class);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        assertThat(decisions
                        .approve(as(Cast.BOB), request.id(), "Fine.", "PT1H")
                        .status())
                .isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R25 a denial needs no policy")
    void denialAsksNoPolicy() {
        AccessRequest request = aPendingRequest();
        long before = judgements(request);

        decisions.deny(as(Cast.BOB), request.id(), "No.");

        assertThat(judgements(request)).isEqualTo(before);
    }

    @Test
    @DisplayName("R25 the policy is never asked before a revocation")
    void revocationAsksNoPolicy() {
        AccessRequest request = anActiveRequest();
        long before = judgements(request);

        try (OtherPolicies freeze = OtherPolicies.instead(policies, NOBODY)) {
            after(Duration.ofHours(2));
            assertThat(freeze).isNotNull();
        }

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(judgements(request)).isEqualTo(before);
    }

    private List<String> occasions(AccessRequest request) {
        return database.sql("select occasion, allowed from policy_decision where request_id = ? order by number")
                .param(request.id().value())
                .query((row, number) -> row.getString(1) + " " + row.getBoolean(2))
                .list();
    }
}
