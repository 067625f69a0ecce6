package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.DriftDesk;
import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.DriftStateException;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.TestClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What the cloud and our own tables do not agree in, and what becomes of it. */
@DisplayName("A reconciliation")
@SuppressWarnings("NullAway.Init")
class ReconciliationStoryTest extends GrantStage {
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Autowired
    private ReconciliationDesk reconciliation;

    @Autowired
    private DriftDesk drift;

    @Autowired
    private DriftFindings findings;

    @Autowired
    private Sweeps sweeps;

    @Autowired
    private ReconciliationRounds rounds;

    @Autowired
    private MeterRegistry meters;

    @Test
    @DisplayName("R56 takes back access whose instance was deleted, once its end is more than the grace ago")
    void takesBackWhatHasLostItsInstance() {
        AccessRequest request = anActiveRequest();
        deleteInstanceOf(request);

        at(grantOf(request.id()).endsAt().minusSeconds(1));
        sweep();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        at(grantOf(request.id()).endsAt().plus(GRACE));
        sweep();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofSeconds(1));
        assertThat(sweep().takenBack()).isEqualTo(1);

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(recorded(request)).containsSubsequence("grant.active", "grant.revoking", "grant.revoked");
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        assertThat(sweep().takenBack()).isZero();
        assertThat(told("revoked")).hasSize(1);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 does so between the sweeps, too, and leaves to its instance what has one")
    void takesBackBetweenTheSweeps() {
        AccessRequest abandoned = anActiveRequest();
        AccessRequest accompanied = anAutomaticRequest("PT2H");
        runDueJobs();
        deleteInstanceOf(abandoned);
        clock.setTo(grantOf(accompanied.id()).endsAt().plus(GRACE).plusSeconds(1));

        rounds.takeBackAbandoned();

        assertThat(grantOf(abandoned.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(accompanied.id()).state()).isEqualTo(GrantState.ACTIVE);
        runDueJobs();
        assertThat(grantOf(accompanied.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 leaves a grant that has lost its instance before it was active until its end, then takes it back")
    void leavesWhatLostItsInstanceUntilItsEnd() {
        AccessRequest request = anApprovedRequest("PT1H");
        management.executeJob(jobsAt("Task_ProvisionAccess").get(0).getId());
        deleteInstanceOf(request);
        assertThat(cloud.whoHasAccess()).hasSize(1);

        sweepAgainAndAgain(3);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);

        at(grantOf(request.id()).endsAt().plus(GRACE).plusSeconds(1));
        sweep();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Task_RevokeAccess", "Task_ConfirmRemoval"})
    @DisplayName("R56 R53 goes on with a revocation whose instance was deleted, however long the cloud is down")
    void goesOnWithARevocation(String deletedAt) {
        AccessRequest request = anActiveRequest();
        clock.setTo(grantOf(request.id()).endsAt());
        while (jobsAt(deletedAt).isEmpty()) {
            management.executeJob(
                    management.createJobQuery().executable().list().get(0).getId());
        }
        deleteInstanceOf(request);
        cloud.throttle(true);

        for (int round = 0; round < 12; round++) {
            clock.moveBy(Duration.ofMinutes(5));
            Reconciliation found = sweep();
            assertThat(found.takenBack()).isZero();
            assertThat(found.stillOn()).isEqualTo(1);
            assertThat(found.compared()).isFalse();
            assertThat(grantOf(request.id()).state())
                    .isEqualTo(round == 0 ? GrantState.REVOKING : GrantState.REVOKE_OVERDUE);
        }
        assertThat(told("revocation_overdue")).hasSize(6);

        cloud.throttle(false);
        assertThat(sweep().takenBack()).isEqualTo(1);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 R53 works beside an instance that is stuck, and its requester is told of the end once")
    void worksBesideTheInstance() {
        AccessRequest request = anActiveRequest();
        tracks.fallOn("Flow_AccessEnded", 1_000);
        at(grantOf(request.id()).endsAt());
        secondBySecond(Duration.ofSeconds(40));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);

        assertThat(sweep().takenBack()).isEqualTo(1);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(told("revoked")).isEmpty();

        tracks.standFirm();
        retrier.retryStuck();
        runDueJobs();
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 R56 that takes back one of two grants on an object leaves the other its access")
    void leavesASharedObject() {
        AccessRequest shorter = anAutomaticRequest("PT1H");
        AccessRequest longer = anAutomaticRequest("PT2H");
        runDueJobs();
        deleteInstanceOf(shorter);

        at(grantOf(shorter.id()).endsAt().plusSeconds(31));
        sweepAgainAndAgain(3);

        assertThat(grantOf(shorter.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(longer.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        at(grantOf(longer.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R55 R56 ending early works without an instance, and does not keep others from ending")
    void endsEarlyWithoutAnInstance() {
        AccessRequest abandoned = anActiveRequest();
        AccessRequest accompanied = anAutomaticRequest("PT2H");
        runDueJobs();
        deleteInstanceOf(abandoned);

        assertThat(grantDesk.endAll(as(Cast.ERIN), null, null, true, "Incident."))
                .hasSize(2);
        runDueJobs();
        assertThat(grantOf(accompanied.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(abandoned.id()).state()).isEqualTo(GrantState.REVOKING);

        after(GRACE.plusSeconds(1));
        rounds.takeBackAbandoned();
        assertThat(grantOf(abandoned.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(abandoned.id()).endedBy()).contains(Cast.ERIN.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 marks access that is gone, tells requester and administrators once, and never gives it back")
    void marksWhatIsMissing() {
        AccessRequest request = anActiveRequest();
        String object = takeAwayByHand();

        assertThat(sweep().missing()).isZero();
        after(GRACE.minusSeconds(1));
        assertThat(sweep().missing()).isZero();
        assertThat(grantOf(request.id()).missingSince()).isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(sweep().missing()).isEqualTo(1);

        assertThat(grantOf(request.id()).missingSince()).contains(clock.instant());
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(recorded(request)).contains("grant.missing");
        assertThat(told("access_missing")).containsExactly(Cast.ALICE.value(), Cast.ERIN.value());
        sweepAgainAndAgain(5);
        assertThat(told("access_missing")).hasSize(2);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(open(DriftFinding.Kind.MISSING)).hasSize(1);

        putByHand(object, grantOf(request.id()).id().value());
        assertThat(sweep().foundAgain()).isEqualTo(1);
        assertThat(grantOf(request.id()).missingSince()).isEmpty();
        assertThat(recorded(request)).contains("grant.found_again");
        assertThat(open(DriftFinding.Kind.MISSING)).isEmpty();
        at(grantOf(request.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 calls nothing missing that is there again at the next sweep, however often that happens")
    void callsAMomentNoDrift() {
        AccessRequest request = anActiveRequest();

        for (int round = 0; round < 3; round++) {
            String object = takeAwayByHand();
            sweep();
            after(Duration.ofMinutes(5));
            putByHand(object, grantOf(request.id()).id().value());
            sweep();
            after(Duration.ofMinutes(5));
        }

        assertThat(recorded(request)).doesNotContain("grant.missing");
        assertThat(told("access_missing")).isEmpty();
    }

    @Test
    @DisplayName("R56 a missing grant that ends is no finding any more")
    void forgetsAMissingGrantThatHasEnded() {
        AccessRequest request = anActiveRequest();
        takeAwayByHand();
        sweepAgainAndAgain(2);
        assertThat(open(DriftFinding.Kind.MISSING)).hasSize(1);

        at(grantOf(request.id()).endsAt());
        sweep();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(open(DriftFinding.Kind.MISSING)).isEmpty();
    }

    @Test
    @DisplayName("R56 R51 leaves an opening alone that is under way, and calls nothing missing meanwhile")
    void leavesAnOpeningAlone() {
        cloud.confirmAfter(Duration.ofMinutes(10));
        AccessRequest request = anApprovedRequest("PT1H");

        for (int half = 0; half < 19; half++) {
            runDueJobs();
            sweep();
            clock.moveBy(GRACE);
        }
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        clock.moveBy(Duration.ofMinutes(1));
        sweepAgainAndAgain(2);
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(everythingFound()).isEmpty();
    }

    @Test
    @DisplayName("R56 removes what no living grant explains when a second sweep sees it, and only that")
    void removesWhatNothingExplains() {
        AccessRequest living = anActiveRequest();
        putByHand(1);

        assertThat(sweep().unexplained()).isEqualTo(1);
        after(GRACE.minusSeconds(1));
        assertThat(sweep().removed()).isZero();
        assertThat(cloud.whoHasAccess()).hasSize(2);
        assertThat(open(DriftFinding.Kind.UNEXPLAINED)).isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(sweep().removed()).isEqualTo(1);

        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.grant())
                .isEqualTo(grantOf(living.id()).id().value()));
        DriftFinding finding = everythingFound().get(0);
        assertThat(finding.state()).isEqualTo(DriftFinding.State.RESOLVED);
        assertThat(actionsOn(finding)).containsExactly("drift.removing", "drift.removed");
        assertThat(sweep().removed()).isZero();
        assertThat(told("drift_held_back")).isEmpty();
    }

    @Test
    @DisplayName("R56 closes, after a restore from an older backup, what the database knows nothing of")
    void closesWhatAnOlderBackupForgot() {
        AccessRequest kept = anAutomaticRequest("PT1H");
        AccessRequest forgotten = anActiveRequest();
        assertThat(cloud.whoHasAccess()).hasSize(2);
        deleteInstanceOf(forgotten);
        database.sql("delete from lease where grant_id = ?")
                .param(grantOf(forgotten.id()).id().value())
                .update();
        database.sql("delete from access_grant where request_id = ?")
                .param(forgotten.id().value())
                .update();

        sweepAgainAndAgain(2);

        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.grant())
                .isEqualTo(grantOf(kept.id()).id().value()));
        at(grantOf(kept.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 asks again until the cloud no longer shows it, and calls it removed only then")
    void asksUntilItIsGone() {
        putByHand(1);
        sweep();
        cloud.failToClose(true);
        after(GRACE);
        assertThat(sweep().failures()).singleElement().asString().contains("could not be removed");
        assertThat(open(DriftFinding.Kind.UNEXPLAINED)).isEmpty();

        cloud.failToClose(false);
        cloud.confirmAfter(Duration.ofMinutes(1));
        after(GRACE);
        assertThat(sweep().removed()).isZero();
        assertThat(open(DriftFinding.Kind.UNEXPLAINED))
                .singleElement()
                .satisfies(finding -> assertThat(actionsOn(finding)).containsExactly("drift.removing"));
        after(Duration.ofMinutes(2));
        assertThat(sweep().removed()).isEqualTo(1);

        assertThat(actionsOn(everythingFound().get(0))).containsExactly("drift.removing", "drift.removed");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 forgets what was there for a moment, or is explained by a grant by now")
    void forgetsWhatIsExplained() {
        putByHand(1);
        sweep();
        takeAwayByHand();
        after(GRACE);
        sweep();
        assertThat(everythingFound()).extracting(DriftFinding::state).containsExactly(DriftFinding.State.GONE);

        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        putByHand(
                database.sql("select object_key from lease").query(String.class).single(), "somebody else");
        sweepAgainAndAgain(3);

        assertThat(everythingFound()).hasSize(1);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
    }

    @Test
    @DisplayName("R56 of one tenant does not touch another's, and each is swept in a round")
    void keepsTenantsApart() {
        putByHand(1);
        reconciliation.reconcile(Cast.GLOBEX);
        after(GRACE);
        assertThat(reconciliation.reconcile(Cast.GLOBEX).unexplained()).isZero();
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofMinutes(5));
        rounds.reconcile();
        assertThat(sweeps.lastDone(Cast.GLOBEX)).contains(clock.instant());
        assertThat(sweeps.lastDone(Cast.ACME)).contains(clock.instant());
        after(Duration.ofMinutes(2));
        rounds.reconcile();
        assertThat(cloud.whoHasAccess()).as("half a round is not over").hasSize(1);
        after(Duration.ofSeconds(30));
        rounds.reconcile();
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R56 compares and removes nothing while the cloud is down, and tries what is overdue nevertheless")
    void removesNothingWhileTheCloudIsDown() {
        AccessRequest request = anActiveRequest();
        deleteInstanceOf(request);
        putByHand(1);
        sweep();
        at(grantOf(request.id()).endsAt().plusSeconds(31));
        cloud.throttle(true);

        Reconciliation found = sweep();

        assertThat(found.compared()).isFalse();
        assertThat(found.stillOn()).isEqualTo(1);
        assertThat(found.failures()).hasSize(2);
        assertThat(cloud.whoHasAccess()).hasSize(2);
        assertThat(sweeps.lastDone(Cast.ACME)).contains(TestClock.START);
        cloud.throttle(false);
        assertThat(sweep().takenBack()).isEqualTo(1);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 is done by one node at a time; one that went down is replaced")
    void isDoneByOneAtATime() throws Exception {
        putByHand(1);
        cloud.beSlow(Duration.ofMillis(400));
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try {
            Callable<Boolean> node = () -> {
                start.await(10, TimeUnit.SECONDS);
                try {
                    return sweep().compared();
                } catch (DriftStateException underWay) {
                    return false;
                }
            };
            List<Future<Boolean>> swept = List.of(nodes.submit(node), nodes.submit(node));
            assertThat(List.of(
                            swept.get(0).get(30, TimeUnit.SECONDS), swept.get(1).get(30, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder(true, false);
        } finally {
            nodes.shutdownNow();
        }
        assertThat(everythingFound()).singleElement().satisfies(finding -> assertThat(finding.timesSeen())
                .isEqualTo(1));

        cloud.beSlow(Duration.ZERO);
        assertThat(sweeps.begin(Cast.ACME, "another", clock.instant().plusSeconds(60)))
                .isTrue();
        after(Duration.ofSeconds(59));
        assertThatThrownBy(this::sweep).isInstanceOf(DriftStateException.class).hasMessageContaining("under way");
        after(Duration.ofSeconds(1));
        assertThat(sweep().removed()).isEqualTo(1);
        assertThat(sweeps.hold(Cast.ACME, "another", clock.instant().plusSeconds(60)))
                .isFalse();
    }

    @Test
    @DisplayName("R56 removes five at once without being asked, and of six none")
    void removesFiveAndOfSixNone() {
        for (int number = 0; number < 5; number++) {
            putByHand(number);
        }
        sweepAgainAndAgain(2);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(heldBack()).isEmpty();

        for (int number = 0; number < 6; number++) {
            putByHand(number);
        }
        sweep();
        after(GRACE);
        Reconciliation found = sweep();
        assertThat(found.removed()).isZero();
        assertThat(found.heldBack()).isEqualTo(6);
        assertThat(cloud.whoHasAccess()).hasSize(6);
        assertThat(heldBack()).hasSize(1);
        assertThat(told("drift_held_back")).containsExactly(Cast.ERIN.value(), Cast.OSCAR.value());
    }

    @Test
    @DisplayName("R56 removes six of sixty, which is a tenth of the living grants, and of seven none")
    void removesATenthAndNoMore() {
        for (int number = 0; number < 60; number++) {
            anAutomaticRequest("PT4H");
        }
        runAllJobs();
        for (int number = 0; number < 6; number++) {
            putByHand(number);
        }
        sweepAgainAndAgain(2);
        assertThat(cloud.whoHasAccess()).as("the sixty share one").hasSize(1);

        for (int number = 0; number < 7; number++) {
            putByHand(number);
        }
        sweepAgainAndAgain(2);
        assertThat(cloud.whoHasAccess()).hasSize(8);
        assertThat(heldBack()).hasSize(1);
    }

    @Test
    @DisplayName("R56 R72 that was held back raises an incident that says what to do, of its tenant and with keys only")
    void raisesAnIncident() {
        DriftFinding held = aHeldBackRemoval();

        assertThat(runtime.createIncidentQuery().list()).singleElement().satisfies(incident -> {
            assertThat(incident.getActivityId()).isEqualTo("Task_RemoveDrift");
            assertThat(incident.getTenantId()).isEqualTo("acme");
            assertThat(incident.getIncidentMessage())
                    .contains("6 objects", "POST /v1/drift/" + held.id() + "/resolve", "\"remove\" or \"keep\"")
                    .doesNotContain("hand");
        });
        assertThat(instances()).singleElement().satisfies(instance -> {
            assertThat(instance.getBusinessKey()).isEqualTo("acme:" + held.id());
            assertThat(instance.getTenantId()).isEqualTo("acme");
        });
        for (String table : List.of(
                "ACT_RU_JOB",
                "ACT_RU_EXECUTION",
                "ACT_RU_VARIABLE",
                "ACT_RU_INCIDENT",
                "ACT_HI_PROCINST",
                "ACT_HI_ACTINST",
                "ACT_HI_INCIDENT")) {
            String of = table.equals("ACT_RU_JOB") ? "PROCESS_DEF_KEY_ = 'drift-removal'" : instanceIn(table);
            assertThat(database.sql("select TENANT_ID_ from " + table + " where " + of)
                            .query(String.class)
                            .list())
                    .as(table)
                    .isNotEmpty()
                    .containsOnly("acme");
        }
        assertThat(actionsOn(held)).containsExactly("drift.held_back");
    }

    @Test
    @DisplayName("R56 that was held back is removed when an administrator has confirmed it, without a further hand")
    void isRemovedOnceConfirmed() {
        DriftFinding held = aHeldBackRemoval();
        rounds.retryChosen();
        assertThat(cloud.whoHasAccess()).hasSize(6);

        drift.resolve(as(Cast.ERIN), held.id(), "remove", "The backup was old.");
        assertThat(cloud.whoHasAccess()).hasSize(6);
        rounds.retryChosen();

        nothingIsLeft();
        DriftFinding settled = findings.find(held.id()).orElseThrow();
        assertThat(settled.state()).isEqualTo(DriftFinding.State.RESOLVED);
        assertThat(settled.resolvedBy()).contains(Cast.ERIN);
        assertThat(findings.partsOf(held.id())).hasSize(6).allSatisfy(part -> {
            assertThat(part.state()).isEqualTo(DriftFinding.State.RESOLVED);
            assertThat(actionsOn(part)).contains("drift.removed");
        });
        assertThat(actionsOn(held)).containsExactly("drift.held_back", "drift.decided", "drift.put_right");
        everyNodeAndFlowWasWalked();
    }

    @Test
    @DisplayName(
            "R56 R53 that was held back is tried again by a click of operations, which removes nothing before a choice")
    void isRemovedByAClick() {
        DriftFinding held = aHeldBackRemoval();
        Job job = jobsAt("Task_RemoveDrift").get(0);
        click(job);
        assertThat(cloud.whoHasAccess()).hasSize(6);
        assertThat(runtime.createIncidentQuery().count()).isEqualTo(1);

        drift.resolve(as(Cast.ERIN), held.id(), "remove", "The backup was old.");
        cloud.failToClose(true);
        click(job);
        assertThat(cloud.whoHasAccess()).hasSize(6);
        assertThat(runtime.createIncidentQuery().list()).singleElement().satisfies(incident -> assertThat(
                        incident.getIncidentMessage())
                .contains("6 of 6 objects are still there"));

        cloud.failToClose(false);
        click(job);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 that was held back may be kept: it is not asked about again, and what comes anew is")
    void isKeptByChoice() {
        DriftFinding held = aHeldBackRemoval();
        assertThat(unsettled(DriftFinding.Kind.MASS_REMOVAL)).isEqualTo(1);
        assertThat(unsettled(DriftFinding.Kind.UNEXPLAINED)).isEqualTo(6);

        drift.resolve(as(Cast.ERIN), held.id(), "keep", "They are tests.");
        rounds.retryChosen();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        sweepAgainAndAgain(3);
        assertThat(cloud.whoHasAccess()).hasSize(6);
        assertThat(heldBack()).isEmpty();
        assertThat(told("drift_held_back")).hasSize(2);
        assertThat(sweep().unexplained()).isZero();
        assertThat(unsettled(DriftFinding.Kind.MASS_REMOVAL)).isZero();
        assertThat(unsettled(DriftFinding.Kind.UNEXPLAINED)).isZero();

        putByHand(6);
        sweepAgainAndAgain(2);
        assertThat(cloud.whoHasAccess()).hasSize(6);
        assertThat(everythingFound().stream().filter(finding -> finding.state() == DriftFinding.State.KEPT))
                .hasSize(6);

        takeAwayByHand();
        sweep();
        assertThat(open(DriftFinding.Kind.UNEXPLAINED)).isEmpty();
    }

    @Test
    @DisplayName(
            "R56 asks about one lot at a time: meanwhile nothing is removed, and its instance is started anew if deleted")
    void asksAboutOneLotAtATime() {
        DriftFinding held = aHeldBackRemoval();
        putByHand(6);
        sweepAgainAndAgain(3);
        assertThat(cloud.whoHasAccess()).hasSize(7);
        assertThat(instances()).hasSize(1);
        assertThat(heldBack()).hasSize(1);
        assertThat(sweep().heldBack()).isEqualTo(7);

        runtime.deleteProcessInstance(instances().get(0).getId(), "by mistake", true, true);
        sweep();
        assertThat(instances()).hasSize(1);

        drift.resolve(as(Cast.ERIN), held.id(), "remove", "The backup was old.");
        runDueJobs();
        assertThat(cloud.whoHasAccess()).as("only what the administrator saw").hasSize(1);
        sweep();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 that was held back and vanishes by itself asks nobody any more")
    void forgetsWhatVanished() {
        DriftFinding held = aHeldBackRemoval();
        takeAwayByHand();

        sweep();
        rounds.retryChosen();

        assertThat(findings.find(held.id()).orElseThrow().state()).isEqualTo(DriftFinding.State.GONE);
        assertThatThrownBy(() -> drift.resolve(as(Cast.ERIN), held.id(), "remove", "Late."))
                .isInstanceOf(DriftStateException.class);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R56 shows what is open, what was removed and taken back, and when a sweep was last done, by tenant")
    void showsFigures() {
        double removedBefore = counted("drawbridge.drift.removed");
        double takenBackBefore = counted("drawbridge.reconciliation.taken.back");
        AccessRequest request = anActiveRequest();
        deleteInstanceOf(request);
        putByHand(1);
        sweepAgainAndAgain(2);
        takeAwayByHand();
        sweepAgainAndAgain(2);

        assertThat(counted("drawbridge.drift.removed")).isEqualTo(removedBefore + 1);
        assertThat(meters.get("drawbridge.drift.open")
                        .tags("tenant", "acme", "kind", "missing")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("drawbridge.reconciliation.last.done")
                        .tags("tenant", "acme")
                        .gauge()
                        .value())
                .isEqualTo((double) clock.instant().getEpochSecond());
        at(grantOf(request.id()).endsAt().plusSeconds(31));
        sweep();
        assertThat(counted("drawbridge.reconciliation.taken.back")).isEqualTo(takenBackBefore + 1);
    }

    /** What operations do in Cockpit; the engine gets to it within its last interval. */
    private void click(Job job) {
        management.setJobRetries(job.getId(), 1);
        secondBySecond(Duration.ofSeconds(15));
    }

    /** Findings that the alert about drift counts; read anew by now. */
    private double unsettled(DriftFinding.Kind kind) {
        after(Duration.ofSeconds(15));
        return meters.get("drawbridge.drift.open")
                .tags("tenant", "acme", "kind", kind.name().toLowerCase(Locale.ROOT))
                .gauge()
                .value();
    }

    private double counted(String counter) {
        return meters.find(counter).tags("tenant", "acme").counters().stream()
                .mapToDouble(each -> each.count())
                .sum();
    }

    /** Six objects that nobody explains; operations see the incident. */
    private DriftFinding aHeldBackRemoval() {
        for (int number = 0; number < 6; number++) {
            putByHand(number);
        }
        sweep();
        after(GRACE);
        sweep();
        secondBySecond(Duration.ofSeconds(40));
        assertThat(runtime.createIncidentQuery().count()).isEqualTo(1);
        return heldBack().get(0);
    }

    private Reconciliation sweep() {
        return reconciliation.reconcile(Cast.ACME);
    }

    /** So many sweeps, the grace apart. */
    private void sweepAgainAndAgain(int times) {
        for (int time = 0; time < times; time++) {
            clock.moveBy(GRACE);
            sweep();
        }
    }

    /** More jobs than a story may have. */
    private void runAllJobs() {
        List<Job> due = management.createJobQuery().executable().list();
        while (!due.isEmpty()) {
            due.forEach(job -> management.executeJob(job.getId()));
            due = management.createJobQuery().executable().list();
        }
    }

    private void deleteInstanceOf(AccessRequest request) {
        runtime.createProcessInstanceQuery()
                .processInstanceBusinessKey(request.id().value(), ProcessKeys.ACCESS_REQUEST)
                .list()
                .forEach(instance -> runtime.deleteProcessInstance(instance.getId(), "by mistake", true, true));
        assertThat(grantInstance(request.id())).isNull();
    }

    /** Somebody opens something in one of our objects. */
    private void putByHand(int number) {
        putByHand("by hand " + number, "hand");
    }

    private void putByHand(String object, String grant) {
        for (String table : List.of("dry_run_access", "dry_run_operation")) {
            database.sql("delete from " + table + " where object_key = ?")
                    .param(object)
                    .update();
        }
        database.sql(
                        """
                        insert into dry_run_access (object_key, tenant_id, account_id, identity, permission, grant_id, since)
                        values (?, 'acme', '111122223333', 'hand@acme.example', 's3:DeleteBucket', ?, ?)""")
                .params(object, grant, clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Somebody closes everything; the key of one of the objects. */
    private String takeAwayByHand() {
        String object = database.sql("select object_key from dry_run_access order by 1 limit 1")
                .query(String.class)
                .single();
        database.sql("delete from dry_run_access").update();
        return object;
    }

    private List<DriftFinding> everythingFound() {
        return found(EnumSet.allOf(DriftFinding.State.class));
    }

    private List<DriftFinding> open(DriftFinding.Kind kind) {
        return found(EnumSet.of(
                        DriftFinding.State.OPEN,
                        DriftFinding.State.HELD_BACK,
                        DriftFinding.State.CONFIRMED,
                        DriftFinding.State.KEPT))
                .stream()
                .filter(finding -> finding.kind() == kind)
                .toList();
    }

    private List<DriftFinding> heldBack() {
        return open(DriftFinding.Kind.MASS_REMOVAL);
    }

    private List<DriftFinding> found(Set<DriftFinding.State> states) {
        return findings.find(Cast.ACME, new DriftFindings.Query(states, null, 100));
    }

    private List<String> actionsOn(DriftFinding finding) {
        return trail.of(new TenantId("acme"), finding.id().value()).stream()
                .map(AuditTrail.AuditRecord::action)
                .toList();
    }

    private List<org.camunda.bpm.engine.runtime.ProcessInstance> instances() {
        return runtime.createProcessInstanceQuery()
                .processDefinitionKey(ProcessKeys.DRIFT_REMOVAL)
                .list();
    }

    private String instanceIn(String table) {
        String column = table.equals("ACT_HI_PROCINST") ? "ID_" : "PROC_INST_ID_";
        return column + " = '" + instances().get(0).getId() + "'";
    }

    private void everyNodeAndFlowWasWalked() {
        BpmnModelInstance model = Bpmn.readModelFromFile(new File("processes/drift-removal.bpmn"));
        Set<String> drawn = new TreeSet<>();
        model.getModelElementsByType(FlowNode.class).forEach(node -> drawn.add(node.getId()));
        model.getModelElementsByType(SequenceFlow.class).forEach(flow -> drawn.add(flow.getId()));
        Set<String> walked = new TreeSet<>(tracks.taken());
        history.createHistoricActivityInstanceQuery().finished().list().stream()
                .filter(node -> node.getProcessDefinitionKey().equals(ProcessKeys.DRIFT_REMOVAL))
                .filter(node -> !node.isCanceled())
                .forEach(node -> walked.add(node.getActivityId()));
        List<String> missed = new ArrayList<>(drawn);
        missed.removeAll(walked);
        assertThat(drawn).hasSize(5);
        assertThat(missed).isEmpty();
    }
}
