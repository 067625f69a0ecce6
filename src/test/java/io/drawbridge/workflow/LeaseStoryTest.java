package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several grants on one cloud object. */
@DisplayName("Grants that share a cloud object")
class LeaseStoryTest extends GrantStage {

    @ParameterizedTest
    @CsvSource({"PT1H, PT2H", "PT2H, PT1H", "PT1H, PT1H"})
    @DisplayName("R54 give access without a gap, which ends with the last of them")
    void giveAccessUntilTheLastOfThem(String one, String other) {
        Instant start = clock.instant();
        AccessRequest first = anAutomaticRequest(one);
        runDueJobs();
        AccessRequest second = anAutomaticRequest(other);
        runDueJobs();
        Instant last = latest(first, second);

        for (Instant moment = start; moment.isBefore(last); moment = moment.plus(Duration.ofMinutes(15))) {
            at(moment);
            assertThat(cloud.whoHasAccess()).as("at %s", moment).hasSize(1);
        }
        at(last.minusSeconds(1));
        assertThat(cloud.whoHasAccess()).hasSize(1);
        at(last);
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 are independent: ending the longer one early leaves the shorter one its access")
    void survivesTheEarlyEndOfTheLongerOne() {
        AccessRequest shorter = anAutomaticRequest("PT1H");
        runDueJobs();
        AccessRequest longer = anAutomaticRequest("PT2H");
        runDueJobs();

        grantDesk.endEarly(as(Cast.ALICE), grantOf(longer.id()).id());
        runDueJobs();
        assertThat(grantOf(longer.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).hasSize(1);

        at(grantOf(shorter.id()).endsAt().minusSeconds(1));
        assertThat(cloud.whoHasAccess()).hasSize(1);
        after(Duration.ofSeconds(1));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 are independent: a later one that can not be provided takes nothing from the first")
    void survivesTheFailureOfTheOther() {
        AccessRequest first = anAutomaticRequest("PT1H");
        runDueJobs();
        cloud.failToOpen(true);
        AccessRequest second = anAutomaticRequest("PT2H");
        secondBySecond(Duration.ofSeconds(40));

        assertThat(grantOf(second.id()).state()).isEqualTo(GrantState.PROVISION_FAILED);
        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        at(grantOf(first.id()).endsAt());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 R51 a new one while the old one is being closed has the access opened again, and keeps it")
    void opensAgainWhileItIsBeingClosed() {
        AccessRequest first = anAutomaticRequest("PT1H");
        runDueJobs();
        at(grantOf(first.id()).endsAt().minusSeconds(1));
        cloud.confirmAfter(Duration.ofSeconds(10));
        after(Duration.ofSeconds(1));
        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.REVOKING);

        AccessRequest second = anAutomaticRequest("PT1H");
        runDueJobs();
        for (int second1 = 0; second1 < 12; second1++) {
            after(Duration.ofSeconds(1));
            assertThat(cloud.whoHasAccess()).hasSize(1);
        }
        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(second.id()).state()).isEqualTo(GrantState.ACTIVE);

        at(grantOf(second.id()).endsAt());
        secondBySecond(Duration.ofSeconds(11));
        nothingIsLeft();
    }

    @Test
    @DisplayName("R54 R53 both whose revocation fails are closed when the cloud works again, in whatever order")
    void areClosedTogetherAfterAFailure() {
        AccessRequest first = anAutomaticRequest("PT1H");
        runDueJobs();
        AccessRequest second = anAutomaticRequest("PT1H");
        runDueJobs();
        cloud.failToClose(true);
        at(grantOf(first.id()).endsAt());
        secondBySecond(Duration.ofSeconds(40));
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(List.of(grantOf(first.id()).state(), grantOf(second.id()).state()))
                .contains(GrantState.REVOKE_OVERDUE);

        cloud.failToClose(false);
        retrier.retryStuck();
        runDueJobs();
        nothingIsLeft();
    }

    @RepeatedTest(6)
    @DisplayName("R54 R50 one closing and one opening at the same moment leave the access that is still wanted")
    void closeAndOpenAtTheSameMoment() throws Exception {
        AccessRequest first = anAutomaticRequest("PT1H");
        runDueJobs();
        clock.setTo(grantOf(first.id()).endsAt());
        management.executeJob(jobsAt("BoundaryEvent_AccessEnded").get(0).getId());
        AccessRequest second = anAutomaticRequest("PT1H");

        atOnce(
                jobsAt("Task_RevokeAccess").get(0).getId(),
                jobsAt("Task_ProvisionAccess").get(0).getId());
        secondBySecond(Duration.ofSeconds(5));

        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(second.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        at(grantOf(second.id()).endsAt());
        nothingIsLeft();
    }

    @RepeatedTest(6)
    @DisplayName("R54 R52 two that end at the same moment leave nothing behind")
    void endAtTheSameMoment() throws Exception {
        AccessRequest first = anAutomaticRequest("PT1H");
        AccessRequest second = anAutomaticRequest("PT1H");
        runDueJobs();
        clock.setTo(grantOf(first.id()).endsAt());
        jobsAt("BoundaryEvent_AccessEnded").forEach(timer -> management.executeJob(timer.getId()));

        List<Job> revocations = jobsAt("Task_RevokeAccess");
        atOnce(revocations.get(0).getId(), revocations.get(1).getId());
        secondBySecond(Duration.ofSeconds(5));

        assertThat(grantOf(first.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(second.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    /** Two nodes, each with one of the jobs. */
    private void atOnce(String oneJob, String otherJob) throws Exception {
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        CyclicBarrier start = new CyclicBarrier(2);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (String job : List.of(oneJob, otherJob)) {
                running.add(nodes.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    management.executeJob(job);
                    return null;
                }));
            }
            for (Future<?> node : running) {
                node.get(30, TimeUnit.SECONDS);
            }
        } finally {
            nodes.shutdownNow();
        }
    }

    @Test
    @DisplayName("R54 more time is a further request, which can be asked for once the first is approved")
    void moreTimeIsAFurtherRequest() {
        AccessRequest first = anAutomaticRequest("PT1H");
        AccessRequest second = anAutomaticRequest("PT2H");
        runDueJobs();

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(grantOf(second.id()).id()).isNotEqualTo(grantOf(first.id()).id());
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    @Test
    @DisplayName("R54 are only those of the same permission, account and identity")
    void doNotShareWithOthers() {
        AccessRequest bucket = anAutomaticRequest("PT1H");
        opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:PutBucketPolicy", "PT2H"));
        opening.ask(as(Cast.MALLORY), anAsk(Cast.DEV, "s3:DeleteBucket", "PT2H"));
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(3);

        at(grantOf(bucket.id()).endsAt());

        assertThat(cloud.whoHasAccess())
                .hasSize(2)
                .noneMatch(access -> access.permission().equals("s3:DeleteBucket")
                        && access.identity().contains("alice"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("R54 R52 give access exactly while one of them lives, whenever they begin, end, and are ended")
    void giveAccessExactlyWhileOneOfThemLives(long seed) {
        Random random = new Random(seed);
        List<Life> lives = new ArrayList<>();
        TreeSet<Instant> moments = new TreeSet<>();
        for (int number = 0; number < 6; number++) {
            Instant begin = clock.instant().plusSeconds(60L * random.nextInt(120));
            Duration length = Duration.ofMinutes(1 + random.nextInt(60));
            Instant end = begin.plus(length);
            Instant early = random.nextInt(3) == 0 ? begin.plus(length.dividedBy(2)) : end;
            lives.add(new Life(begin, length, early));
            for (Instant moment : List.of(begin, early, end)) {
                moments.add(moment.minusSeconds(1));
                moments.add(moment);
            }
        }
        moments.removeIf(moment -> moment.isBefore(clock.instant()));
        for (Instant moment : moments) {
            at(moment);
            for (Life life : lives) {
                if (life.begin.equals(moment)) {
                    life.request = anAutomaticRequest(life.length.toString());
                    runDueJobs();
                }
                AccessRequest request = life.request;
                if (request != null && life.isEndedEarly() && life.end.equals(moment)) {
                    grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());
                    runDueJobs();
                }
            }
            boolean expected = lives.stream().anyMatch(life -> life.covers(moment));
            assertThat(cloud.whoHasAccess()).as("seed %s at %s", seed, moment).hasSize(expected ? 1 : 0);
        }
        nothingIsLeft();
    }

    /** One grant of the random ones. */
    private static final class Life {
        private final Instant begin;
        private final Duration length;
        private final Instant end;
        private @org.jspecify.annotations.Nullable AccessRequest request;

        Life(Instant begin, Duration length, Instant end) {
            this.begin = begin;
            this.length = length;
            this.end = end;
        }

        boolean isEndedEarly() {
            return end.isBefore(begin.plus(length));
        }

        boolean covers(Instant moment) {
            return !moment.isBefore(begin) && moment.isBefore(end);
        }
    }

    private Instant latest(AccessRequest one, AccessRequest other) {
        Instant first = grantOf(one.id()).endsAt();
        Instant second = grantOf(other.id()).endsAt();
        return first.isAfter(second) ? first : second;
    }
}
