package io.drawbridge.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.impl.Direction;
import org.camunda.bpm.engine.impl.JobQueryProperty;
import org.camunda.bpm.engine.impl.Page;
import org.camunda.bpm.engine.impl.QueryOrderingProperty;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cmd.AcquireJobsCmd;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.jobexecutor.AcquiredJobs;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.engine.impl.persistence.entity.AcquirableJobEntity;
import org.camunda.bpm.engine.impl.util.ClockUtil;

/**
 * Takes due jobs between two priorities, the highest first.
 *
 * <p>The engine knows one range for all of an engine's executors, and by it also tells an executor of new jobs (7.24,
 * {@code JobManager}). Asked like this, two executors of one engine each take their own.
 */
final class PriorityAcquisition extends AcquireJobsCmd {
    private final long least;
    private final long most;

    /**
     * @param least inclusive
     * @param most inclusive
     */
    PriorityAcquisition(JobExecutor executor, int jobs, long least, long most) {
        super(executor, jobs);
        this.least = least;
        this.most = most;
    }

    @Override
    public AcquiredJobs execute(CommandContext context) {
        acquiredJobs = new AcquiredJobs(numJobsToAcquire);
        // Jobs of one instance run one after the other, so they are handed out together; the order stays.
        Map<String, List<String>> exclusive = new LinkedHashMap<>();
        for (AcquirableJobEntity job : next(context)) {
            lockJob(job);
            if (job.isExclusive()) {
                exclusive
                        .computeIfAbsent(job.getProcessInstanceId(), instance -> new ArrayList<>())
                        .add(job.getId());
            } else {
                acquiredJobs.addJobIdBatch(job.getId());
            }
        }
        exclusive.values().forEach(acquiredJobs::addJobIdBatch);
        context.getDbEntityManager().registerOptimisticLockingListener(this);
        return acquiredJobs;
    }

    /** As the engine's {@code JobManager.findNextJobsToExecute} asks (7.24), but for the range. */
    @SuppressWarnings("unchecked")
    private List<AcquirableJobEntity> next(CommandContext context) {
        ProcessEngineConfigurationImpl engine = context.getProcessEngineConfiguration();
        Map<String, Object> question = new HashMap<>();
        question.put("now", ClockUtil.getCurrentTime());
        question.put("alwaysSetDueDate", engine.isEnsureJobDueDateNotNull());
        question.put("deploymentAware", engine.isJobExecutorDeploymentAware());
        if (engine.isJobExecutorDeploymentAware()) {
            Set<String> deployments = engine.getRegisteredDeployments();
            if (!deployments.isEmpty()) {
                question.put("deploymentIds", deployments);
            }
        }
        question.put("jobPriorityMin", least == Long.MIN_VALUE ? null : least);
        question.put("jobPriorityMax", most == Long.MAX_VALUE ? null : most);
        question.put("historyCleanupEnabled", engine.isHistoryCleanupEnabled());
        question.put(
                "orderingProperties",
                List.of(
                        new QueryOrderingProperty(JobQueryProperty.PRIORITY, Direction.DESCENDING),
                        new QueryOrderingProperty(JobQueryProperty.DUEDATE, Direction.ASCENDING)));
        question.put("applyOrdering", true);
        question.put(
                "applyExclusiveOverProcessHierarchies", engine.isJobExecutorAcquireExclusiveOverProcessHierarchies());
        return context.getDbEntityManager()
                .selectList("selectNextJobsToExecute", question, new Page(0, numJobsToAcquire));
    }
}
