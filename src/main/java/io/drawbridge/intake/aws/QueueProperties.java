package io.drawbridge.intake.aws;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * How a tenant's queue of denied calls is read.
 *
 * @param consumers threads a queue and node, from 1 to 20
 * @param batch most messages received at once, from 1 to 10
 * @param listen {@code wait}: how long an empty queue is listened to in one call, from 0s to 20s
 * @param visibility how long others do not see what one consumer received, from 2s to 1h; extended at half of it for as
 *     long as the consumer works on it
 * @param stopWithin how long a stop waits for what is in work, from 0s to 5m
 * @param measureEvery how often the queue is asked how full it is, from 1s to 1h
 */
@ConfigurationProperties("drawbridge.intake.queue")
record QueueProperties(
        @DefaultValue("2") int consumers,
        @DefaultValue("10") int batch,
        @Name("wait") @DefaultValue("20s") Duration listen,
        @DefaultValue("60s") Duration visibility,
        @DefaultValue("20s") Duration stopWithin,
        @DefaultValue("30s") Duration measureEvery) {
    QueueProperties {
        demand("queue.consumers", consumers, 1, 20);
        demand("queue.batch", batch, 1, 10);
        demand("queue.wait", listen, Duration.ZERO, Duration.ofSeconds(20));
        demand("queue.visibility", visibility, Duration.ofSeconds(2), Duration.ofHours(1));
        demand("queue.stop-within", stopWithin, Duration.ZERO, Duration.ofMinutes(5));
        demand("queue.measure-every", measureEvery, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    static <T extends Comparable<T>> void demand(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("drawbridge.intake." + key + ": " + value + " cannot be used; expected "
                    + least + " to " + most + ".");
        }
    }
}
