package io.drawbridge.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.camunda.bpm.engine.impl.ProcessEngineImpl;
import org.camunda.bpm.spring.boot.starter.property.JobExecutionProperty;

/**
 * The engine's jobs on this node: revocations on threads that nothing else may take, everything else beside them.
 *
 * <p>With one pool for all, the order of the acquisition helps a revocation only as far as the pool: there it waits behind
 * whatever was taken before it, twenty openings of a slow cloud for example.
 */
final class NodeJobs extends PriorityJobExecutor {
    /** Revocations, as the diagrams say; whatever has more goes with them. */
    static final long REVOCATION = 100;

    final PriorityJobExecutor revocations;

    /** @param revocationThreads how many revocations are executed at once */
    NodeJobs(JobExecutionProperty settings, int revocationThreads) {
        super(
                "drawbridge-jobs",
                Long.MIN_VALUE,
                REVOCATION - 1,
                settings.getCorePoolSize(),
                settings.getMaxPoolSize(),
                settings.getQueueCapacity());
        revocations = new PriorityJobExecutor(
                "drawbridge-revocations",
                REVOCATION,
                Long.MAX_VALUE,
                revocationThreads,
                revocationThreads,
                settings.getQueueCapacity());
        for (PriorityJobExecutor executor : new PriorityJobExecutor[] {this, revocations}) {
            executor.setLockOwner(getLockOwner());
            executor.setLockTimeInMillis(settings.getLockTimeInMillis());
            executor.setMaxJobsPerAcquisition(settings.getMaxJobsPerAcquisition());
            executor.setWaitTimeInMillis(settings.getWaitTimeInMillis());
            executor.setMaxWait(settings.getMaxWait());
            executor.setBackoffTimeInMillis(settings.getBackoffTimeInMillis());
            executor.setMaxBackoff(settings.getMaxBackoff());
        }
    }

    /** Revocations and everything else. */
    @Override
    int mostAtOnce() {
        return super.mostAtOnce() + revocations.mostAtOnce();
    }

    /** Revocations and everything else. */
    @Override
    boolean takesJobs() {
        return super.takesJobs() && revocations.takesJobs();
    }

    @Override
    public synchronized void registerProcessEngine(ProcessEngineImpl engine) {
        revocations.registerProcessEngine(engine);
        super.registerProcessEngine(engine);
    }

    @Override
    public synchronized void unregisterProcessEngine(ProcessEngineImpl engine) {
        revocations.unregisterProcessEngine(engine);
        super.unregisterProcessEngine(engine);
    }

    @Override
    public void start() {
        super.start();
        revocations.start();
    }

    /** Revocations to the end first: this executor has to be active for theirs to be executed and not given back. */
    @Override
    public synchronized void shutdown() {
        revocations.shutdown();
        super.shutdown();
    }

    /** Gives them back, here and now: threads that are busy may never come to them. */
    @Override
    void settleWaiting(BlockingQueue<Runnable> waiting) {
        List<Runnable> left = new ArrayList<>();
        waiting.drainTo(left);
        left.forEach(Runnable::run);
    }

    @Override
    public void jobWasAdded() {
        super.jobWasAdded();
        revocations.jobWasAdded();
    }

    /** A job of that priority is there for the threads that take it. */
    void jobWasAdded(long priority) {
        if (priority >= REVOCATION) {
            revocations.jobWasAdded();
        } else {
            super.jobWasAdded();
        }
    }
}
