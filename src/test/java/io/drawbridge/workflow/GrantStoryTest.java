package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** When a grant opens, when it ends, and what can not make it do either. */
@DisplayName("A grant")
@SuppressWarnings("NullAway.Init")
class GrantStoryTest extends GrantStage {

    @Autowired
    private ProcessEngineConfiguration engine;

    @Test
    @DisplayName("R50 is written down with its end before the cloud is called")
    void isWrittenDownBeforeTheCloudIsCalled() {
        AccessRequest request = anApprovedRequest("PT1H");

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        assertThat(jobsAt("BoundaryEvent_EndCameFirst")).singleElement().satisfies(timer -> assertThat(
                        timer.getDuedate().toInstant())
                .isEqualTo(grantOf(request.id()).endsAt()));
        assertThat(rows("lease")).isOne();
        assertThat(rows("dry_run_operation") + rows("dry_run_access")).isZero();
    }

    @Test
    @DisplayName("R50 ends that long after the decision, however long the cloud takes")
    void countsItsEndFromTheDecision() {
        Instant decision = clock.instant();
        AccessRequest request = anApprovedRequest("PT1H");
        cloud.confirmAfter(Duration.ofSeconds(30));
        runDueJobs();
        secondBySecond(Duration.ofSeconds(31));

        assertThat(grantOf(request.id()).endsAt()).isEqualTo(decision.plus(Duration.ofHours(1)));
        assertThat(jobsAt("BoundaryEvent_AccessEnded")).singleElement().satisfies(timer -> assertThat(
                        timer.getDuedate().toInstant())
                .isEqualTo(decision.plus(Duration.ofHours(1))));
    }

    @ParameterizedTest
    @EnumSource(value = RequestStatus.class, mode = EnumSource.Mode.EXCLUDE, names = "APPROVED")
    @DisplayName("R50 does not open from a request that our own table does not call APPROVED")
    void opensFromNoOtherStatus(RequestStatus status) {
        AccessRequest request = aPendingRequest();
        database.sql("update access_request set status = ? where id = ?")
                .params(status.name(), request.id().value())
                .update();

        assertThatThrownBy(() -> grantDesk.open(request.id())).isInstanceOf(GrantStateException.class);
        assertThatThrownBy(() -> runtime.createProcessInstanceByKey(ProcessKeys.TIMEBOXED_GRANT)
                        .businessKey(request.id().value())
                        .setVariables(everyOutcome(request))
                        .execute())
                .hasStackTraceContaining("No grant opens from request " + request.id());

        runDueJobs();
        assertThat(rows("access_grant")).isZero();
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R50 does not open because somebody moved the instance behind the approval")
    void doesNotOpenBehindTheApproval() {
        AccessRequest request = aPendingRequest();

        runtime.createProcessInstanceModification(
                        runtime.createProcessInstanceQuery().singleResult().getId())
                .cancelAllForActivity("SubProcess_DecideRequest")
                .startBeforeActivity("Task_ConfirmApproval")
                .setVariables(everyOutcome(request))
                .execute();
        runDueJobs();

        assertThat(rows("access_grant")).isZero();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R50 does not open by what a requester sends with his justification")
    void doesNotOpenByWhatTheRequesterSends() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");
        Map<String, Object> sent = everyOutcome(request);
        sent.put("answer", "yes");
        sent.put("justification", "The archive has to go.");
        sent.put("duration", "PT1H");

        completeAs(Cast.ALICE, task(ProcessKeys.JUSTIFY), sent);
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(rows("access_grant")).isZero();
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R50 does not open by what an approver sends with his denial, nor by what he has set before")
    void doesNotOpenByWhatADenierSends() {
        AccessRequest request = aPendingRequest();
        Map<String, Object> set = everyOutcome(request);
        set.remove("decision");
        tasks.setVariablesLocal(task(ProcessKeys.APPROVE).getId(), set);
        tasks.setVariables(task(ProcessKeys.APPROVE).getId(), everyOutcome(request));
        Map<String, Object> sent = everyOutcome(request);
        sent.put("decision", "deny");
        sent.put("message", "Not today.");

        completeAs(Cast.BOB, task(ProcessKeys.APPROVE), sent);
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(told("approved")).isEmpty();
        assertThat(told("denied")).containsExactly(Cast.ALICE.value());
        assertThat(rows("access_grant")).isZero();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R50 follows the table in its end and its review, whatever an approver sends")
    void followsTheTableWhateverAnApproverSends() {
        AccessRequest request = aPendingRequest();
        Map<String, Object> sent = everyOutcome(request);
        sent.put("decision", "approve");
        sent.put("message", "Fine.");
        sent.put("duration", "PT1H");

        completeAs(Cast.BOB, task(ProcessKeys.APPROVE), sent);
        runDueJobs();
        assertThat(grantOf(request.id()).endsAt()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
        assertThat(task(ProcessKeys.REVIEW)).isNull();

        after(Duration.ofHours(1));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R50 R52 keeps the end of the table if the variables of its instance say another")
    void keepsItsEndWhateverItsVariablesSay() {
        cloud.confirmAfter(Duration.ofSeconds(2));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        runtime.setVariable(grantInstance(request.id()).getId(), "endsAt", "2099-01-01T00:00:00Z");
        runtime.setVariable(grantInstance(request.id()).getId(), "expiresSoonAt", "2099-01-01T00:00:00Z");
        secondBySecond(Duration.ofSeconds(3));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);

        cloud.confirmAfter(Duration.ZERO);
        at(grantOf(request.id()).endsAt().minus(Duration.ofMinutes(10)));
        assertThat(told("expiring_soon")).hasSize(1);
        at(grantOf(request.id()).endsAt());

        nothingIsLeft();
    }

    @Test
    @DisplayName("R50 is one, however often it is opened")
    void isOneHoweverOftenItIsOpened() {
        AccessRequest request = anApprovedRequest("PT1H");

        assertThat(grantDesk.open(request.id()).id())
                .isEqualTo(grantDesk.open(request.id()).id());
        runDueJobs();
        grantDesk.provision(grantOf(request.id()).id());
        grantDesk.provision(grantOf(request.id()).id());

        assertThat(rows("access_grant")).isOne();
        assertThat(rows("lease")).isOne();
        assertThat(cloud.whoHasAccess()).hasSize(1);
        after(Duration.ofHours(1));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R51 is ACTIVE when the cloud has confirmed it, and REVOKED when it has confirmed that it is gone")
    void isWhatTheCloudHasConfirmed() {
        cloud.confirmAfter(Duration.ofSeconds(30));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();

        secondBySecond(Duration.ofSeconds(29));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        assertThat(told("access_on")).isEmpty();
        secondBySecond(Duration.ofSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(grantOf(request.id()).activeAt()).contains(clock.instant());

        at(grantOf(request.id()).endsAt());
        secondBySecond(Duration.ofSeconds(29));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        assertThat(told("revoked")).isEmpty();
        secondBySecond(Duration.ofSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(request.id()).revokedAt()).contains(clock.instant());
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R51 is opened anew when the cloud took the call and did nothing")
    void isOpenedAnewWhenTheCloudForgot() {
        cloud.confirmAfter(Duration.ofSeconds(30));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        database.sql("delete from dry_run_operation").update();
        cloud.confirmAfter(Duration.ZERO);

        secondBySecond(Duration.ofSeconds(2));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    @Test
    @DisplayName("R51 R58 waits out a cloud that turns callers away, opening and closing")
    void waitsOutThrottling() {
        cloud.throttle(true);
        AccessRequest request = anApprovedRequest("PT1H");
        secondBySecond(Duration.ofSeconds(5));
        cloud.throttle(false);
        secondBySecond(Duration.ofSeconds(20));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(grantOf(request.id()).attempts()).isZero();

        cloud.throttle(true);
        at(grantOf(request.id()).endsAt());
        secondBySecond(Duration.ofSeconds(5));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        cloud.throttle(false);
        secondBySecond(Duration.ofSeconds(15));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R51 R58 is provided in the end by a cloud that turned callers away until the retries were used up")
    void isProvidedAfterALongThrottling() {
        cloud.throttle(true);
        AccessRequest request = anApprovedRequest("PT1H");
        secondBySecond(Duration.ofSeconds(60));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        assertThat(runtime.createIncidentQuery().count()).isPositive();
        assertThat(told("revocation_overdue")).isEmpty();

        cloud.throttle(false);
        retrier.retryStuck();
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(runtime.createIncidentQuery().count()).isZero();

        at(grantOf(request.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 R58 ends although the cloud turned callers away all the time")
    void endsAlthoughItWasNeverProvided() {
        cloud.throttle(true);
        AccessRequest request = anApprovedRequest("PT1M");
        secondBySecond(Duration.ofSeconds(60));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);

        cloud.throttle(false);
        secondBySecond(Duration.ofSeconds(15));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 is on one second before its end, and gone at its end")
    void endsToTheSecond() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        Instant end = grantOf(request.id()).endsAt();

        at(end.minusSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        at(end);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(request.id()).revokingAt()).contains(end);
        nothingIsLeft();
        at(end.plusSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 is taken back by an engine that was down at its end, as soon as it is up")
    void isTakenBackLateRatherThanNever() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();

        after(Duration.ofDays(3));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Kiritimati"})
    @DisplayName("R52 ends at the same moment in whatever time zone the process is, and after a restart")
    void endsAtTheSameMomentInEveryZone(String zone) {
        // The night in which Berlin has the hour from two to three twice.
        clock.setTo(Instant.parse("2026-10-25T00:15:00Z"));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        Instant end = Instant.parse("2026-10-25T01:15:00Z");
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
            ((ProcessEngineConfigurationImpl) engine).getDeploymentCache().discardProcessDefinitionCache();
            assertThat(grantOf(request.id()).endsAt()).isEqualTo(end);

            at(end.minusSeconds(1));
            assertThat(cloud.whoHasAccess()).hasSize(1);
            at(end);
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
            nothingIsLeft();
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    @DisplayName("R52 has its timer like any other if it is forever, and is kept as 9999-12-31")
    void hasItsTimerEvenIfItIsForever() {
        AccessRequest request = aPendingRequest();
        runtime.deleteProcessInstance(
                runtime.createProcessInstanceQuery().singleResult().getId(), "no demo policy allows forever");
        database.sql(
                        "update access_request set status = 'APPROVED', granted_duration = 'forever', decided_by = 'POLICY',"
                                + " decided_at = ? where id = ?")
                .params(clock.instant().atOffset(ZoneOffset.UTC), request.id().value())
                .update();
        runtime.createProcessInstanceByKey(ProcessKeys.TIMEBOXED_GRANT)
                .businessKey(request.id().value())
                .setVariable("requestId", request.id().value())
                .execute();
        runDueJobs();

        assertThat(grantOf(request.id()).isForever()).isTrue();
        assertThat(grantOf(request.id()).endsAt()).isEqualTo(Instant.parse("9999-12-31T00:00:00Z"));
        assertThat(jobsAt("BoundaryEvent_AccessEnded"))
                .singleElement()
                .satisfies(timer -> assertThat(timer.getDuedate().toInstant()).isEqualTo(AccessDuration.FOREVER_END));
        after(Duration.ofDays(10_000));
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);

        grantDesk.endEarly(as(Cast.ERIN), grantOf(request.id()).id());
        runDueJobs();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 has revocation due within a second of its end: the engine's own due date, not a later poll")
    void hasTheDueDateOfItsEnd() {
        AccessRequest request = anApprovedRequest("PT10M7S");
        runDueJobs();

        Job timer = jobsAt("BoundaryEvent_AccessEnded").get(0);
        assertThat(timer.getDuedate()).isEqualTo(Date.from(grantOf(request.id()).endsAt()));
        assertThat(timer.getPriority()).isEqualTo(100);
    }

    /** Everything that a gateway or a timer reads, set to what would open most and longest. */
    private static Map<String, Object> everyOutcome(AccessRequest request) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("requestId", request.id().value());
        variables.put("mayOpen", "yes");
        variables.put("mode", "break_glass");
        variables.put("decision", "approved");
        variables.put("judgement", "approved");
        variables.put("arrival", "judged");
        variables.put("justified", "yes");
        variables.put("access", "confirmed");
        variables.put("removal", "confirmed");
        variables.put("permission", "iam:CreateUser");
        variables.put("endsAt", "2099-01-01T00:00:00Z");
        variables.put("expiresSoonAt", "2099-01-01T00:00:00Z");
        variables.put("approvalTimeout", "P9999D");
        variables.put("reviewDueAt", "2099-01-01T00:00:00Z");
        return variables;
    }

    private int rows(String table) {
        return database.sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }
}
