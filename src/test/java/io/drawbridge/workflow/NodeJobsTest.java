package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.stage.DrawbridgeProcess;
import io.drawbridge.stage.LiveStage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who executes what on a node, and what becomes of it when the node is stopped. */
@DisplayName("The jobs of a node")
@SuppressWarnings("NullAway.Init")
class NodeJobsTest extends LiveStage {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private NodeJobs jobs;

    @Test
    @DisplayName("R53 revoke while every other thread is busy and every place to wait for one is taken")
    void revokeWhileEveryOtherThreadIsBusy() {
        String request = ask("rds:DeleteDBClusterAutomatedBackup");
        awaitState(request, "ACTIVE");
        CountDownLatch done = new CountDownLatch(1);
        ThreadPoolExecutor others = jobs.getThreadPoolExecutor();
        try {
            occupy(others, done);

            String grant = get("alice", "/v1/requests/" + request).at("/grant/id");
            assertThat(call("alice", "DELETE", "/v1/grants/" + grant, null).status())
                    .isEqualTo(202);
            awaitState(request, "REVOKED");

            assertThat(others.getActiveCount()).isEqualTo(others.getMaximumPoolSize());
            assertThat(others.getQueue().remainingCapacity()).isZero();
        } finally {
            done.countDown();
        }
    }

    @Test
    @DisplayName(
            "R50 that no thread has begun are given back when the node stops, and not when their locks have run out")
    void areGivenBackWhenTheNodeStops() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        ThreadPoolExecutor others = jobs.getThreadPoolExecutor();
        occupyThreads(others, done);
        String request = ask("rds:DeleteDBInstanceAutomatedBackup");
        DrawbridgeProcess.await("its opening is locked", PATIENCE, () -> locked(request) == 1);

        Thread stop = new Thread(jobs::shutdown);
        stop.start();
        DrawbridgeProcess.await("it is given back", PATIENCE, () -> locked(request) == 0);
        done.countDown();
        stop.join();

        assertThat(get("alice", "/v1/requests/" + request).at("/grant/state")).isEqualTo("PROVISIONING");
        jobs.start();
        awaitState(request, "ACTIVE");
    }

    @Test
    @DisplayName("R53 take the node out of service when a thread has died that takes revocations, or one that takes the"
            + " rest")
    void takeTheNodeOutOfServiceWhenNobodyTakesThem() {
        for (PriorityJobExecutor executor : List.of(jobs.revocations, jobs)) {
            assertThat(readiness()).isEqualTo(200);
            try {
                executor.setAcquireJobsCmdFactory(most -> {
                    throw new OutOfMemoryError("None of the machine's, in " + executor.getName() + ".");
                });
                executor.jobWasAdded();

                DrawbridgeProcess.await("the node is out of service", PATIENCE, () -> readiness() == 503);
                assertThat(jobs.isActive()).isTrue();
                assertThat(jobs.revocations.isActive()).isTrue();
                assertThat(get("oscar", "/v1/operations").at("/executor/active"))
                        .isEqualTo("false");
            } finally {
                jobs.shutdown();
                jobs.start();
            }
        }
        assertThat(readiness()).isEqualTo(200);
    }

    private int readiness() {
        return get(null, "/actuator/health/readiness").status();
    }

    private String ask(String permission) {
        Answer asked = post(
                "alice",
                "/v1/requests",
                Map.of(
                        "account",
                        "444455556666",
                        "permission",
                        permission,
                        "justification",
                        "A trial.",
                        "duration",
                        "PT1H"));
        assertThat(asked.status()).as(asked.text()).isEqualTo(201);
        return asked.at("/id");
    }

    private void awaitState(String request, String state) {
        DrawbridgeProcess.await("its grant is " + state, PATIENCE, () -> get("alice", "/v1/requests/" + request)
                .at("/grant/state")
                .equals(state));
    }

    private int locked(String request) {
        return database.sql(
                        """
                        select count(*) from ACT_RU_JOB j join ACT_RU_EXECUTION e on e.ID_ = j.PROCESS_INSTANCE_ID_
                        where e.BUSINESS_KEY_ = ? and j.LOCK_OWNER_ is not null""")
                .param(request)
                .query(Integer.class)
                .single();
    }

    /** Every thread, and every place to wait. */
    private static void occupy(ThreadPoolExecutor pool, CountDownLatch until) {
        occupyThreads(pool, until);
        while (pool.getQueue().offer(() -> await(until))) {
            // There is room still.
        }
        assertThat(pool.getQueue().remainingCapacity()).isZero();
    }

    private static void occupyThreads(ThreadPoolExecutor pool, CountDownLatch until) {
        DrawbridgeProcess.await("nothing is executed", PATIENCE, () -> pool.getActiveCount() == 0);
        pool.setCorePoolSize(pool.getMaximumPoolSize());
        for (int thread = 0; thread < pool.getMaximumPoolSize(); thread++) {
            pool.execute(() -> await(until));
        }
        DrawbridgeProcess.await(
                "every thread is busy", PATIENCE, () -> pool.getActiveCount() == pool.getMaximumPoolSize());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
