package io.drawbridge.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rounds")
class RoundsTest {
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Rounds> built = new ArrayList<>();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        built.forEach(Rounds::stop);
    }

    @Test
    @DisplayName("go on whatever one of them fails with, an error of the machine too")
    void goOnAfterAFailure() {
        AtomicInteger tries = new AtomicInteger();
        rounds(PATIENCE, () -> {
                    switch (tries.incrementAndGet()) {
                        case 1 -> throw new IllegalStateException("The database is down.");
                        case 2 -> throw new OutOfMemoryError("There was no memory for this round.");
                        default -> done.add("round");
                    }
                })
                .start();

        await().until(() -> done.contains("round"));
    }

    @Test
    @DisplayName("do not wait for each other")
    void eachOnItsOwnThread() {
        CountDownLatch end = new CountDownLatch(1);
        rounds(PATIENCE, () -> awaitOn(end), () -> done.add("other")).start();

        await().until(() -> done.contains("other"));
        end.countDown();
    }

    @Test
    @DisplayName("end after the one that is under way, and do the last thing then, once")
    void endAfterWhatIsUnderWay() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Rounds rounds = rounds(PATIENCE, () -> {
            begun.countDown();
            awaitOn(end);
            done.add("round");
        });
        rounds.start();
        begun.await();

        Thread stops = new Thread(rounds::stop);
        stops.start();
        await().until(() -> stops.getState() == Thread.State.TIMED_WAITING);
        assertThat(done).isEmpty();
        assertThat(rounds.isEnding()).isTrue();
        end.countDown();
        stops.join();

        assertThat(done).containsExactly("round", "last");
        assertThat(rounds.isRunning()).isFalse();
    }

    @Test
    @DisplayName("are interrupted when the patience with them ends")
    void interruptedAfterThePatience() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Rounds rounds = rounds(Duration.ofMillis(50), () -> {
            begun.countDown();
            awaitOn(new CountDownLatch(1));
        });
        rounds.start();
        begun.await();

        rounds.stop();

        await().until(() -> done.contains("interrupted"));
        assertThat(rounds.isRunning()).isFalse();
    }

    @Test
    @DisplayName("begin anew after an end, and once by two starts")
    void beginAnew() {
        Rounds rounds = rounds(PATIENCE, () -> done.add("round"));
        rounds.start();
        rounds.stop();
        done.clear();

        rounds.start();
        rounds.start();

        await().until(() -> done.contains("round"));
        assertThat(rounds.isEnding()).isFalse();
        rounds.stop();
        assertThat(done.stream().filter("last"::equals)).hasSize(1);
    }

    @Test
    @DisplayName("do not run where there is nothing to do")
    void nothingToDo() {
        Rounds rounds = rounds(PATIENCE);

        rounds.start();

        assertThat(rounds.isRunning()).isFalse();
    }

    private Rounds rounds(Duration patience, Runnable... work) {
        Rounds rounds = new Rounds("rounds-of-a-test", PAUSE, patience) {
            @Override
            protected List<Runnable> rounds() {
                return List.of(work);
            }

            @Override
            protected void last() {
                done.add("last");
            }
        };
        built.add(rounds);
        return rounds;
    }

    private void awaitOn(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            done.add("interrupted");
            Thread.currentThread().interrupt();
        }
    }
}
