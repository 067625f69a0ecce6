package io.drawbridge.notification;

import io.drawbridge.operations.Rounds;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends each courier round and round, on a thread of its own, for as long as the application runs.
 *
 * <p>So no transport waits for another: while a mail server hangs, webhooks go on, and the other way round.
 */
@Component
class CourierRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CourierRounds.class);

    private final List<Courier> couriers;
    private final NotificationProperties properties;
    private List<Rounds> threads = List.of();
    private boolean running;

    CourierRounds(List<Courier> couriers, NotificationProperties properties) {
        this.couriers = couriers.stream()
                .filter(courier -> Arrays.stream(Transport.values()).anyMatch(courier::carries))
                .toList();
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        if (!running) {
            threads = couriers.stream().map(this::sent).toList();
            running = true;
        }
    }

    private Rounds sent(Courier courier) {
        return new Rounds("drawbridge-courier", properties.poll(), () -> round(courier));
    }

    /** Waits for what is under way, so that it is noted as sent; what is left is sent by another node, or later. */
    @Override
    public synchronized void stop() {
        threads.forEach(Rounds::end);
        long until = System.nanoTime() + properties.timeout().toNanos();
        threads.forEach(thread -> thread.await(Duration.ofNanos(until - System.nanoTime())));
        threads = List.of();
        running = false;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    /** A database that is down must not end the rounds: what throws once would never be scheduled again. */
    private void round(Courier courier) {
        try {
            while (courier.round() > 0 && !Thread.currentThread().isInterrupted()) {
                // The outbox held more than one round takes, or was filled meanwhile.
            }
        } catch (RuntimeException failure) {
            LOG.warn("The outbox could not be read; the next look follows in {}.", properties.poll(), failure);
        }
    }
}
