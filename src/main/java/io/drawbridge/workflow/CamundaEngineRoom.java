package io.drawbridge.workflow;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.EngineRoom;
import io.drawbridge.request.RequestId;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.history.HistoricIncident;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What goes on in the engine, from its own tables and its history. */
@Component
class CamundaEngineRoom implements EngineRoom {
    /** More entries than any instance of ours has; a loop that ran for months fills no page with itself. */
    private static final int MOST = 500;

    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private final HistoryService history;
    private final JdbcClient database;
    private final Clock clock;

    CamundaEngineRoom(
            ProcessEngine engine, RuntimeService runtime, HistoryService history, JdbcClient database, Clock clock) {
        this.engine = engine;
        this.runtime = runtime;
        this.history = history;
        this.database = database;
        this.clock = clock;
    }

    @Override
    public boolean takesJobs() {
        return takesJobs(jobExecutor());
    }

    private static boolean takesJobs(JobExecutor executor) {
        return executor instanceof PriorityJobExecutor jobs ? jobs.takesJobs() : executor.isActive();
    }

    @Override
    public Executor executor() {
        JobExecutor executor = jobExecutor();
        return new Executor(
                takesJobs(executor),
                executor.getLockOwner(),
                executor instanceof PriorityJobExecutor jobs ? jobs.mostAtOnce() : 0,
                database.sql("select distinct LOCK_OWNER_ from ACT_RU_JOB where LOCK_EXP_TIME_ > ? order by 1")
                        .param(Timestamp.from(clock.instant()))
                        .query(String.class)
                        .list(),
                Duration.ofMillis(executor.getLockTimeInMillis()));
    }

    private JobExecutor jobExecutor() {
        return ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration()).getJobExecutor();
    }

    @Override
    public List<Due> due(Instant now) {
        return database.sql(
                        """
                        select TENANT_ID_, PROCESS_DEF_KEY_, count(*), min(coalesce(DUEDATE_, CREATE_TIME_)) from ACT_RU_JOB
                        where (DUEDATE_ is null or DUEDATE_ <= ?) and RETRIES_ > 0 and SUSPENSION_STATE_ = 1
                            and TENANT_ID_ is not null
                        group by TENANT_ID_, PROCESS_DEF_KEY_ order by 1, 2""")
                .param(Timestamp.from(now))
                .query((row, number) -> new Due(
                        new TenantId(row.getString(1)),
                        row.getString(2),
                        row.getLong(3),
                        row.getTimestamp(4).toInstant()))
                .list();
    }

    @Override
    public List<Stuck> stuck() {
        return database.sql(
                        """
                        select incident.TENANT_ID_, definition.KEY_, count(*) from ACT_RU_INCIDENT incident
                        join ACT_RE_PROCDEF definition on definition.ID_ = incident.PROC_DEF_ID_
                        where incident.ID_ = incident.ROOT_CAUSE_INCIDENT_ID_ and incident.TENANT_ID_ is not null
                        group by incident.TENANT_ID_, definition.KEY_""")
                .query((row, number) -> new Stuck(new TenantId(row.getString(1)), row.getString(2), row.getLong(3)))
                .list();
    }

    @Override
    public List<Trouble> troubles(Set<TenantId> tenants, int limit) {
        List<Incident> found = runtime
                .createIncidentQuery()
                .tenantIdIn(tenants.stream().map(TenantId::value).toArray(String[]::new))
                .orderByIncidentTimestamp()
                .desc()
                .listPage(0, 3 * limit)
                .stream()
                .filter(incident -> incident.getId().equals(incident.getRootCauseIncidentId()))
                .limit(limit)
                .toList();
        Map<String, ProcessInstance> instances = new HashMap<>();
        if (!found.isEmpty()) {
            runtime.createProcessInstanceQuery()
                    .processInstanceIds(new java.util.HashSet<>(
                            found.stream().map(Incident::getProcessInstanceId).toList()))
                    .list()
                    .forEach(instance -> instances.put(instance.getId(), instance));
        }
        return found.stream()
                .map(incident -> trouble(incident, instances.get(incident.getProcessInstanceId())))
                .toList();
    }

    private static Trouble trouble(Incident incident, @Nullable ProcessInstance instance) {
        return new Trouble(
                new TenantId(incident.getTenantId()),
                keyOf(incident.getProcessDefinitionId()),
                incident.getProcessInstanceId(),
                instance == null ? null : instance.getBusinessKey(),
                incident.getActivityId(),
                String.valueOf(incident.getIncidentMessage()),
                incident.getIncidentTimestamp().toInstant());
    }

    /** A definition's id is {@code key:version:number}. */
    private static String keyOf(String definitionId) {
        return definitionId.substring(0, definitionId.indexOf(':'));
    }

    @Override
    public List<Passage> history(RequestId request) {
        return history
                .createHistoricProcessInstanceQuery()
                .processInstanceBusinessKey(request.value())
                .orderByProcessInstanceStartTime()
                .asc()
                .listPage(0, MOST)
                .stream()
                .map(this::passage)
                .toList();
    }

    private Passage passage(HistoricProcessInstance instance) {
        String name = instance.getProcessDefinitionName();
        return new Passage(
                name == null ? instance.getProcessDefinitionKey() : name,
                instance.getProcessDefinitionVersion(),
                instance.getId(),
                instance.getStartTime().toInstant(),
                instance.getEndTime() == null ? null : instance.getEndTime().toInstant(),
                instance.getDeleteReason() != null,
                history
                        .createHistoricActivityInstanceQuery()
                        .processInstanceId(instance.getId())
                        .orderPartiallyByOccurrence()
                        .asc()
                        .listPage(0, MOST)
                        .stream()
                        .map(CamundaEngineRoom::step)
                        .toList(),
                history
                        .createHistoricJobLogQuery()
                        .processInstanceId(instance.getId())
                        .failureLog()
                        .orderByTimestamp()
                        .desc()
                        .listPage(0, MOST)
                        .stream()
                        .map(failed -> new Failure(
                                failed.getTimestamp().toInstant(),
                                String.valueOf(failed.getActivityId()),
                                failed.getJobRetries(),
                                String.valueOf(failed.getJobExceptionMessage())))
                        .toList(),
                history
                        .createHistoricIncidentQuery()
                        .processInstanceId(instance.getId())
                        .orderByCreateTime()
                        .desc()
                        .listPage(0, MOST)
                        .stream()
                        .filter(incident -> incident.getId().equals(incident.getRootCauseIncidentId()))
                        .map(CamundaEngineRoom::past)
                        .toList());
    }

    private static Step step(HistoricActivityInstance entered) {
        return new Step(
                entered.getActivityId(),
                entered.getActivityName() == null
                        ? null
                        : entered.getActivityName().replaceAll("\\s+", " "),
                entered.getActivityType(),
                entered.getStartTime().toInstant(),
                entered.getEndTime() == null ? null : entered.getEndTime().toInstant(),
                entered.isCanceled());
    }

    private static PastIncident past(HistoricIncident incident) {
        return new PastIncident(
                String.valueOf(incident.getActivityId()),
                String.valueOf(incident.getIncidentMessage()),
                incident.getCreateTime().toInstant(),
                incident.getEndTime() == null ? null : incident.getEndTime().toInstant());
    }
}
