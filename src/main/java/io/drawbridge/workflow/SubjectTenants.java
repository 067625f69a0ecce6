package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestId;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProvider;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderCaseInstanceContext;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderHistoricDecisionInstanceContext;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderProcessInstanceContext;
import org.jspecify.annotations.Nullable;

/** Gives every instance the tenant of its request, finding or trouble, from our own tables; without one there is no instance. */
final class SubjectTenants implements TenantIdProvider {
    private final AccessRequests requests;
    private final DriftFindings findings;

    SubjectTenants(AccessRequests requests, DriftFindings findings) {
        this.requests = requests;
        this.findings = findings;
    }

    @Override
    public String provideTenantIdForProcessInstance(TenantIdProviderProcessInstanceContext context) {
        DelegateExecution caller = context.getSuperExecution();
        if (caller != null) {
            return caller.getTenantId();
        }
        String process = context.getProcessDefinition().getKey();
        return switch (process) {
            case ProcessKeys.DRIFT_REMOVAL ->
                tenantOfFinding(process, context.getVariables()).value();
            case ProcessKeys.STANDING_TROUBLE ->
                demand(process, "a tenant", context.getVariables(), TroubleVariables.tenantName());
            default -> tenantOfRequest(process, context.getVariables()).value();
        };
    }

    private TenantId tenantOfRequest(String process, Map<String, Object> variables) {
        RequestId request = new RequestId(demand(process, "a request", variables, RequestVariables.requestIdName()));
        return requests.find(request)
                .map(AccessRequest::tenant)
                .orElseThrow(() ->
                        new IllegalStateException("There is no request " + request + "; no instance starts for it."));
    }

    private TenantId tenantOfFinding(String process, Map<String, Object> variables) {
        DriftFindingId finding =
                new DriftFindingId(demand(process, "a finding", variables, DriftVariables.findingIdName()));
        return findings.find(finding)
                .map(DriftFinding::tenant)
                .orElseThrow(() ->
                        new IllegalStateException("There is no finding " + finding + "; no instance starts for it."));
    }

    private static String demand(String process, String what, Map<String, Object> variables, String name) {
        Object key = variables.get(name);
        if (key == null) {
            throw new IllegalStateException("An instance of " + process + " cannot start by itself: it belongs to "
                    + what + ", and takes its tenant from there.");
        }
        return String.valueOf(key);
    }

    @Override
    public @Nullable String provideTenantIdForCaseInstance(TenantIdProviderCaseInstanceContext context) {
        return null;
    }

    @Override
    public @Nullable String provideTenantIdForHistoricDecisionInstance(
            TenantIdProviderHistoricDecisionInstanceContext context) {
        return null;
    }
}
