package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is asked, in which order, and who comes and goes meanwhile. */
class EscalationTest extends RequestStage {

    @Test
    @DisplayName("R40 the nearest scope with somebody who may decide is asked first")
    void nearestScopeIsAskedFirst() {
        AccessRequest request = aPendingRequest();

        assertThat(rungs(request))
                .containsExactly(
                        new AccessRequests.Rung(0, new ScopeId(Cast.PROD), List.of(Cast.BOB), TestClock.START));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value());
        assertThat(records(request, "request.rung_skipped")).isEmpty();
    }

    @Test
    @DisplayName("R40 R42 several approvers of one scope are each asked, by name, and nobody twice")
    void severalApproversAreEachAsked() {
        assign(Cast.PROD, Cast.BOB, Cast.VICTOR);
        AccessRequest request = aPendingRequest();

        assertThat(rungs(request)).singleElement().satisfies(rung -> assertThat(rung.people())
                .containsExactly(Cast.BOB, Cast.VICTOR));
        assertThat(requests.rungs(List.of(request.id())).get(request.id())).isEqualTo(rungs(request));
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value(), Cast.VICTOR.value());

        assign(Cast.PROD, Cast.BOB, Cast.VICTOR, Cast.DAVE);
        assertThat(rungs(request)).singleElement().satisfies(rung -> assertThat(rung.people())
                .containsExactly(Cast.BOB, Cast.DAVE, Cast.VICTOR));
        assertThat(told(request, "decide"))
                .containsExactlyInAnyOrder(Cast.BOB.value(), Cast.DAVE.value(), Cast.VICTOR.value());
        assertThat(records(request, "request.approvers_joined")).hasSize(1);
    }

    @Test
    @DisplayName("R40 an empty scope is skipped at once, and that is on record")
    void emptyScopeIsSkipped() {
        AccessRequest request = ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT8H");

        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());
        assertThat(rungs(request)).singleElement().satisfies(rung -> {
            assertThat(rung.level()).isZero();
            assertThat(rung.scope()).isEqualTo(new ScopeId("ou-development"));
        });
        assertThat(skipped(request)).containsExactly(Cast.DEV);
    }

    @Test
    @DisplayName("R40 scopes with only the requester, or only people who left, are skipped and recorded as well")
    void scopesWithoutAnybodyAbleAreSkipped() {
        leaves(Cast.CAROL);

        AccessRequest request = ask(Cast.BOB, Cast.PROD, "s3:DeleteBucket", "PT1H");

        assertThat(candidates(request)).containsExactly(Cast.DAVE.value());
        assertThat(skipped(request)).containsExactly(Cast.PROD, "ou-production", "ou-workloads");
    }

    @Test
    @DisplayName("R40 a tree without any approver ends at the administrators")
    void treeWithoutApproversEndsAtTheAdministrators() {
        organization.assignApprovers(as(Cast.ERIN), new ScopeId("r-acme"), List.of(), true, null);

        AccessRequest request = aPendingRequest();

        assertThat(candidates(request)).containsExactly(Cast.ERIN.value());
        assertThat(told(request, "decide")).containsExactly(Cast.ERIN.value());
        assertThat(rungs(request)).singleElement().satisfies(rung -> assertThat(rung.scope())
                .isEqualTo(new ScopeId("r-acme")));
        decisions.approve(as(Cast.ERIN), request.id(), "Fine.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName(
            "R41 to the second: after one hour the next rung, after two the root, then nobody; nobody loses the task")
    void escalatesHourByHour() {
        AccessRequest request = aPendingRequest();

        at(TestClock.START.plus(Duration.ofHours(1)).minusSeconds(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        at(TestClock.START.plus(Duration.ofHours(1)));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
        at(TestClock.START.plus(Duration.ofHours(1)).plusSeconds(1));
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value(), Cast.CAROL.value());

        at(TestClock.START.plus(Duration.ofHours(2)).minusSeconds(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
        at(TestClock.START.plus(Duration.ofHours(2)));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());

        at(TestClock.START.plus(Duration.ofHours(3)));
        at(TestClock.START.plus(Duration.ofHours(4)));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
        assertThat(rungs(request))
                .extracting(rung -> rung.level() + " " + rung.scope() + " " + rung.notifiedAt())
                .containsExactly(
                        "0 111122223333 2026-01-15T12:00:00Z",
                        "1 ou-production 2026-01-15T13:00:00Z",
                        "2 r-acme 2026-01-15T14:00:00Z");
        assertThat(workflow.clocks(request.id()).expiresAt()).isEqualTo(TestClock.START.plus(Duration.ofHours(24)));
        assertThat(escalation.hasNext(now(request))).isFalse();
        decisions.approve(as(Cast.BOB), request.id(), "At last.", null);
    }

    @Test
    @DisplayName("R41 the empty rung between is passed over and recorded when the request escalates over it")
    void escalationPassesOverEmptyScopes() {
        AccessRequest request = aPendingRequest();

        after(Duration.ofHours(1));
        assertThat(skipped(request)).isEmpty();
        after(Duration.ofHours(1));

        assertThat(skipped(request)).containsExactly("ou-workloads");
    }

    @Test
    @DisplayName("R41 payments-dev asks carol, after one hour dave, and then nobody")
    void developmentEscalatesOnce() {
        AccessRequest request = ask(Cast.MALLORY, Cast.DEV, "s3:DeleteBucket", "PT8H");

        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value(), Cast.DAVE.value());
        after(Duration.ofHours(1));
        assertThat(told(request, "decide")).containsExactly(Cast.CAROL.value(), Cast.DAVE.value());
    }

    @Test
    @DisplayName("R41 a scope that has become able while the request waits above it is not a rung that was forgotten")
    void rungsAboveAreThoseOfTheMoment() {
        AccessRequest request = aPendingRequest();
        assign("ou-workloads", Cast.VICTOR);

        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.VICTOR.value());
        after(Duration.ofHours(1));
        assertThat(candidates(request)).contains(Cast.DAVE.value());
    }

    @Test
    @DisplayName("R42 who leaves a scope loses the task and the right to it, who joins gets both, at once")
    void comingAndGoingIsAtOnce() {
        AccessRequest request = aPendingRequest();
        Task task = taskOf(request, APPROVE);
        assertThat(authorized(task)).containsExactly(Cast.BOB.value());

        assign(Cast.PROD, Cast.VICTOR);

        assertThat(candidates(request)).containsExactly(Cast.VICTOR.value());
        assertThat(authorized(task)).containsExactly(Cast.VICTOR.value());
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value(), Cast.VICTOR.value());
        assertThat(records(request, "request.approvers_joined"))
                .singleElement()
                .satisfies(record -> assertThat(record.details()).contains(Cast.VICTOR.value()));
        assertThat(rungs(request)).singleElement().satisfies(rung -> assertThat(rung.people())
                .containsExactly(Cast.VICTOR));
        inTasklist(Cast.BOB, () -> assertThat(tasks.createTaskQuery().count()).isZero());
        inTasklist(
                Cast.VICTOR, () -> assertThat(tasks.createTaskQuery().count()).isOne());
        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Still me.", null));
        decisions.approve(as(Cast.VICTOR), request.id(), "Now me.", null);
    }

    @Test
    @DisplayName("R42 who had claimed the task loses it all the same")
    void claimedTaskIsLostToo() {
        AccessRequest request = aPendingRequest();
        Task task = taskOf(request, APPROVE);
        inTasklist(Cast.BOB, () -> tasks.claim(task.getId(), Cast.BOB.value()));

        assign(Cast.PROD, Cast.VICTOR);

        assertThat(taskOf(request, APPROVE).getAssignee()).isNull();
        assertThat(authorized(task)).containsExactly(Cast.VICTOR.value());
        inTasklist(Cast.BOB, () -> assertThat(tasks.createTaskQuery().count()).isZero());
    }

    @Test
    @DisplayName("R42 R41 when the last of those asked leaves, the next rung is asked at once")
    void emptiedRungMovesOnAtOnce() {
        AccessRequest request = aPendingRequest();

        assign(Cast.PROD);

        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());
        assertThat(told(request, "decide")).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
    }

    @Test
    @DisplayName("R42 who is assigned above the rung that was asked is not asked before his hour")
    void whoJoinsAboveWaitsForHisHour() {
        AccessRequest request = aPendingRequest();

        assign("ou-production", Cast.CAROL, Cast.VICTOR);
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());

        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value(), Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R42 R47 who joins a scope that was skipped is asked, shown, and told of the end like the others")
    void whoJoinsASkippedScopeIsAskedAndTold() {
        AccessRequest request = ask(Cast.MALLORY, Cast.DEV, "s3:DeleteBucket", "PT8H");

        assign(Cast.DEV, Cast.VICTOR);

        assertThat(candidates(request)).containsExactly(Cast.CAROL.value(), Cast.VICTOR.value());
        assertThat(told(request, "decide")).containsExactly(Cast.CAROL.value(), Cast.VICTOR.value());
        assertThat(rungs(request)).flatExtracting(AccessRequests.Rung::people).contains(Cast.VICTOR);
        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value(), Cast.DAVE.value(), Cast.VICTOR.value());
        at(TestClock.START.plus(Duration.ofHours(24)));
        assertThat(told(request, "expired"))
                .containsExactlyInAnyOrder(
                        Cast.MALLORY.value(), Cast.CAROL.value(), Cast.DAVE.value(), Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R40 R42 where administrators stood in, the first approver who is assigned takes over")
    void approverTakesOverFromTheAdministrators() {
        organization.assignApprovers(as(Cast.ERIN), new ScopeId("r-acme"), List.of(), true, null);
        AccessRequest request = aPendingRequest();

        assign(Cast.PROD, Cast.BOB);

        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        assertThat(authorized(taskOf(request, APPROVE))).containsExactly(Cast.BOB.value());
        at(TestClock.START.plus(Duration.ofHours(24)));
        assertThat(told(request, "expired")).contains(Cast.BOB.value());
    }

    @Test
    @DisplayName("R45 overriding removes the assignments of all scopes below in one transaction, with a record")
    void overrideRemovesWhatIsBelow() {
        AccessRequest request = aPendingRequest();

        organization.assignApprovers(as(Cast.ERIN), new ScopeId("ou-workloads"), List.of(Cast.VICTOR), true, null);

        assertThat(database.sql("select scope_id || ' ' || person_id from approver where tenant_id = 'acme'")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder(
                        "r-acme dave@acme.example",
                        "ou-workloads victor@acme.example",
                        "777788889999 alice@acme.example");
        assertThat(trail.of(Cast.ACME, "ou-workloads")).singleElement().satisfies(record -> {
            assertThat(record.action()).isEqualTo("scope.approvers_assigned");
            assertThat(record.actor()).isEqualTo(Cast.ERIN.value());
            assertThat(record.details())
                    .contains("removedBelow")
                    .contains(Cast.PROD)
                    .contains(Cast.BOB.value())
                    .contains("ou-development")
                    .contains(Cast.CAROL.value());
        });
        assertThat(candidates(request)).containsExactly(Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R45 what is assigned below later counts again")
    void laterAssignmentBelowCounts() {
        organization.assignApprovers(as(Cast.ERIN), new ScopeId("ou-workloads"), List.of(Cast.VICTOR), true, null);
        assign(Cast.PROD, Cast.BOB);

        AccessRequest request = aPendingRequest();

        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        after(Duration.ofHours(1));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R45 only an administrator assigns")
    void onlyAnAdministratorAssigns() {
        for (PersonId person : List.of(Cast.ALICE, Cast.BOB, Cast.DAVE, Cast.OSCAR, Cast.PETRA, Cast.VICTOR)) {
            assertThatThrownBy(() -> organization.assignApprovers(
                            as(person), new ScopeId(Cast.PROD), List.of(person), true, true))
                    .isInstanceOf(io.drawbridge.identity.ForbiddenException.class);
        }
        assertThat(count("approver")).isEqualTo(6);
    }

    @Test
    @DisplayName("R47 at 24 hours and not a second before it expires; requester and all who were asked are told")
    void expiresWhenNobodyDecides() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));
        after(Duration.ofHours(1));
        Instant end = TestClock.START.plus(Duration.ofHours(24));

        at(end.minusSeconds(1));
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        at(end);

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
        assertThat(now(request).statusSince()).isEqualTo(end);
        assertThat(told(request, "expired"))
                .containsExactlyInAnyOrder(Cast.ALICE.value(), Cast.BOB.value(), Cast.CAROL.value(), Cast.DAVE.value());
        assertThat(recorded(request)).contains("request.expired");
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        assertThat(count("access_grant")).isZero();
    }

    @Test
    @DisplayName("R47 who was not asked is not told")
    void whoWasNotAskedIsNotTold() {
        AccessRequest request = ask(Cast.MALLORY, Cast.DEV, "s3:DeleteBucket", "PT8H");

        after(Duration.ofHours(24));

        assertThat(told(request, "expired"))
                .contains(Cast.MALLORY.value(), Cast.CAROL.value())
                .doesNotContain(Cast.BOB.value(), Cast.ERIN.value());
    }

    private List<String> skipped(AccessRequest request) {
        return records(request, "request.rung_skipped").stream()
                .map(record -> record.details().replaceAll(".*\"scope\":\"([^\"]*)\".*", "$1"))
                .toList();
    }
}
