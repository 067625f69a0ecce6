package io.drawbridge.workflow;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Daemons;
import io.drawbridge.operations.Mention;
import io.drawbridge.request.RequestId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Never gives up on a revocation: executes again what the engine has stopped retrying.
 *
 * <p>The incident stays until the job succeeds, so that operations go on seeing it and can retry it themselves; a try that
 * fails changes nothing. Two nodes that try at once do what one does: the later one loses by the engine's own locking.
 */
@Component
class RevocationRetrier {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationRetrier.class);

    private static final int AT_ONCE = 4;

    private final ManagementService management;
    private final RuntimeService runtime;

    /** Not those of revocations: there, thousands that fail slowly would stand before one whose end has come. */
    private final ExecutorService threads = Daemons.pool("drawbridge-stuck", AT_ONCE);

    private volatile boolean ending;

    RevocationRetrier(ManagementService management, RuntimeService runtime) {
        this.management = management;
        this.runtime = runtime;
    }

    /**
     * Tries every stuck job of every grant once, revocations first, and a few at once; returns when all were tried.
     *
     * <p>Every one, and not the first so many: those that go on failing would for ever keep the others from their turn. In
     * an order that is another each time, so that two nodes seldom try the same.
     */
    @Scheduled(fixedDelayString = "${drawbridge.workflow.retry-stuck-every:PT10S}")
    void retryStuck() {
        List<Job> stuck = new ArrayList<>(management
                .createJobQuery()
                .processDefinitionKey(ProcessKeys.TIMEBOXED_GRANT)
                .noRetriesLeft()
                .list());
        Collections.shuffle(stuck);
        stuck.sort(Comparator.comparingLong(Job::getPriority).reversed());
        // Jobs of one instance would only lose against each other.
        Map<String, List<Job>> byInstance = new LinkedHashMap<>();
        stuck.forEach(job -> byInstance
                .computeIfAbsent(job.getProcessInstanceId(), instance -> new ArrayList<>())
                .add(job));
        CompletableFuture.allOf(byInstance.values().stream()
                        .map(jobs -> CompletableFuture.runAsync(() -> jobs.forEach(this::retry), threads))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** What is being tried is finished, the rest is left to the other nodes. */
    @EventListener(ContextClosedEvent.class)
    void end() {
        ending = true;
    }

    private void retry(Job job) {
        if (ending) {
            return;
        }
        try (Mention about = Mention.open()) {
            mention(about, job);
            if (!isStuck(job)) {
                return;
            }
            try {
                management.executeJob(job.getId());
                LOG.info(
                        "Job {} of grant instance {} succeeded after it was stuck.",
                        job.getId(),
                        job.getProcessInstanceId());
            } catch (RuntimeException failure) {
                if (isStuck(job)) {
                    LOG.warn(
                            "Job {} of grant instance {} is still stuck: {} Access may still be on; it is tried again.",
                            job.getId(),
                            job.getProcessInstanceId(),
                            failure.getMessage());
                }
            }
        } catch (RuntimeException failure) {
            LOG.warn("Whether job {} is still stuck could not be seen; it is tried again.", job.getId(), failure);
        }
    }

    /** False if somebody else has brought it on meanwhile. */
    private boolean isStuck(Job job) {
        return management.createJobQuery().jobId(job.getId()).noRetriesLeft().count() > 0;
    }

    private void mention(Mention mention, Job job) {
        ProcessInstance instance = runtime.createProcessInstanceQuery()
                .processInstanceId(job.getProcessInstanceId())
                .singleResult();
        if (instance != null && instance.getBusinessKey() != null) {
            mention.of(new RequestId(instance.getBusinessKey()));
        }
        if (job.getTenantId() != null) {
            mention.of(new TenantId(job.getTenantId()));
        }
    }
}
