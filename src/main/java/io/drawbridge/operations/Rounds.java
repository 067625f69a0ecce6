package io.drawbridge.operations;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Work that is done again and again, on daemon threads of its own, for as long as the application runs.
 *
 * <p>A round that fails, whatever with, is said and does not end the rounds: an executor would never call it again.
 */
public abstract class Rounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final String name;
    private final Duration pause;
    private final Duration patience;
    private @Nullable ScheduledThreadPoolExecutor threads;
    private volatile boolean ending;

    /**
     * Does not begin yet.
     *
     * @param name of the threads
     * @param pause before the first round, and from the end of each to the beginning of the next; more than zero
     * @param patience with the rounds that are under way when the application ends; they are interrupted after it
     */
    protected Rounds(String name, Duration pause, Duration patience) {
        this.name = name;
        this.pause = pause;
        this.patience = patience;
    }

    /** What is to be done again and again, each on a thread of its own; asked once by each start. Nothing starts without. */
    protected abstract List<Runnable> rounds();

    /** Does something for the last time, after the round that is under way; nothing if it is not overridden. */
    protected void last() {}

    /** Whether the application ends: a long round leaves the rest to another node, or to the next start. */
    protected final boolean isEnding() {
        return ending;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A round throws nothing that its future could keep.
    public final synchronized void start() {
        if (threads != null) {
            return;
        }
        List<Runnable> rounds = rounds();
        if (rounds.isEmpty()) {
            return;
        }
        ending = false;
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(rounds.size(), Daemons.named(name));
        for (Runnable round : rounds) {
            started.scheduleWithFixedDelay(
                    () -> guarded(round), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
        threads = started;
    }

    /** Begins no further round, and waits for those that are under way. */
    @Override
    public final synchronized void stop() {
        if (threads == null) {
            return;
        }
        ending = true;
        threads.execute(() -> guarded(this::last));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A round of {} has not ended within {} and is interrupted.", name, patience);
                threads.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        threads = null;
    }

    @Override
    public final synchronized boolean isRunning() {
        return threads != null;
    }

    private void guarded(Runnable round) {
        try {
            round.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("A round of {} failed; the next follows in {}.", name, pause, failure);
        }
    }
}
