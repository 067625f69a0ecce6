package io.drawbridge.grant.aws.assignment;

import io.drawbridge.identity.TenantId;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Sends the worker round and round for each tenant, on threads of its own, for as long as the application runs. */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class AssignmentRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(AssignmentRounds.class);

    /** Tenants beyond these wait for each other. */
    private static final int MOST_THREADS = 4;

    private static final long PATIENCE_SECONDS = 25;

    private final AssignmentWorker worker;
    private final IdentityCenters centers;
    private final AssignmentProperties properties;
    private @Nullable ScheduledExecutorService threads;

    AssignmentRounds(AssignmentWorker worker, IdentityCenters centers, AssignmentProperties properties) {
        this.worker = worker;
        this.centers = centers;
        this.properties = properties;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // A round throws nothing that its future could keep.
    public synchronized void start() {
        List<TenantId> tenants = centers.tenants();
        if (threads == null && !tenants.isEmpty()) {
            ScheduledThreadPoolExecutor started =
                    new ScheduledThreadPoolExecutor(Math.min(tenants.size(), MOST_THREADS), work -> {
                        Thread made = new Thread(work, "drawbridge-assignments");
                        made.setDaemon(true);
                        return made;
                    });
            started.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
            long poll = properties.poll().toMillis();
            for (TenantId tenant : tenants) {
                started.scheduleWithFixedDelay(() -> round(tenant), poll, poll, TimeUnit.MILLISECONDS);
            }
            threads = started;
        }
    }

    /** Waits for a call that is under way, so that its request is noted; what is left is done by another node, or later. */
    @Override
    public synchronized void stop() {
        if (threads != null) {
            threads.shutdown();
            try {
                if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    threads.shutdownNow();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            threads = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return threads != null;
    }

    /** What throws once would never be scheduled again. */
    private void round(TenantId tenant) {
        try {
            worker.round(tenant);
        } catch (RuntimeException | Error failure) {
            LOG.warn(
                    "The assignments of tenant {} could not be seen to; the next round follows in {}.",
                    tenant,
                    properties.poll(),
                    failure);
        }
    }
}
