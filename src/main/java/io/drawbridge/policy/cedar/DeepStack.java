package io.drawbridge.policy.cedar;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One thread with 64 MB of stack, on which Cedar may parse.
 *
 * <p>Cedar's parser recurses natively: some eighty nested brackets overflow the usual 1 MB, and a native overflow ends
 * the whole process without an exception. With this stack, and the limits of {@link PolicyText}, the deepest accepted
 * text stays an order of magnitude away from the edge.
 */
final class DeepStack implements AutoCloseable {
    private static final long STACK_BYTES = 64L << 20;

    private final ExecutorService executor;
    private final Duration patience;

    /** A thread that is waited for at most that long. */
    DeepStack(String name, Duration patience) {
        this.patience = patience;
        this.executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(null, work, name, STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Does it there and waits for it.
     *
     * @throws TooSlow if it took longer than the patience; a native call cannot be stopped and ends by itself
     */
    <T> T call(Callable<T> work) {
        Future<T> future = executor.submit(work);
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            future.cancel(false);
            throw new TooSlow(patience);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Cedar worked.", interrupted);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("Cedar failed: " + cause, cause);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** The work took longer than anybody should wait. */
    static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlow(Duration patience) {
            super("Cedar took longer than " + patience + ".");
        }
    }
}
