package io.drawbridge.organization.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationSource;
import io.drawbridge.organization.SyncDesk;
import io.drawbridge.organization.SyncReport;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Synchronizes the organizations of all connected tenants again and again, on a thread of its own; each is done by one node
 * in each period.
 */
@Component
class SyncRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SyncRounds.class);

    /** A node that has just started does not wait a whole period; many that start together do not all ask at once. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private final OrganizationSource source;
    private final Function<TenantId, SyncReport> sync;
    private final Fences fences;
    private final SyncProperties properties;
    private @Nullable ScheduledExecutorService thread;

    @Autowired
    SyncRounds(OrganizationSource source, SyncDesk desk, Fences fences, SyncProperties properties) {
        this(source, desk::sync, fences, properties);
    }

    SyncRounds(
            OrganizationSource source, Function<TenantId, SyncReport> sync, Fences fences, SyncProperties properties) {
        this.source = source;
        this.sync = sync;
        this.fences = fences;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        if (thread == null && !source.tenants().isEmpty()) {
            ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, work -> {
                Thread made = new Thread(work, "drawbridge-organization");
                made.setDaemon(true);
                return made;
            });
            started.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            thread = started;
            next(started, between(SOON.dividedBy(3), SOON));
        }
    }

    /** A reading that is under way is given up; nothing of it was applied, and the next round begins anew. */
    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    /**
     * Synchronizes each tenant that no other node has in this period.
     *
     * <p>The fence is not given back: until it falls, no other node has to read the same again. Should this one be slower
     * than that, what it applies late is turned away, because a later reading was applied before.
     */
    void round() {
        for (TenantId tenant : source.tenants()) {
            try {
                if (fences.hold("organization-sync|" + tenant, properties.every())
                        .isPresent()) {
                    tell(tenant, sync.apply(tenant));
                }
            } catch (RuntimeException | Error failure) {
                LOG.warn(
                        "The organisation of tenant {} could not be synchronized; the next try follows in about {}.",
                        tenant,
                        properties.every(),
                        failure);
            }
        }
    }

    private static void tell(TenantId tenant, SyncReport report) {
        if (!report.heldBack().isEmpty()) {
            LOG.warn(
                    "The organisation of tenant {} was not synchronized: {}. An administrator applies it with force, or"
                            + " mends the connection.",
                    tenant,
                    report.heldBack());
        } else if (!report.changes().isEmpty()) {
            LOG.info("The organisation of tenant {} was synchronized: {}.", tenant, report.counts());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A round throws nothing that its future could keep.
    private void next(ScheduledExecutorService executor, Duration wait) {
        executor.schedule(
                () -> {
                    round();
                    if (!executor.isShutdown()) {
                        next(
                                executor,
                                between(
                                        properties.every().multipliedBy(9).dividedBy(10),
                                        properties.every().multipliedBy(11).dividedBy(10)));
                    }
                },
                wait.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static Duration between(Duration least, Duration most) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(least.toMillis(), most.toMillis()));
    }
}
