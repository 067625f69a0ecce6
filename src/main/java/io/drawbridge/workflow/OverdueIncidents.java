package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.request.RequestId;
import java.util.Optional;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.incident.DefaultIncidentHandler;
import org.camunda.bpm.engine.impl.incident.IncidentContext;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.runtime.Incident;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Says so in our own table, and to people, when a revocation has failed so often that the engine raises an incident: both
 * are committed together. So it does when the timer of an end has failed so often: access is on after its end. Every
 * incident gets words that tell whoever sees it in Cockpit what to do.
 */
final class OverdueIncidents extends DefaultIncidentHandler {
    private final ObjectProvider<GrantDesk> desk;
    private final ObjectProvider<Grants> grants;

    OverdueIncidents(ObjectProvider<GrantDesk> desk, ObjectProvider<Grants> grants) {
        super(Incident.FAILED_JOB_HANDLER_TYPE);
        this.desk = desk;
        this.grants = grants;
    }

    @Override
    public Incident handleIncident(IncidentContext context, String message) {
        ExecutionEntity execution = execution(context);
        String key = execution == null ? null : execution.getProcessInstance().getBusinessKey();
        if (execution == null || key == null || saysItself(execution)) {
            return super.handleIncident(context, message);
        }
        String step = step(execution, context.getActivityId());
        Optional<Grant> grant = grants.getObject()
                .findByRequest(new RequestId(key))
                .filter(found -> found.state().isLiving());
        if (grant.isEmpty()) {
            return super.handleIncident(context, StuckWords.ofRequest(key, step, message));
        }
        desk.getObject().revocationOverdue(grant.get().id(), String.valueOf(message));
        Grant now = grants.getObject().find(grant.get().id()).orElseThrow();
        return super.handleIncident(
                context,
                now.state().mayStillBeOn()
                        ? StuckWords.ofRevocation(now, step, message)
                        : StuckWords.ofGrant(now, step, message));
    }

    private static @Nullable ExecutionEntity execution(IncidentContext context) {
        return context.getExecutionId() == null
                ? null
                : Context.getCommandContext().getExecutionManager().findExecutionById(context.getExecutionId());
    }

    /** What holds back the removal of drift, and what stands for a trouble, says who has to do what. */
    private static boolean saysItself(ExecutionEntity execution) {
        String process = execution.getProcessDefinition().getKey();
        return process.equals(ProcessKeys.DRIFT_REMOVAL) || process.equals(ProcessKeys.STANDING_TROUBLE);
    }

    /** What the diagram calls the element, or its id where it has no name. */
    private static String step(ExecutionEntity execution, String activity) {
        ActivityImpl element = execution.getProcessDefinition().findActivity(activity);
        String name = element == null ? null : element.getName();
        return name == null || name.isBlank() ? activity : name.replaceAll("\\s+", " ");
    }
}
