package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.List;

/** Which services are controlled where. */
public interface Controls {
    /** What is set at exactly this scope. */
    List<ScopeControl> at(TenantId tenant, ScopeId scope);

    /** What is set anywhere in the tenant. */
    List<ScopeControl> of(TenantId tenant);

    /** What holds for a service at an account: the nearest scope from the account upwards that sets something. */
    ScopeControl effective(TenantId tenant, ScopePath account, String service);

    /** Sets what is set at the scope for the service, in place of what was. */
    void set(TenantId tenant, ScopeControl control);

    /**
     * A control with its exemptions.
     *
     * @param scope where it is set; for a service without any control the account itself
     * @param exempt identities that are not closed out: an ARN, an ARN pattern with {@code *}, or a user name
     */
    record ScopeControl(ScopeId scope, String service, Control control, List<String> exempt) {
        public ScopeControl {
            exempt = List.copyOf(exempt);
        }

        public boolean exempts(String arn, String name) {
            return exempt.stream().anyMatch(entry -> ArnPattern.matches(entry, arn) || entry.equalsIgnoreCase(name));
        }
    }
}
