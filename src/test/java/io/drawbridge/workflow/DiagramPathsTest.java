package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.request.ReviewDesk;
import io.drawbridge.stage.Cast;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Every way through both diagrams, with the real files, the real delegates and the real engine.
 *
 * <p>When all tests of this class have run, no flow node and no sequence flow may be left that none of them went through.
 * At every end somebody asks the cloud who has access.
 */
@DisplayName("A request, on its way through the diagrams,")
@SuppressWarnings("NullAway.Init")
class DiagramPathsTest extends GrantStage {
    private static final Set<String> VISITED = new TreeSet<>();
    private static int walked;

    @Autowired
    private ReviewDesk reviews;

    @AfterEach
    void rememberTheWay() {
        walked++;
        VISITED.addAll(tracks.taken());
        // A node counts when the engine has left it, and not because it was cancelled.
        VISITED.addAll(database.sql(
                        """
                        select distinct node.ACT_ID_ from ACT_HI_ACTINST node
                        join ACT_HI_PROCINST instance on instance.ID_ = node.PROC_INST_ID_
                        where node.END_TIME_ is not null and node.ACT_INST_STATE_ <> 2
                            and instance.BUSINESS_KEY_ in (select id from access_request)""")
                .query(String.class)
                .list());
    }

    @AfterAll
    static void everyNodeAndEveryFlowWasVisited() {
        long paths = Stream.of(DiagramPathsTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .count();
        if (walked < paths) {
            return; // A single path, run by hand, does not have to cover everything.
        }
        Set<String> missing = new TreeSet<>();
        for (String file : Set.of("access-request", "timeboxed-grant")) {
            BpmnModelInstance model = Bpmn.readModelFromFile(new File("processes/" + file + ".bpmn"));
            missing.addAll(ids(model.getModelElementsByType(FlowNode.class)));
            missing.addAll(ids(model.getModelElementsByType(SequenceFlow.class)));
        }
        assertThat(missing).hasSizeGreaterThan(100);
        missing.removeAll(VISITED);
        assertThat(missing)
                .as("flow nodes and sequence flows that no path goes through")
                .isEmpty();
    }

    private static Set<String> ids(Collection<? extends BaseElement> elements) {
        Set<String> ids = new TreeSet<>();
        elements.forEach(element -> ids.add(element.getId()));
        return ids;
    }

    @Test
    @DisplayName("R28 is denied on arrival by a guard-rail, and nobody is asked for anything")
    void isDeniedOnArrival() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "cloudtrail:StopLogging");

        assertThat(request.status()).isEqualTo(RequestStatus.DENIED);
        assertThat(tracks.taken()).contains("Flow_ArrivalDenied", "Flow_MayNotOpen");
        assertThat(told("justify")).isEmpty();
        assertThat(told("denied")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R23 R30 is justified, and approved by policy without anybody else")
    void isJustifiedAndApprovedByPolicy() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.DEV, "s3:DeleteBucket");
        assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
        assertThat(cloud.whoHasAccess()).isEmpty();

        AccessRequest justified = justification.justify(as(Cast.ALICE), request.id(), "The archive has to go.", "PT1H");
        assertThat(justified.status()).isEqualTo(RequestStatus.APPROVED);
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofHours(1));
        assertThat(tracks.taken()).contains("Flow_ApprovedQuietly", "Flow_AccessEnded");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R23 R30 is justified, goes to the approvers and is approved")
    void isJustifiedAndApprovedByAnApprover() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");
        justification.justify(as(Cast.ALICE), request.id(), "The archive has to go.", "PT1H");
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofHours(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R43 is denied by an approver")
    void isDeniedByAnApprover() {
        AccessRequest request = aPendingRequest();

        decisions.deny(as(Cast.BOB), request.id(), "Not today.");
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(told("denied")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R30 is abandoned by a No")
    void isAbandonedByANo() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");

        justification.abandon(as(Cast.ALICE), request.id());
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R30 R5 still waits for its justification at 23:59:59 and is abandoned at 24 h")
    void isAbandonedBySilence() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");

        after(Duration.ofHours(24).minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.REQUESTED);

        after(Duration.ofSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.ABANDONED_EXPIRED);
        assertThat(told("justification_expired")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R28 is denied by the policy when it is judged again after the justification")
    void isDeniedAtTheSecondJudgement() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");
        database.sql("delete from control where tenant_id = 'acme' and service = 's3'")
                .update();

        justification.justify(as(Cast.ALICE), request.id(), "The archive has to go.", "PT1H");
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(tracks.taken()).contains("Flow_Justified", "Flow_PolicyDenied");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R23 R28 that arrives complete is judged once and approved by policy")
    void arrivesCompleteAndIsApprovedByPolicy() {
        AccessRequest request = anAutomaticRequest("PT1H");
        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(tracks.taken()).contains("Flow_ArrivalJudged").doesNotContain("Flow_ArrivalAsk");

        runDueJobs();
        after(Duration.ofHours(1));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R23 R28 that arrives complete is judged once and goes to the approvers")
    void arrivesCompleteAndGoesToTheApprovers() {
        AccessRequest request = aPendingRequest();

        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(candidates()).containsExactly(Cast.BOB.value());
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(database.sql("select count(*) from policy_decision")
                        .query(Integer.class)
                        .single())
                .isOne();
    }

    @Test
    @DisplayName("R23 breaks the glass: access at once, an alarm, and a review that outlives the access")
    void breaksTheGlass() {
        AccessRequest request = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(
                        Cast.PROD, "s3:DeleteBucket", null, "PT1H", "Production is down.", true, "INC-1", null));
        assertThat(request.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(told("break_glass"))
                .containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value(), Cast.ERIN.value());
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofHours(1));
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(task(ProcessKeys.REVIEW).getDueDate().toInstant())
                .isEqualTo(grantOf(request.id()).endsAt().plus(Duration.ofHours(24)));

        reviews.review(as(Cast.BOB), request.id(), "It was on fire.", true);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R23 R55 is reviewed while the access of the broken glass is still on, which ends by its own clock")
    void isReviewedWhileTheAccessIsOn() {
        AccessRequest request = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(
                        Cast.PROD, "s3:DeleteBucket", null, "PT1H", "Production is down.", true, "INC-1", null));
        runDueJobs();

        reviews.review(as(Cast.ERIN), request.id(), "It was not.", false);
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofHours(1));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R41 asks the next rung after 1 h and again after 2 h, and nobody after the root")
    void escalatesHourByHour() {
        AccessRequest request = aPendingRequest();

        after(Duration.ofHours(1).minusSeconds(1));
        assertThat(candidates()).containsExactly(Cast.BOB.value());
        after(Duration.ofSeconds(1));
        assertThat(told("decide")).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
        after(Duration.ofHours(1).minusSeconds(1));
        assertThat(told("decide")).hasSize(2);
        after(Duration.ofSeconds(1));
        assertThat(told("decide")).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
        after(Duration.ofHours(1));

        assertThat(told("decide")).hasSize(3);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R41 gives the task to the rung that is asked, and nobody loses it")
    void givesTheTaskToTheNextRung() {
        aPendingRequest();

        after(Duration.ofHours(1));
        assertThat(candidates()).containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value());

        after(Duration.ofHours(1));
        assertThat(candidates()).containsExactlyInAnyOrder(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
    }

    @Test
    @DisplayName("R47 R5 is still pending at 23:59:59 and expires at 24 h; no escalation moves that clock")
    void expiresWhenNobodyDecidesIn24Hours() {
        AccessRequest request = aPendingRequest();

        for (int hour = 1; hour < 24; hour++) {
            after(Duration.ofHours(1));
        }
        after(Duration.ofHours(1).minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        after(Duration.ofSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
        assertThat(told("expired"))
                .containsExactly(Cast.ALICE.value(), Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 expires when the policy's approval timeout is over, if it has one")
    void expiresByThePolicysTimeout() {
        AccessRequest request = aPendingRequest();
        runtime.deleteProcessInstance(
                runtime.createProcessInstanceQuery().singleResult().getId(), "to start it with a timeout");
        runtime.createProcessInstanceByKey(ProcessKeys.ACCESS_REQUEST)
                .businessKey(request.id().value())
                .setVariable("requestId", request.id().value())
                .setVariable("approvalTimeout", "PT4H")
                .startBeforeActivity("Task_AskApprovers")
                .execute();

        after(Duration.ofHours(4).minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);

        after(Duration.ofSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 is withdrawn before it is justified")
    void isWithdrawnWhileRequested() {
        AccessRequest request = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");

        justification.cancel(as(Cast.ALICE), request.id());
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.CANCELLED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 is withdrawn while it is with the approvers, who are told")
    void isWithdrawnWhilePending() {
        AccessRequest request = aPendingRequest();

        justification.cancel(as(Cast.ALICE), request.id());
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.CANCELLED);
        assertThat(told("withdrawn")).containsExactly(Cast.BOB.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R4 shows the clocks of the engine's own timers")
    void showsTheClocksOfTheTimers() {
        AccessRequest request = aPendingRequest();
        Instant start = clock.instant();

        assertThat(clocksOf(request))
                .isEqualTo(
                        new RequestWorkflow.Clocks(start.plus(Duration.ofHours(1)), start.plus(Duration.ofHours(24))));
        after(Duration.ofHours(1));
        assertThat(clocksOf(request))
                .isEqualTo(
                        new RequestWorkflow.Clocks(start.plus(Duration.ofHours(2)), start.plus(Duration.ofHours(24))));
    }

    @Test
    @DisplayName("R55 is ended early while the access is on")
    void isEndedEarlyWhileActive() {
        AccessRequest request = anActiveRequest();

        grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(tracks.taken()).contains("Flow_AccessEndedEarly");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R55 is ended early while the cloud is still opening the access")
    void isEndedEarlyWhileProvisioning() {
        cloud.confirmAfter(Duration.ofSeconds(30));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        secondBySecond(Duration.ofSeconds(2));

        grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        secondBySecond(Duration.ofSeconds(30));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(tracks.taken()).contains("Flow_ProvisioningEndedEarly").doesNotContain("Flow_AccessConfirmed");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R51 R52 is taken back when its end comes before the cloud has opened the access")
    void endsBeforeTheAccessIsThere() {
        cloud.confirmAfter(Duration.ofSeconds(30));
        AccessRequest request = anApprovedRequest("PT10S");
        runDueJobs();

        secondBySecond(Duration.ofSeconds(9));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        secondBySecond(Duration.ofSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        secondBySecond(Duration.ofSeconds(30));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("access_on")).isEmpty();
        assertThat(tracks.taken()).contains("Flow_EndCameFirst", "Flow_AccessNotYet", "Flow_AccessNotGone");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 is PROVISION_FAILED only after all retries, and after the cloud said that nothing is there")
    void failsToBeProvided() {
        cloud.failToOpen(true);
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();

        for (long wait : new long[] {2, 5, 10}) {
            after(Duration.ofSeconds(wait));
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        }
        after(Duration.ofSeconds(20));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISION_FAILED);
        assertThat(grantOf(request.id()).attempts()).isEqualTo(5);
        assertThat(told("provisioning_failed")).containsExactly(Cast.ALICE.value());
        assertThat(told("access_on")).isEmpty();
        assertThat(tracks.taken()).contains("Flow_ProvisioningFailed");
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 is REVOKING and not PROVISION_FAILED as long as the cloud has not said that nothing is there")
    void isNotCalledFailedBeforeTheCloudSaysSo() {
        cloud.failToOpen(true);
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        cloud.failToClose(true);

        secondBySecond(Duration.ofSeconds(38));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        assertThat(told("provisioning_failed")).isEmpty();

        cloud.failToClose(false);
        secondBySecond(Duration.ofSeconds(15));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISION_FAILED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R5 is REVOKED and not PROVISION_FAILED when its end came before the retries were used up")
    void isRevokedWhenItsEndCameBeforeTheLastRetry() {
        cloud.failToOpen(true);
        AccessRequest request = anApprovedRequest("PT10S");

        secondBySecond(Duration.ofSeconds(12));

        assertThat(grantOf(request.id()).attempts()).isBetween(1, 4);
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R61 warns ten minutes before the end of a grant of 30 minutes or more")
    void warnsBeforeTheEnd() {
        anApprovedRequest("PT30M");
        runDueJobs();

        after(Duration.ofMinutes(20).minusSeconds(1));
        assertThat(told("expiring_soon")).isEmpty();
        after(Duration.ofSeconds(1));
        assertThat(told("expiring_soon")).containsExactly(Cast.ALICE.value());
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofMinutes(10));
        assertThat(told("expiring_soon")).hasSize(1);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R61 does not warn before the end of a shorter one")
    void doesNotWarnBeforeAShortOne() {
        anApprovedRequest("PT29M59S");
        runDueJobs();

        after(Duration.ofMinutes(29).plusSeconds(58));
        assertThat(cloud.whoHasAccess()).hasSize(1);
        after(Duration.ofSeconds(1));

        assertThat(told("expiring_soon")).isEmpty();
        nothingIsLeft();
    }

    private RequestWorkflow.Clocks clocksOf(AccessRequest request) {
        return workflow.clocks(request.id());
    }

    @Autowired
    private RequestWorkflow workflow;

    private Set<String> candidates() {
        Set<String> candidates = new TreeSet<>();
        tasks.getIdentityLinksForTask(task(ProcessKeys.APPROVE).getId()).stream()
                .map(IdentityLink::getUserId)
                .filter(Objects::nonNull)
                .forEach(candidates::add);
        return candidates;
    }
}
