package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("A revocation that was begun and is not through")
@SuppressWarnings("NullAway.Init")
class BegunEndsTest extends GrantStage {
    @Autowired
    private BegunEnds ends;

    @Autowired
    private PlatformTransactionManager transactions;

    @Test
    @DisplayName(
            "R52 is taken back by another node if the one that began it does not come back, and told by its process")
    void isFinishedIfItsNodeDied() {
        AccessRequest request = aBegunRevocation();
        Instant end = clock.instant();

        clock.setTo(end.plus(ReconciliationDesk.LEFT_TO_WHO_BEGAN));
        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        clock.setTo(end.plus(ReconciliationDesk.LEFT_TO_WHO_BEGAN).plusMillis(1));
        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).isEmpty();

        runDueJobs();
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName(
            "R53 and was begun by another node is tried once, and left to its process where the cloud takes nothing")
    void isTriedOnceIfSomebodyElseBegan() {
        AccessRequest request = aBegunRevocation();
        Instant end = clock.instant();
        cloud.throttle(true);
        clock.setTo(end.plus(ReconciliationDesk.LEFT_TO_WHO_BEGAN).plusMillis(1));
        ends.round();
        cloud.throttle(false);

        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        secondBySecond(Duration.ofSeconds(15));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).hasSize(1);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R52 is left alone while somebody has its object locked, and does not hold up the others")
    void isLeftToWhoHoldsIt() throws Exception {
        AccessRequest held = anApprovedRequest("PT1H");
        AccessRequest other = anAutomaticRequest("PT1H");
        runDueJobs();
        Grant grant = grantOf(held.id());
        clock.setTo(grant.endsAt());
        grantDesk.beginRevocation(grant.id());
        grantDesk.beginRevocation(grantOf(other.id()).id());
        clock.moveBy(ReconciliationDesk.LEFT_TO_WHO_BEGAN.plusMillis(1));
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService vanished = Executors.newSingleThreadExecutor();
        try {
            Future<?> holding =
                    vanished.submit(() -> new TransactionTemplate(transactions).executeWithoutResult(transaction -> {
                        grants.lockObject(grant.lease());
                        locked.countDown();
                        awaitQuietly(done);
                    }));
            assertThat(locked.await(10, TimeUnit.SECONDS)).isTrue();

            ends.round();

            assertThat(grantOf(held.id()).state()).isEqualTo(GrantState.REVOKING);
            assertThat(grantOf(other.id()).state()).isEqualTo(GrantState.REVOKED);
            done.countDown();
            holding.get(10, TimeUnit.SECONDS);
        } finally {
            done.countDown();
            vanished.shutdownNow();
        }

        ends.round();
        assertThat(grantOf(held.id()).state()).isEqualTo(GrantState.REVOKED);
        runDueJobs();
        nothingIsLeft();
    }

    /** Begun at its end, which is now, by a node that does nothing more. */
    private AccessRequest aBegunRevocation() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        Grant grant = grantOf(request.id());
        clock.setTo(grant.endsAt());
        grantDesk.beginRevocation(grant.id());
        return request;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
