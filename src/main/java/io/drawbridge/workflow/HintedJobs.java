package io.drawbridge.workflow;

import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Session;
import org.camunda.bpm.engine.impl.interceptor.SessionFactory;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutorContext;
import org.camunda.bpm.engine.impl.persistence.entity.JobEntity;
import org.camunda.bpm.engine.impl.persistence.entity.JobManager;

/**
 * Wakes the threads that a new job is for, and not the others.
 *
 * <p>The engine (7.24, {@code JobManager.hintJobExecutor}) tells its one executor of a new job, and not of which; ours would
 * have to look for revocations whenever something opens, and the other way round.
 */
final class HintedJobs extends JobManager {
    @Override
    protected void hintJobExecutor(JobEntity job) {
        if (Context.getProcessEngineConfiguration().getJobExecutor() instanceof NodeJobs jobs
                && jobs.isActive()
                && !isDoneByThisThread(job)) {
            long priority = job.getPriority();
            Context.getCommandContext()
                    .getTransactionContext()
                    .addTransactionListener(TransactionState.COMMITTED, context -> jobs.jobWasAdded(priority));
        } else {
            super.hintJobExecutor(job);
        }
    }

    /** As the engine asks: who executes a job goes on with the next one of the same instance. */
    private boolean isDoneByThisThread(JobEntity job) {
        JobExecutorContext executing = Context.getJobExecutorContext();
        return executing != null
                && executing.isExecutingExclusiveJob()
                && !job.isSuspended()
                && job.isExclusive()
                && isJobDue(job)
                && areInSameProcessInstance(job, executing.getCurrentJob());
    }

    /** In the place of the engine's own. */
    static final class Factory implements SessionFactory {
        @Override
        public Class<?> getSessionType() {
            return JobManager.class;
        }

        @Override
        public Session openSession() {
            return new HintedJobs();
        }
    }
}
