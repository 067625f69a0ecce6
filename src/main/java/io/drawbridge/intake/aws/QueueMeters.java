package io.drawbridge.intake.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one tenant's queue.
 *
 * <p>The depths are what AWS says last, NaN until it has said something and where it says nothing; AWS calls its own
 * counts approximate. The age is that of messages when they were handled, from the moment they were sent; its maximum is
 * that of the last minutes.
 */
final class QueueMeters {
    private static final String PREFIX = "drawbridge.intake.queue.";

    final TenantId tenant;
    final Counter received;
    final Counter handled;
    final Counter deleted;
    final Counter putOff;
    final Counter failed;
    final Counter trouble;
    final Timer age;
    final AtomicInteger consumers = new AtomicInteger();
    volatile double backlog = Double.NaN;
    volatile double inFlight = Double.NaN;
    volatile double dead = Double.NaN;
    private volatile @Nullable Instant unreadSince;

    QueueMeters(MeterRegistry meters, TenantId tenant) {
        this.tenant = tenant;
        Tags tags = Tags.of("tenant", tenant.value());
        received = counter(meters, tags, "received", "Messages received, each time one is");
        handled = counter(meters, tags, "handled", "Messages whose effect is committed");
        deleted = counter(meters, tags, "deleted", "Messages deleted from the queue");
        Tags why = tags.and("why", "outage");
        putOff = counter(meters, why, "failed", "Messages left in the queue");
        failed = counter(meters, tags.and("why", "message"), "failed", "Messages left in the queue");
        trouble = counter(meters, tags, "trouble", "Calls to the queue that failed");
        age = Timer.builder(PREFIX + "age")
                .description("Age of messages when they were handled")
                .tags(tags)
                .register(meters);
        gauge(meters, tags, "consumers", "Threads that read the queue", this, it -> it.consumers.get());
        gauge(meters, tags, "backlog", "Messages that wait", this, it -> it.backlog);
        gauge(meters, tags, "in.flight", "Messages received and not yet deleted", this, it -> it.inFlight);
        gauge(meters, tags, "dead", "Messages in the queue's own dead-letter queue", this, it -> it.dead);
    }

    void wasRead() {
        unreadSince = null;
    }

    /** The first failure since the queue was read counts. */
    void couldNotBeRead(Instant now) {
        if (unreadSince == null) {
            unreadSince = now;
        }
    }

    /** The queue, if it cannot be read, and since when. */
    Optional<Backlog.Waiting> unread() {
        return Optional.ofNullable(unreadSince).map(since -> new Backlog.Waiting(tenant, 1, since));
    }

    private static Counter counter(MeterRegistry meters, Tags tags, String name, String description) {
        return Counter.builder(PREFIX + name)
                .description(description)
                .tags(tags)
                .register(meters);
    }

    private static void gauge(
            MeterRegistry meters,
            Tags tags,
            String name,
            String description,
            QueueMeters of,
            java.util.function.ToDoubleFunction<QueueMeters> value) {
        Gauge unused = Gauge.builder(PREFIX + name, of, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(meters);
    }
}
