package io.drawbridge.operations;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Work that is done again and again, on a daemon thread of its own. */
public final class Rounds {
    private final ScheduledThreadPoolExecutor thread;

    /**
     * Begins, with the first round after the first pause.
     *
     * @param name of the thread
     * @param pause from the end of a round to the beginning of the next
     * @param round must not throw: it would never be called again
     */
    @SuppressWarnings("FutureReturnValueIgnored") // A round throws nothing that its future could keep.
    public Rounds(String name, Duration pause, Runnable round) {
        thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(round, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does something once more, after the round that is under way; to be called before {@link #end}. */
    public void last(Runnable work) {
        thread.execute(work);
    }

    /** Begins no further round; does not wait. */
    public void end() {
        thread.shutdown();
    }

    /** Waits for the round that is under way, and interrupts it after that; {@link #end} comes before. */
    public void await(Duration patience) {
        try {
            if (!thread.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
