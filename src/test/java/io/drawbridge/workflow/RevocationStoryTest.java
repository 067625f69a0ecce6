package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.jobexecutor.AcquiredJobs;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What happens when access can not be taken back: everything but giving up. */
@DisplayName("A revocation")
@SuppressWarnings("NullAway.Init")
class RevocationStoryTest extends GrantStage {

    @Autowired
    private ProcessEngineConfiguration engine;

    @Test
    @DisplayName("R53 that keeps failing raises an incident, tells people, and is shown as overdue")
    void raisesAnIncidentAndTellsPeople() {
        AccessRequest request = aStuckRevocation();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
        assertThat(grantOf(request.id()).failure()).isPresent();
        assertThat(runtime.createIncidentQuery().list())
                .filteredOn(incident -> "failedJob".equals(incident.getIncidentType()))
                .isNotEmpty()
                .allSatisfy(incident -> assertThat(incident.getTenantId()).isEqualTo("acme"));
        assertThat(told("revocation_overdue"))
                .containsExactly(
                        Cast.ALICE.value(),
                        Cast.BOB.value(),
                        Cast.CAROL.value(),
                        Cast.DAVE.value(),
                        Cast.ERIN.value(),
                        Cast.OSCAR.value());
        assertThat(told("revoked")).isEmpty();
        assertThat(recorded(request)).contains("grant.revoke_overdue");
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(history.createHistoricJobLogQuery().failureLog().count()).isPositive();
        assertThat(history.createHistoricJobLogQuery().successLog().count()).isZero();
    }

    @Test
    @DisplayName("R53 is retried at the intervals of the diagram before anybody is woken")
    void isRetriedAtTheIntervalsOfTheDiagram() {
        AccessRequest request = anActiveGrantWhoseEndHasCome();

        for (long wait : new long[] {1, 2, 5, 10}) {
            after(Duration.ofSeconds(wait));
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
            assertThat(runtime.createIncidentQuery().count()).isZero();
        }
        after(Duration.ofSeconds(15));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
    }

    @Test
    @DisplayName("R53 never gives up: it is tried on for days, is never called revoked, and tells nobody twice")
    void neverGivesUp() {
        AccessRequest request = aStuckRevocation();

        for (int hour = 0; hour < 72; hour++) {
            after(Duration.ofHours(1));
            retrier.retryStuck();
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
        }
        assertThat(told("revocation_overdue")).hasSize(6);
        assertThat(runtime.createIncidentQuery().count()).isPositive();

        cloud.failToClose(false);
        retrier.retryStuck();
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 that is stuck can be retried by operations, and its incident goes when it succeeds")
    void isRetriedByOperations() {
        AccessRequest request = aStuckRevocation();
        Job stuck = jobsAt("Task_RevokeAccess").get(0);

        cloud.failToClose(false);
        management.setJobRetries(stuck.getId(), 1);
        assertThat(runtime.createIncidentQuery().count()).isZero();
        secondBySecond(Duration.ofSeconds(15));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 R51 that was taken by the cloud and can not be confirmed is overdue too, and goes on")
    void isOverdueIfItCanNotBeConfirmed() {
        AccessRequest request = anActiveRequest();
        at(grantOf(request.id()).endsAt().minusSeconds(1));
        cloud.confirmAfter(Duration.ofSeconds(5));
        after(Duration.ofSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        cloud.throttle(true);

        secondBySecond(Duration.ofSeconds(40));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);

        cloud.throttle(false);
        retrier.retryStuck();
        secondBySecond(Duration.ofSeconds(2));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 that the cloud takes and never finishes is overdue and an incident, and goes on until it is done")
    void isOverdueIfTheCloudNeverFinishes() {
        AccessRequest request = anActiveRequest();
        at(grantOf(request.id()).endsAt().minusSeconds(1));
        cloud.confirmAfter(Duration.ofMinutes(20));
        after(Duration.ofSeconds(1));

        after(GrantDesk.OVERDUE);
        secondBySecond(Duration.ofSeconds(30));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        assertThat(runtime.createIncidentQuery().count()).isZero();
        secondBySecond(Duration.ofSeconds(10));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
        assertThat(runtime.createIncidentQuery().incidentType("failedJob").list())
                .isNotEmpty()
                .anySatisfy(
                        incident -> assertThat(incident.getIncidentMessage()).contains("has not confirmed since"));
        assertThat(told("revocation_overdue")).hasSize(6);
        retrier.retryStuck();
        assertThat(runtime.createIncidentQuery().count()).isPositive();
        after(Duration.ofMinutes(15));
        retrier.retryStuck();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(runtime.createIncidentQuery().count()).isZero();
        assertThat(told("revocation_overdue")).hasSize(6);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 that was taken, and is not under way, is asked for anew although its check fails")
    void isAskedForAnewIfNothingIsUnderWay() {
        AccessRequest request = anActiveRequest();
        at(grantOf(request.id()).endsAt().minusSeconds(1));
        cloud.confirmAfter(Duration.ofHours(9));
        after(Duration.ofSeconds(1));
        after(GrantDesk.OVERDUE);
        secondBySecond(Duration.ofSeconds(40));
        Grant grant = grantOf(request.id());
        assertThat(grant.state()).isEqualTo(GrantState.REVOKE_OVERDUE);
        cloud.confirmAfter(Duration.ZERO);
        cloud.open(grant.lease());
        cloud.confirmAfter(Duration.ofSeconds(30));

        retrier.retryStuck();
        assertThat(runtime.createIncidentQuery().count()).isPositive();
        after(Duration.ofSeconds(31));
        retrier.retryStuck();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 starts although the timer of the end failed, and is overdue if that goes on failing")
    void startsAlthoughTheTimerFailed() {
        AccessRequest request = anActiveRequest();
        tracks.fallOn("Flow_AccessEnded", 3);

        at(grantOf(request.id()).endsAt());
        assertThat(cloud.whoHasAccess()).hasSize(1);
        secondBySecond(Duration.ofSeconds(10));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Flow_AccessEnded", "Flow_RevocationDue", "Flow_RevocationBegun"})
    @DisplayName("R53 whose end timer has used up its tries is shown as overdue, told, and still tried")
    void isOverdueIfTheTimerIsStuck(String flow) {
        AccessRequest request = anActiveRequest();
        tracks.fallOn(flow, 1_000);
        at(grantOf(request.id()).endsAt());
        secondBySecond(Duration.ofSeconds(40));

        assertThat(jobsAt("BoundaryEvent_AccessEnded")).singleElement().satisfies(job -> assertThat(job.getRetries())
                .isZero());
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
        assertThat(told("revocation_overdue")).hasSize(6);
        retrier.retryStuck();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);

        tracks.standFirm();
        retrier.retryStuck();
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 whose end came while the cloud was opening goes on by the other timer if that one is stuck")
    void goesOnByTheOtherTimer() {
        cloud.confirmAfter(Duration.ofHours(9));
        AccessRequest request = anActiveRequest();
        tracks.fallOn("Flow_EndCameFirst", 1_000);
        at(grantOf(request.id()).endsAt());
        cloud.confirmAfter(Duration.ZERO);
        secondBySecond(Duration.ofSeconds(30));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);

        secondBySecond(Duration.ofSeconds(10));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revocation_overdue")).hasSize(6);
        assertThat(told("access_on")).isEmpty();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 R55 that was asked for early and is stuck is overdue too")
    void isOverdueIfItWasAskedForEarly() {
        AccessRequest request = anActiveRequest();
        cloud.failToClose(true);
        grantDesk.endEarly(as(Cast.BOB), grantOf(request.id()).id());
        secondBySecond(Duration.ofSeconds(40));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);

        cloud.failToClose(false);
        retrier.retryStuck();
        runDueJobs();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 goes before every other job, at the moment at which the engine acquires them")
    void goesBeforeEveryOtherJob() {
        AccessRequest ending = anActiveRequest();
        clock.setTo(grantOf(ending.id()).endsAt().minusSeconds(60));
        for (int number = 0; number < 5; number++) {
            anAutomaticRequest("PT1H");
        }
        clock.setTo(grantOf(ending.id()).endsAt());

        Job timer = jobsAt("BoundaryEvent_AccessEnded").get(0);
        assertThat(acquire(1)).singleElement().satisfies(job -> {
            assertThat(job.getId()).isEqualTo(timer.getId());
            assertThat(job.getPriority()).isEqualTo(100);
        });

        management.executeJob(timer.getId());
        assertThat(acquire(20, NodeJobs.REVOCATION, Long.MAX_VALUE))
                .as("what the threads of revocations take")
                .singleElement()
                .satisfies(job -> {
                    assertThat(job.getId())
                            .isEqualTo(jobsAt("Task_RevokeAccess").get(0).getId());
                    assertThat(job.getPriority()).isEqualTo(100);
                });
        assertThat(acquire(20, Long.MIN_VALUE, NodeJobs.REVOCATION - 1))
                .as("what the other threads take")
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(job -> assertThat(job.getPriority()).isEqualTo(50));
    }

    @Test
    @DisplayName("R53 is tried however many others are stuck before it")
    void isTriedHoweverManyOthersAreStuck() {
        List<AccessRequest> requests = new ArrayList<>();
        for (int number = 0; number < 103; number++) {
            requests.add(anAutomaticRequest("PT1H"));
        }
        runDueJobs();
        requests.forEach(request -> jobsOf(request).forEach(job -> management.setJobRetries(job.getId(), 0)));
        // The first hundred that the retrier sees fail for as long as it looks.
        tracks.fallOn("Flow_AccessEnded", 102);
        clock.moveBy(Duration.ofHours(1));

        retrier.retryStuck();
        runDueJobs();

        assertThat(requests.stream().filter(request -> grantOf(request.id()).state() == GrantState.REVOKED))
                .hasSize(1);
    }

    @Test
    @DisplayName("R53 is tried beside three others that are stuck, so that a slow one does not hold up the rest")
    void isTriedBesideOthers() {
        List<AccessRequest> requests = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            requests.add(anAutomaticRequest("PT1H"));
        }
        runDueJobs();
        requests.forEach(request -> jobsOf(request).forEach(job -> management.setJobRetries(job.getId(), 0)));
        clock.moveBy(Duration.ofHours(1));
        tracks.meetOn("Flow_AccessEnded", 4);

        retrier.retryStuck();
        runDueJobs();

        assertThat(requests).allMatch(request -> grantOf(request.id()).state() == GrantState.REVOKED);
    }

    @Test
    @DisplayName(
            "R3 R56 is told once, if the reconciliation comes to a grant that its process has taken back meanwhile")
    void isToldOnce() {
        AccessRequest request = anActiveRequest();
        Grant ended = grantOf(request.id());
        at(ended.endsAt());
        nothingIsLeft();

        assertThat(grantDesk.confirmRemoval(ended.id()))
                .as("what the reconciliation hears, which would tell of what it has taken back itself")
                .isEqualTo(GrantDesk.Confirmation.ALREADY);
    }

    private List<Job> jobsOf(AccessRequest request) {
        return management
                .createJobQuery()
                .processInstanceId(grantInstance(request.id()).getId())
                .priorityHigherThanOrEquals(100)
                .list();
    }

    /** What an engine of several would take next, in its order. */
    private List<Job> acquire(int most) {
        return acquire(most, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private List<Job> acquire(int most, long leastPriority, long highestPriority) {
        ProcessEngineConfigurationImpl configuration = (ProcessEngineConfigurationImpl) engine;
        AcquiredJobs acquired = configuration
                .getCommandExecutorTxRequired()
                .execute(new PriorityAcquisition(configuration.getJobExecutor(), most, leastPriority, highestPriority));
        List<Job> jobs = new ArrayList<>();
        for (List<String> batch : acquired.getJobIdBatches()) {
            for (String id : batch) {
                jobs.add(management.createJobQuery().jobId(id).singleResult());
            }
        }
        return jobs;
    }

    private AccessRequest anActiveGrantWhoseEndHasCome() {
        AccessRequest request = anActiveRequest();
        cloud.failToClose(true);
        at(grantOf(request.id()).endsAt());
        return request;
    }

    private AccessRequest aStuckRevocation() {
        AccessRequest request = anActiveGrantWhoseEndHasCome();
        secondBySecond(Duration.ofSeconds(40));
        return request;
    }
}
