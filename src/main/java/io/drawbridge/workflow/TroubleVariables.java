package io.drawbridge.workflow;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Trouble;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** The variable of {@code standing-trouble}, a key; its instances have no task for people. */
final class TroubleVariables {
    private static final String TENANT = "tenant";

    private TroubleVariables() {}

    static String tenantName() {
        return TENANT;
    }

    /** The tenant and the name of what is stuck: keys, which operations may see. */
    static String businessKey(Trouble trouble) {
        return trouble.tenant() + ":" + trouble.name();
    }

    /** What the instance stands for: from its tenant and its business key, which nobody can change. */
    static Trouble.Key trouble(DelegateExecution execution) {
        return trouble(execution.getTenantId(), execution.getProcessBusinessKey());
    }

    static Trouble.Key trouble(String tenant, String businessKey) {
        return new Trouble.Key(new TenantId(tenant), businessKey.substring(businessKey.lastIndexOf(':') + 1));
    }
}
