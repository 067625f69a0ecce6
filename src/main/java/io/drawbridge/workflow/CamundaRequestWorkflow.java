package io.drawbridge.workflow;

import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.request.StatusConflictException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.IdentityLinkType;
import org.camunda.bpm.engine.task.Task;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Requests as instances of {@code access-request}; the business key is the request's id. */
@Component
class CamundaRequestWorkflow implements RequestWorkflow {
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final JdbcClient database;
    private final Instances instances;
    private final DeskCall deskCall;
    private final EngineFailures failures;

    CamundaRequestWorkflow(
            RuntimeService runtime,
            TaskService tasks,
            JdbcClient database,
            Instances instances,
            DeskCall deskCall,
            EngineFailures failures) {
        this.runtime = runtime;
        this.tasks = tasks;
        this.database = database;
        this.instances = instances;
        this.deskCall = deskCall;
        this.failures = failures;
    }

    @Override
    public void start(AccessRequest request) {
        failures.byDesk(() -> runtime.createProcessInstanceByKey(ProcessKeys.ACCESS_REQUEST)
                .businessKey(request.id().value())
                .setVariable(RequestVariables.requestIdName(), request.id().value())
                .execute());
    }

    @Override
    public void answered(AccessRequest request) {
        complete(request, ProcessKeys.JUSTIFY);
    }

    @Override
    public void decided(AccessRequest request) {
        complete(request, ProcessKeys.APPROVE);
    }

    @Override
    public void reviewed(AccessRequest request) {
        complete(request, ProcessKeys.REVIEW);
    }

    @Override
    public void withdrawn(AccessRequest request) {
        failures.byDesk(() -> runtime.createMessageCorrelation(ProcessKeys.REQUEST_WITHDRAWN)
                .processInstanceBusinessKey(request.id().value())
                .correlate());
    }

    @Override
    public void approversChanged(AccessRequest request, List<String> people) {
        failures.byDesk(() -> {
            Task task = tasks.createTaskQuery()
                    .processDefinitionKey(ProcessKeys.ACCESS_REQUEST)
                    .processInstanceBusinessKey(request.id().value())
                    .taskDefinitionKey(ProcessKeys.APPROVE)
                    .singleResult();
            if (task == null) {
                return;
            }
            Set<String> before = new HashSet<>();
            for (IdentityLink link : tasks.getIdentityLinksForTask(task.getId())) {
                if (IdentityLinkType.CANDIDATE.equals(link.getType()) && link.getUserId() != null) {
                    before.add(link.getUserId());
                }
            }
            before.stream()
                    .filter(person -> !people.contains(person))
                    .forEach(person -> tasks.deleteCandidateUser(task.getId(), person));
            people.stream()
                    .filter(person -> !before.contains(person))
                    .forEach(person -> tasks.addCandidateUser(task.getId(), person));
            String assignee = task.getAssignee();
            if (assignee != null && !people.contains(assignee)) {
                tasks.setAssignee(task.getId(), null);
            }
        });
    }

    @Override
    public Clocks clocks(RequestId request) {
        return clocks(List.of(request)).getOrDefault(request, Clocks.NONE);
    }

    /** Reads the due dates of the timers from the engine's own tables: one query for a whole page of requests. */
    @Override
    public Map<RequestId, Clocks> clocks(Collection<RequestId> requests) {
        Map<RequestId, Clocks> found = new HashMap<>();
        if (requests.isEmpty()) {
            return found;
        }
        database.sql(
                        """
                        select instance.BUSINESS_KEY_, definition.ACT_ID_, job.DUEDATE_
                        from ACT_RU_JOB job
                        join ACT_RU_EXECUTION instance on instance.ID_ = job.PROCESS_INSTANCE_ID_
                        join ACT_RU_JOBDEF definition on definition.ID_ = job.JOB_DEF_ID_
                        where instance.BUSINESS_KEY_ in (:requests) and job.PROCESS_DEF_KEY_ = :process
                            and definition.ACT_ID_ in (:timers)""")
                .param("requests", requests.stream().map(RequestId::value).toList())
                .param("process", ProcessKeys.ACCESS_REQUEST)
                .param(
                        "timers",
                        List.of(
                                ProcessKeys.JUSTIFICATION_OVERDUE,
                                ProcessKeys.APPROVAL_OVERDUE,
                                ProcessKeys.APPROVAL_EXPIRED))
                .query(row -> {
                    RequestId request = new RequestId(row.getString(1));
                    Timestamp due = row.getTimestamp(3);
                    Instant at = due == null ? null : due.toInstant();
                    Clocks before = found.getOrDefault(request, Clocks.NONE);
                    found.put(
                            request,
                            ProcessKeys.APPROVAL_OVERDUE.equals(row.getString(2))
                                    ? new Clocks(at, before.expiresAt())
                                    : new Clocks(before.escalatesAt(), at));
                });
        return found;
    }

    @Override
    public Set<RequestId> running(Collection<RequestId> requests) {
        return requests.isEmpty()
                ? Set.of()
                : Set.copyOf(
                        database.sql("select BUSINESS_KEY_ from ACT_RU_EXECUTION where BUSINESS_KEY_ in (:requests)")
                                .param(
                                        "requests",
                                        requests.stream().map(RequestId::value).toList())
                                .query((row, number) -> new RequestId(row.getString(1)))
                                .list());
    }

    private void complete(AccessRequest request, String taskKey) {
        if (deskCall.isByEngine()) {
            return;
        }
        failures.byDesk(() -> {
            String task = instances
                    .task(request.id().value(), taskKey)
                    .orElseThrow(() -> new StatusConflictException(
                            "Request " + request.id() + " does not wait for that any more."));
            tasks.complete(task);
        });
    }
}
