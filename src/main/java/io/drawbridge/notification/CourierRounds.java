package io.drawbridge.notification;

import io.drawbridge.operations.Rounds;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends each courier round and round, on a thread of its own, for as long as the application runs.
 *
 * <p>So no transport waits for another: while a mail server hangs, webhooks go on, and the other way round. The end of the
 * application waits for what is under way, so that it is noted as sent; what is left is sent by another node, or later.
 */
@Component
class CourierRounds extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(CourierRounds.class);

    private final List<Courier> couriers;
    private final NotificationProperties properties;

    CourierRounds(List<Courier> couriers, NotificationProperties properties) {
        super("drawbridge-courier", properties.poll(), properties.timeout());
        this.couriers = couriers.stream()
                .filter(courier -> Arrays.stream(Transport.values()).anyMatch(courier::carries))
                .toList();
        this.properties = properties;
    }

    @Override
    protected List<Runnable> rounds() {
        return couriers.stream().<Runnable>map(courier -> () -> round(courier)).toList();
    }

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
