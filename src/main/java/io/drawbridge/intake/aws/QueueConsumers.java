package io.drawbridge.intake.aws;

import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Reads the queues of all tenants that have one, from when the application is ready until it stops.
 *
 * <p>A stop lets what is in work finish, for a bounded time; what is not finished then comes again, here or on another
 * node.
 */
@Component
@EnableConfigurationProperties(QueueProperties.class)
public class QueueConsumers implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumers.class);

    private final AwsConnections connections;
    private final QueuedCalls calls;
    private final QueueProperties properties;
    private final MeterRegistry meters;
    private final Clock clock;
    private final List<QueueConsumer> running = new ArrayList<>();
    private final List<QueueMeters> figures = new CopyOnWriteArrayList<>();
    private @Nullable ScheduledThreadPoolExecutor keeper;

    QueueConsumers(
            AwsConnections connections,
            QueuedCalls calls,
            QueueProperties properties,
            MeterRegistry meters,
            Clock clock) {
        this.connections = connections;
        this.calls = calls;
        this.properties = properties;
        this.meters = meters;
        this.clock = clock;
    }

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        start();
    }

    /** Not with the context, but when the application is ready: requests may be opened at once. */
    @Override
    public boolean isAutoStartup() {
        return false;
    }

    @Override
    public synchronized void start() {
        if (keeper != null) {
            return;
        }
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "drawbridge-queue-keeper");
            made.setDaemon(true);
            return made;
        });
        started.setRemoveOnCancelPolicy(true);
        keeper = started;
        for (AwsConnection connection : connections.all()) {
            URI url = connection.settings().queueUrl();
            if (url != null) {
                start(connection, url, started);
            }
        }
    }

    private void start(AwsConnection connection, URI url, ScheduledThreadPoolExecutor keeper) {
        QueueMeters measured = new QueueMeters(meters, connection.tenant());
        figures.add(measured);
        QueueWatch watch = new QueueWatch(connection.tenant(), connection.sqs(), url, measured, clock);
        ScheduledFuture<?> unused = keeper.scheduleWithFixedDelay(
                watch::look, 0, properties.measureEvery().toMillis(), TimeUnit.MILLISECONDS);
        QueueConsumer consumer = new QueueConsumer(
                connection.tenant(), connection.sqs(), url, calls, properties, measured, keeper, clock);
        consumer.start();
        running.add(consumer);
        LOG.info("Tenant {} reads denied calls from {}.", connection.tenant(), url);
    }

    /** Of the queues that are read, one for a tenant. */
    List<QueueMeters> figures() {
        return figures;
    }

    @Override
    public synchronized void stop() {
        ScheduledThreadPoolExecutor started = keeper;
        if (started == null) {
            return;
        }
        running.forEach(QueueConsumer::stop);
        long until = System.nanoTime() + properties.stopWithin().toNanos();
        for (QueueConsumer consumer : running) {
            Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
            if (!consumer.awaitIdle(left)) {
                LOG.warn("Denied calls are still in work; they come again from the queue.");
            }
        }
        running.clear();
        figures.clear();
        started.shutdownNow();
        keeper = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return keeper != null;
    }
}
