package io.drawbridge.notification;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Sends the courier round and round, on a thread of his own, for as long as the application runs. */
@Component
class CourierRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CourierRounds.class);

    private final Courier courier;
    private final NotificationProperties properties;
    private @Nullable ScheduledExecutorService thread;

    CourierRounds(Courier courier, NotificationProperties properties) {
        this.courier = courier;
        this.properties = properties;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A round throws nothing that its future could keep.
    public synchronized void start() {
        if (thread == null && courier.carriesMail()) {
            ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, work -> {
                Thread made = new Thread(work, "drawbridge-courier");
                made.setDaemon(true);
                return made;
            });
            long poll = properties.poll().toMillis();
            started.scheduleWithFixedDelay(this::round, poll, poll, TimeUnit.MILLISECONDS);
            thread = started;
        }
    }

    /** Waits for a mail that is under way, so that it is noted as sent; what is left is sent by another node, or later. */
    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdown();
            try {
                if (!thread.awaitTermination(properties.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                    thread.shutdownNow();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    /** A database that is down must not end the rounds: what throws once would never be scheduled again. */
    private void round() {
        try {
            while (courier.round() > 0 && !Thread.currentThread().isInterrupted()) {
                // The outbox held more than one round takes, or was filled meanwhile.
            }
        } catch (RuntimeException failure) {
            LOG.warn("The outbox could not be read; the next look follows in {}.", properties.poll(), failure);
        }
    }
}
