package io.drawbridge.races;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.PersonId;
import io.drawbridge.notification.chat.Conversation;
import io.drawbridge.notification.chat.Deed;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.StatusConflictException;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.SlackEmulator;
import io.drawbridge.stage.Stage;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.ConcurrencyFailureException;

/** The races of the specification, each run over and over on one database. */
@SuppressWarnings("NullAway.Init")
abstract class Races extends Stage {
    private static final int ROUNDS = 200;

    /** Fewer: each is several races, and takes a second. */
    private static final int SWEEPS = 50;

    @Autowired
    private ReconciliationDesk reconciliation;

    @Autowired
    private Conversation conversation;

    private ExecutorService runners;

    @BeforeEach
    void callTheRunners() {
        runners = Executors.newFixedThreadPool(2);
    }

    @AfterEach
    void sendTheRunnersHome() {
        runners.shutdownNow();
    }

    @Test
    @DisplayName("R2 of two approvals at the same moment one wins, and the loser is told so")
    void approveAgainstApprove() {
        int[] wins = new int[2];
        Caller bob = as(Cast.BOB);
        Caller carol = as(Cast.CAROL);
        for (int round = 0; round < ROUNDS; round++) {
            AccessRequest request = aPendingRequest();

            List<Optional<Throwable>> ends = race(
                    () -> decisions.approve(bob, request.id(), "Fine.", null),
                    () -> decisions.approve(carol, request.id(), "Fine.", null));

            assertThat(ends.stream().filter(Optional::isEmpty)).hasSize(1);
            wins[ends.get(0).isEmpty() ? 0 : 1]++;
            demandConflict(ends);
            assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
            endOf(request);
        }
        assertThat(wins[0] + wins[1]).isEqualTo(ROUNDS);
    }

    @Test
    @DisplayName(
            "R2 R3 two approvers send their forms in chat at the same moment: one decision, and both copies of the message end with it")
    void approveAgainstDenialInChat() {
        List.of(Cast.BOB, Cast.CAROL).forEach(this::connect);
        for (int round = 0; round < SWEEPS; round++) {
            AccessRequest request = aPendingRequest();
            escalation.escalate(request.id());
            String delivery = "delivery " + round + " of ";

            List<Optional<Throwable>> ends = race(
                    () -> conversation.submitted(
                            delivery + "Bob",
                            account(Cast.BOB),
                            Deed.APPROVE,
                            request.id().value(),
                            Map.of("message", "Fine.", "duration", "PT1H")),
                    () -> conversation.submitted(
                            delivery + "Carol",
                            account(Cast.CAROL),
                            Deed.DENY,
                            request.id().value(),
                            Map.of("message", "No.")));

            assertThat(ends).as("nobody sees a failure").allMatch(Optional::isEmpty);
            RequestStatus status = statusOf(request.id());
            assertThat(status).isIn(RequestStatus.APPROVED, RequestStatus.DENIED);
            assertThat(grants.findByRequest(request.id()).isPresent()).isEqualTo(status == RequestStatus.APPROVED);
            assertThat(recorded(request)).filteredOn("request.refused"::equals).hasSize(1);
            assertThat(database.sql("select n.subject from chat_message m join notice n on n.id = m.notice_id"
                                    + " where n.request_id = ? and n.kind = 'decide' and m.awaits = 'NOTHING'")
                            .param(request.id().value())
                            .query(String.class)
                            .list())
                    .hasSize(2)
                    .allMatch(subject ->
                            subject.startsWith(status == RequestStatus.APPROVED ? "Approved: " : "Denied: "));
            endOf(request);
        }
        assertThat(database.sql("select count(*) from chat_delivery where done_at is null")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private void connect(PersonId person) {
        database.sql("insert into chat_account (platform, workspace, account, tenant_id, person_id, name, matched_by,"
                        + " connected_at) values ('slack', ?, ?, 'acme', ?, 'somebody', 'SIGN_IN', ?)")
                .params(
                        SlackEmulator.WORKSPACE,
                        account(person).user(),
                        person.value(),
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    private static ChatAccount account(PersonId person) {
        return new ChatAccount(ChatPlatform.SLACK, SlackEmulator.WORKSPACE, "U-" + person);
    }

    @Test
    @DisplayName("R2 approval against expiry: exactly one side wins")
    void approveAgainstExpiry() {
        Caller bob = as(Cast.BOB);
        for (int round = 0; round < ROUNDS; round++) {
            AccessRequest request = aPendingRequest();
            Job expiry = timer("BoundaryEvent_ApprovalExpired");
            clock.moveBy(Duration.ofHours(24));

            List<Optional<Throwable>> ends = race(
                    () -> decisions.approve(bob, request.id(), "Fine.", null),
                    () -> management.executeJob(expiry.getId()));

            boolean approved = ends.get(0).isEmpty();
            assertThat(statusOf(request.id())).isEqualTo(approved ? RequestStatus.APPROVED : RequestStatus.EXPIRED);
            assertThat(grants.findByRequest(request.id()).isPresent()).isEqualTo(approved);
            if (approved) {
                assertThat(ends.get(1)).isPresent();
            } else {
                demandConflict(List.of(ends.get(0)));
            }
            endOf(request);
        }
    }

    @Test
    @DisplayName("R2 approval against withdrawal: exactly one side wins, and the loser is told so")
    void approveAgainstWithdrawal() {
        Caller bob = as(Cast.BOB);
        Caller alice = as(Cast.ALICE);
        for (int round = 0; round < ROUNDS; round++) {
            AccessRequest request = aPendingRequest();

            List<Optional<Throwable>> ends = race(
                    () -> decisions.approve(bob, request.id(), "Fine.", null),
                    () -> justification.cancel(alice, request.id()));

            assertThat(ends.stream().filter(Optional::isEmpty)).hasSize(1);
            demandConflict(ends);
            boolean approved = ends.get(0).isEmpty();
            assertThat(statusOf(request.id())).isEqualTo(approved ? RequestStatus.APPROVED : RequestStatus.CANCELLED);
            assertThat(grants.findByRequest(request.id()).isPresent()).isEqualTo(approved);
            endOf(request);
        }
    }

    @Test
    @DisplayName("R2 R55 an early end against the end: one revocation, and nobody has access")
    void earlyEndAgainstEnd() {
        Caller alice = as(Cast.ALICE);
        for (int round = 0; round < ROUNDS; round++) {
            AccessRequest request = anActiveRequest();
            Job end = timer("BoundaryEvent_AccessEnded");
            clock.setTo(grantOf(request.id()).endsAt());

            List<Optional<Throwable>> ends = race(
                    () -> grantDesk.endEarly(alice, grantOf(request.id()).id()),
                    () -> management.executeJob(end.getId()));

            if (ends.get(0).isPresent()) {
                demandConflict(List.of(ends.get(0)));
            }
            runDueJobs();
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
            assertThat(cloud.whoHasAccess()).isEmpty();
            assertThat(recorded(request).stream().filter("grant.revoked"::equals))
                    .hasSize(1);
            assertThat(runtime.createProcessInstanceQuery()
                            .processInstanceBusinessKey(request.id().value())
                            .count())
                    .isZero();
        }
    }

    @Test
    @DisplayName("R51 R56 a sweep against the end: one revocation, the requester is told once, and nobody has access")
    void sweepAgainstEnd() {
        for (int round = 0; round < SWEEPS; round++) {
            AccessRequest request = anActiveRequest();
            clock.setTo(grantOf(request.id()).endsAt().plusSeconds(31));

            race(this::runDueJobs, () -> reconciliation.reconcile(Cast.ACME));

            // Whoever lost has left the rest to another try.
            for (int again = 0; again < 10; again++) {
                after(Duration.ofSeconds(15));
            }
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
            assertThat(cloud.whoHasAccess()).isEmpty();
            assertThat(recorded(request).stream().filter("grant.revoked"::equals))
                    .hasSize(1);
            assertThat(told(request, "revoked")).isEqualTo(1);
            assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        }
    }

    @Test
    @DisplayName("R50 R56 a sweep that removes an object against a grant that opens it: what is active is there")
    void sweepAgainstOpening() {
        for (int round = 0; round < SWEEPS; round++) {
            // The same object as the grant's, left from a grant that the database has forgotten.
            AccessRequest forgotten = anActiveRequest();
            runtime.createProcessInstanceQuery()
                    .processInstanceBusinessKey(forgotten.id().value())
                    .rootProcessInstances()
                    .list()
                    .forEach(instance -> runtime.deleteProcessInstance(instance.getId(), "lost", true, true));
            database.sql("delete from lease").update();
            database.sql("delete from access_grant").update();
            reconciliation.reconcile(Cast.ACME);
            clock.moveBy(Duration.ofSeconds(30));
            AccessRequest opened = aPendingRequest();

            race(
                    () -> {
                        decisions.approve(as(Cast.BOB), opened.id(), "Fine.", null);
                        runDueJobs();
                    },
                    () -> reconciliation.reconcile(Cast.ACME));

            after(Duration.ofSeconds(40));
            assertThat(grantOf(opened.id()).state()).isEqualTo(GrantState.ACTIVE);
            assertThat(cloud.whoHasAccess()).hasSize(1);
            assertThat(grantOf(opened.id()).missingSince()).isEmpty();
            endOf(opened);
        }
    }

    private long told(AccessRequest request, String kind) {
        return database.sql("select count(*) from notice where request_id = ? and kind = ?")
                .params(request.id().value(), kind)
                .query(Long.class)
                .single();
    }

    /** Leaves nothing behind for the next round. */
    private void endOf(AccessRequest request) {
        if (statusOf(request.id()) == RequestStatus.APPROVED) {
            runDueJobs();
            at(grantOf(request.id()).endsAt());
            assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        }
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(runtime.createProcessInstanceQuery()
                        .processInstanceBusinessKey(request.id().value())
                        .count())
                .isZero();
    }

    private Job timer(String activity) {
        return management.createJobQuery().activityId(activity).singleResult();
    }

    /** Whoever lost was told what the API answers 409 to, and nothing else. */
    private static void demandConflict(List<Optional<Throwable>> ends) {
        ends.stream().flatMap(Optional::stream).forEach(refusal -> assertThat(refusal)
                .isInstanceOfAny(
                        StatusConflictException.class, GrantStateException.class, ConcurrencyFailureException.class));
    }

    /** Starts both at the same moment; what each threw, in their order. */
    private List<Optional<Throwable>> race(Runnable one, Runnable other) {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<Optional<Throwable>>> running = new ArrayList<>();
        for (Runnable runner : List.of(one, other)) {
            running.add(runners.submit(() -> {
                start.await(20, TimeUnit.SECONDS);
                try {
                    runner.run();
                    return Optional.empty();
                } catch (RuntimeException lost) {
                    return Optional.of(lost);
                }
            }));
        }
        return running.stream().map(Races::result).toList();
    }

    private static Optional<Throwable> result(Future<Optional<Throwable>> running) {
        try {
            return running.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The race was interrupted.", interrupted);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException failed) {
            throw new IllegalStateException("The race did not end.", failed);
        }
    }
}
