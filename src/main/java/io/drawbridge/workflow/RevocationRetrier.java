package io.drawbridge.workflow;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Mention;
import io.drawbridge.request.RequestId;
import java.util.List;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private final ManagementService management;
    private final RuntimeService runtime;

    RevocationRetrier(ManagementService management, RuntimeService runtime) {
        this.management = management;
        this.runtime = runtime;
    }

    /**
     * Tries every stuck job of every grant once, revocations first.
     *
     * <p>Every one, and not the first so many: those that go on failing would for ever keep the others from their turn.
     */
    @Scheduled(fixedDelayString = "${drawbridge.workflow.retry-stuck-every:PT10S}")
    @SuppressWarnings("try") // What is mentioned counts by being open.
    void retryStuck() {
        List<Job> stuck = management
                .createJobQuery()
                .processDefinitionKey(ProcessKeys.TIMEBOXED_GRANT)
                .noRetriesLeft()
                .orderByJobPriority()
                .desc()
                .list();
        for (Job job : stuck) {
            try (Mention about = mention(job)) {
                management.executeJob(job.getId());
                LOG.info(
                        "Job {} of grant instance {} succeeded after it was stuck.",
                        job.getId(),
                        job.getProcessInstanceId());
            } catch (RuntimeException failure) {
                LOG.warn(
                        "Job {} of grant instance {} is still stuck: {} Access may still be on; it is tried again.",
                        job.getId(),
                        job.getProcessInstanceId(),
                        failure.getMessage());
            }
        }
    }

    private Mention mention(Job job) {
        Mention mention = Mention.open();
        ProcessInstance instance = runtime.createProcessInstanceQuery()
                .processInstanceId(job.getProcessInstanceId())
                .singleResult();
        if (instance != null && instance.getBusinessKey() != null) {
            mention.of(new RequestId(instance.getBusinessKey()));
        }
        return job.getTenantId() == null ? mention : mention.of(new TenantId(job.getTenantId()));
    }
}
