package io.drawbridge.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.impl.ProcessEngineImpl;
import org.camunda.bpm.engine.impl.cmd.UnlockJobCmd;
import org.camunda.bpm.engine.impl.jobexecutor.JobAcquisitionContext;
import org.camunda.bpm.engine.impl.jobexecutor.NotifyAcquisitionRejectedJobsHandler;
import org.camunda.bpm.engine.impl.jobexecutor.SequentialJobAcquisitionRunnable;
import org.camunda.bpm.engine.impl.jobexecutor.ThreadPoolJobExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes and executes the jobs between two priorities, on threads of its own.
 *
 * <p>A shutdown finishes what is being executed, and gives back what found no room, so that another node takes it at once
 * and not when the lock has run out.
 */
class PriorityJobExecutor extends ThreadPoolJobExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(PriorityJobExecutor.class);

    /** Longer than any call to a cloud may take. */
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(22);

    private final long least;
    private final long most;
    private final int threads;
    private final int mostThreads;
    private final int waiting;

    /**
     * @param least priority, inclusive
     * @param most priority, inclusive
     * @param threads that are there at any time
     * @param mostThreads if as many jobs wait as may
     * @param waiting how many jobs may wait for a thread
     */
    PriorityJobExecutor(String name, long least, long most, int threads, int mostThreads, int waiting) {
        this.name = name;
        this.least = least;
        this.most = most;
        this.threads = threads;
        this.mostThreads = mostThreads;
        this.waiting = waiting;
        setRejectedJobsHandler(new NotifyAcquisitionRejectedJobsHandler());
    }

    /** How many jobs it executes at once at most. */
    int mostAtOnce() {
        return mostThreads;
    }

    /**
     * Whether it is started and the thread lives that takes its jobs.
     *
     * <p>An error of the machine ends that thread, and nothing starts another (7.24, SequentialJobAcquisitionRunnable).
     */
    boolean takesJobs() {
        Thread taking = jobAcquisitionThread;
        return isActive() && taking != null && taking.isAlive();
    }

    @Override
    protected void ensureInitialization() {
        setAcquireJobsCmdFactory(jobs -> new PriorityAcquisition(this, jobs, least, most));
        super.ensureInitialization();
    }

    @Override
    protected void startExecutingJobs() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                mostThreads,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(waiting),
                work -> new Thread(work, getName()));
        pool.allowCoreThreadTimeOut(true);
        setThreadPoolExecutor(pool);
        super.startExecutingJobs();
    }

    @Override
    protected void stopExecutingJobs() {
        super.stopExecutingJobs();
        // NB. Once the engine's executor is not active, a job that is begun is only unlocked (7.24,
        // ExecuteJobsRunnable).
        isActive = false;
        giveBack();
        ThreadPoolExecutor pool = getThreadPoolExecutor();
        settleWaiting(pool.getQueue());
        pool.shutdown();
        try {
            if (!pool.awaitTermination(FINISH_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "{} jobs of {} are still being executed after {}; another node takes them when their locks have"
                                + " run out.",
                        pool.getActiveCount(),
                        getName(),
                        FINISH_WITHIN);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to do at the end with jobs that wait for a thread; by itself nothing, so that the threads come to them. */
    void settleWaiting(BlockingQueue<Runnable> waiting) {}

    /** What was taken, and found no room to wait in. */
    private void giveBack() {
        if (!(getAcquireJobsRunnable() instanceof SequentialJobAcquisitionRunnable acquisition)) {
            return;
        }
        JobAcquisitionContext taken = acquisition.getAcquisitionContext();
        for (ProcessEngineImpl engine : getProcessEngines()) {
            List<List<String>> batches = new ArrayList<>();
            batches.addAll(taken.getRejectedJobsByEngine().getOrDefault(engine.getName(), List.of()));
            batches.addAll(taken.getAdditionalJobsByEngine().getOrDefault(engine.getName(), List.of()));
            for (List<String> batch : batches) {
                for (String job : batch) {
                    try {
                        engine.getProcessEngineConfiguration()
                                .getCommandExecutorTxRequired()
                                .execute(new UnlockJobCmd(job));
                    } catch (RuntimeException failure) {
                        LOG.warn("Job {} stays locked until its lock has run out: {}", job, failure.getMessage());
                    }
                }
            }
        }
    }
}
