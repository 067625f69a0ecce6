package io.drawbridge.workflow;

import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProvider;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderCaseInstanceContext;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderHistoricDecisionInstanceContext;
import org.camunda.bpm.engine.impl.cfg.multitenancy.TenantIdProviderProcessInstanceContext;
import org.jspecify.annotations.Nullable;

/** Gives every instance the tenant of its request, from our own table; without a request there is no instance. */
final class RequestTenants implements TenantIdProvider {
    private final AccessRequests requests;

    RequestTenants(AccessRequests requests) {
        this.requests = requests;
    }

    @Override
    public String provideTenantIdForProcessInstance(TenantIdProviderProcessInstanceContext context) {
        DelegateExecution caller = context.getSuperExecution();
        if (caller != null) {
            return caller.getTenantId();
        }
        Object request = context.getVariables().get(RequestVariables.requestIdName());
        if (request == null) {
            throw new IllegalStateException(
                    "An instance of " + context.getProcessDefinition().getKey()
                            + " cannot start by itself: it belongs to a request, and takes its tenant from there.");
        }
        return requests.find(new RequestId(String.valueOf(request)))
                .map(AccessRequest::tenant)
                .orElseThrow(() ->
                        new IllegalStateException("There is no request " + request + "; no instance starts for it."))
                .value();
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
