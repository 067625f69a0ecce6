package io.drawbridge.workflow;

import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.request.RequestId;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.incident.DefaultIncidentHandler;
import org.camunda.bpm.engine.impl.incident.IncidentContext;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.camunda.bpm.engine.runtime.Incident;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Says so in our own table, and to people, when a revocation has failed so often that the engine raises an incident: both
 * are committed together. So it does when the timer of an end has failed so often: access is on after its end.
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
        Incident incident = super.handleIncident(context, message);
        String businessKey = businessKey(context);
        if (businessKey != null) {
            grants.getObject()
                    .findByRequest(new RequestId(businessKey))
                    .filter(grant -> grant.state().isLiving())
                    .ifPresent(grant -> desk.getObject().revocationOverdue(grant.id(), String.valueOf(message)));
        }
        return incident;
    }

    private static @Nullable String businessKey(IncidentContext context) {
        if (context.getExecutionId() == null) {
            return null;
        }
        ExecutionEntity execution =
                Context.getCommandContext().getExecutionManager().findExecutionById(context.getExecutionId());
        return execution == null ? null : execution.getProcessInstance().getBusinessKey();
    }
}
