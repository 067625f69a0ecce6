package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("Many grants that end in one second")
@SuppressWarnings("NullAway.Init")
class BulkRevocationTest extends GrantStage {
    private static final Duration LATE = ReconciliationDesk.LEFT_TO_THE_PROCESS.plusMillis(1);
    private static final List<String> PERMISSIONS =
            List.of("s3:DeleteBucket", "s3:PutBucketPolicy", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy");

    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @Autowired
    private LateEnds ends;

    @Autowired
    private ReconciliationDesk desk;

    @Autowired
    private PlatformTransactionManager transactions;

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    @DisplayName("R52 R53 are all taken back together, each on record with its process, and told once by that")
    void areTakenBackTogether() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        toTheEndOf(requests.get(0));

        assertThat(desk.takeBackTogether(desk.late(100)))
                .containsExactlyInAnyOrderElementsOf(
                        requests.stream().map(this::id).toList());

        for (AccessRequest request : requests) {
            Grant grant = grantOf(request.id());
            assertThat(grant.state()).isEqualTo(GrantState.REVOKED);
            assertThat(grant.revokedAt()).contains(clock.instant());
            assertThat(recorded(request, "grant.revoking"))
                    .singleElement()
                    .asString()
                    .contains("\"reason\":\"its end came\"", "\"key\":\"timeboxed-grant\"", "\"state\":\"REVOKING\"");
            assertThat(recorded(request, "grant.revoked"))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"sharedWithAnotherGrant\":false", "\"key\":\"timeboxed-grant\"", "\"state\":\"REVOKED\"");
        }
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(told("revoked")).isEmpty();

        runDueJobs();
        assertThat(told("revoked")).hasSize(PERMISSIONS.size());
        nothingIsLeft();
        assertThat(recorded(requests.get(0), "grant.revoked")).hasSize(1);
    }

    @Test
    @DisplayName("R54 leave an object to another grant that holds it")
    void leaveAnObjectToWhoHoldsIt() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        AccessRequest longer = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, PERMISSIONS.get(0), "PT2H"));
        runDueJobs();
        toTheEndOf(requests.get(0));

        ends.round();

        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED));
        assertThat(recorded(requests.get(0), "grant.revoked"))
                .singleElement()
                .asString()
                .contains("\"sharedWithAnotherGrant\":true");
        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.permission())
                .isEqualTo(PERMISSIONS.get(0)));
        assertThat(grantOf(longer.id()).state()).isEqualTo(GrantState.ACTIVE);

        at(grantOf(longer.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 close an object whose grants all end in that second")
    void closeWhatAllOfThemHeld() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        AccessRequest same = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, PERMISSIONS.get(0), "PT1H"));
        runDueJobs();
        toTheEndOf(same);

        assertThat(desk.takeBackTogether(desk.late(100))).hasSize(requests.size() + 1);

        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(grantOf(requests.get(0).id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(same.id()).state()).isEqualTo(GrantState.REVOKED);
        runDueJobs();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 do not wait for one that somebody else has in hand")
    void waitForNobody() throws Exception {
        List<AccessRequest> requests = automaticRequests("PT1H");
        toTheEndOf(requests.get(0));
        List<Grant> late = desk.late(100);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Future<?> somebody = threads.submit(() -> new TransactionTemplate(transactions).executeWithoutResult(in -> {
            var unused = grants.lock(id(requests.get(1)));
            held.countDown();
            await(enough);
        }));
        await(held);

        Set<GrantId> begun = desk.takeBackTogether(late);
        enough.countDown();
        somebody.get();

        assertThat(begun).hasSize(requests.size() - 1).doesNotContain(id(requests.get(1)));
        assertThat(grantOf(requests.get(0).id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(requests.get(1).id()).state()).isEqualTo(GrantState.ACTIVE);
        ends.round();
        assertThat(grantOf(requests.get(1).id()).state()).isEqualTo(GrantState.REVOKED);
    }

    @Test
    @DisplayName("R52 R54 leave out one whose object is being worked on, and call none gone that is not")
    void leaveAnObjectThatIsInHand() throws Exception {
        List<AccessRequest> requests = automaticRequests("PT1H");
        toTheEndOf(requests.get(0));
        List<Grant> late = desk.late(100);
        String object = objectOf(requests.get(1));
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Future<?> somebody = threads.submit(() -> new TransactionTemplate(transactions).executeWithoutResult(in -> {
            grants.lockObject(object);
            held.countDown();
            await(enough);
        }));
        await(held);

        assertThat(desk.takeBackTogether(late)).hasSize(requests.size() - 1);
        enough.countDown();
        somebody.get();

        assertThat(grantOf(requests.get(1).id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        ends.round();
        assertThat(grantOf(requests.get(1).id()).state()).isEqualTo(GrantState.REVOKED);
        runDueJobs();
        nothingIsLeft();
    }

    @Test
    @DisplayName(
            "R53 are as if nobody had begun where the cloud takes nothing, then tried singly, then left to their processes")
    void areLeftToTheirProcesses() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        cloud.failToClose(true);
        toTheEndOf(requests.get(0));

        assertThatThrownBy(() -> desk.takeBackTogether(desk.late(100))).isInstanceOf(CloudException.class);

        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE));
        assertThat(desk.late(100)).hasSize(PERMISSIONS.size());
        ends.round();
        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING));
        assertThat(cloud.whoHasAccess()).hasSize(PERMISSIONS.size());
        cloud.failToClose(false);
        secondBySecond(Duration.ofSeconds(15));
        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED));
        assertThat(told("revoked")).hasSize(PERMISSIONS.size());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R51 R53 are not called gone before the cloud has confirmed it")
    void areNotGoneBeforeTheCloudSaysSo() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        cloud.confirmAfter(Duration.ofSeconds(5));
        toTheEndOf(requests.get(0));

        ends.round();

        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING));
        secondBySecond(Duration.ofSeconds(15));
        requests.forEach(request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 are told although the process of one was deleted")
    void areToldWithoutTheProcess() {
        List<AccessRequest> requests = automaticRequests("PT1H");
        runtime.deleteProcessInstance(grantInstance(requests.get(0).id()).getRootProcessInstanceId(), "by hand");
        toTheEndOf(requests.get(1));

        assertThat(desk.takeBackTogether(desk.late(100)))
                .hasSize(requests.size() - 1)
                .doesNotContain(id(requests.get(0)));
        assertThat(told("revoked")).isEmpty();
        ends.round();

        assertThat(grantOf(requests.get(0).id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).hasSize(1);
        runDueJobs();
        assertThat(told("revoked")).hasSize(PERMISSIONS.size());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 are told although the process of one was deleted in the middle")
    void areToldWithoutAProcessThatVanished() throws Exception {
        List<AccessRequest> requests = automaticRequests("PT1H");
        String instance = grantInstance(requests.get(0).id()).getRootProcessInstanceId();
        toTheEndOf(requests.get(0));
        cloud.beSlow(Duration.ofSeconds(1));
        Future<?> somebody = threads.submit(() -> {
            // NB. The cloud has been asked then, and takes its time to say that it is gone.
            while (grantOf(requests.get(0).id()).state() == GrantState.ACTIVE) {
                LockSupport.parkNanos(1_000_000);
            }
            runtime.deleteProcessInstance(instance, "by hand");
        });

        assertThat(desk.takeBackTogether(desk.late(100))).hasSize(requests.size());
        somebody.get();
        cloud.beSlow(Duration.ZERO);

        assertThat(told("revoked")).hasSize(1);
        runDueJobs();
        assertThat(told("revoked")).hasSize(PERMISSIONS.size());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 one that waits for its object does not hold up the others where each is taken by itself")
    void oneDoesNotHoldUpTheOthers() throws Exception {
        List<AccessRequest> requests = automaticRequests("PT1H");
        toTheEndOf(requests.get(0));
        cloud.failToClose(true);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        ExecutorService more = Executors.newSingleThreadExecutor();
        ExecutorService another = Executors.newSingleThreadExecutor();
        try {
            Future<?> somebody = more.submit(() -> new TransactionTemplate(transactions).executeWithoutResult(in -> {
                grants.lockObject(objectOf(requests.get(1)));
                held.countDown();
                await(enough);
            }));
            await(held);
            Future<?> round = another.submit(ends::round);

            long start = System.nanoTime();
            while (requests.stream().anyMatch(request -> grantOf(request.id()).state() == GrantState.ACTIVE)
                    && System.nanoTime() - start < 5_000_000_000L) {
                LockSupport.parkNanos(5_000_000);
            }
            requests.forEach(
                    request -> assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING));
            enough.countDown();
            somebody.get();
            round.get();
        } finally {
            enough.countDown();
            more.shutdownNow();
            another.shutdownNow();
        }
        cloud.failToClose(false);
        secondBySecond(Duration.ofSeconds(15));
        nothingIsLeft();
    }

    private List<AccessRequest> automaticRequests(String duration) {
        List<AccessRequest> requests = PERMISSIONS.stream()
                .map(permission -> opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, permission, duration)))
                .toList();
        runDueJobs();
        return requests;
    }

    /** All that end with it are late then. */
    private void toTheEndOf(AccessRequest request) {
        clock.setTo(grantOf(request.id()).endsAt().plus(LATE));
    }

    private GrantId id(AccessRequest request) {
        return grantOf(request.id()).id();
    }

    private String objectOf(AccessRequest request) {
        return database.sql("select object_key from lease where grant_id = ?")
                .param(id(request).value())
                .query(String.class)
                .single();
    }

    private List<String> recorded(AccessRequest request, String action) {
        return database.sql("select details from audit_record where subject = ? and action = ?")
                .params(request.id().value(), action)
                .query(String.class)
                .list();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Nobody came.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
