package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which services are controlled where. */
public interface Controls {
    /** What is set at exactly this scope. */
    List<ScopeControl> at(TenantId tenant, ScopeId scope);

    /** What is set anywhere in the tenant. */
    List<ScopeControl> of(TenantId tenant);

    /**
     * What holds for a service at an account: the nearest scope from the account upwards that sets something. Nothing ever
     * holds for the empty service of a permission set.
     */
    ScopeControl effective(TenantId tenant, ScopePath account, String service);

    /** Sets what is set at the scope for the service, in place of what was. */
    void set(TenantId tenant, ScopeControl control);

    /**
     * A control with its exemptions.
     *
     * @param scope where it is set; for a service without any control the account itself
     * @param exempt identities that are not closed out: an ARN, an ARN pattern with {@code *}, or a user name
     * @param way how what is closed is opened again
     * @param permissionSet what is assigned to open it; null exactly unless the way is {@link Way#ACCOUNT_ASSIGNMENT}
     */
    record ScopeControl(
            ScopeId scope,
            String service,
            Control control,
            List<String> exempt,
            Way way,
            @Nullable PermissionSetName permissionSet) {
        public ScopeControl {
            exempt = List.copyOf(exempt);
            if ((way == Way.ACCOUNT_ASSIGNMENT) != (permissionSet != null)) {
                throw new IllegalArgumentException("A control names a permission set exactly if its way is "
                        + Way.ACCOUNT_ASSIGNMENT.word() + ".");
            }
        }

        /** A control whose permissions are opened by an exemption from the service control policy. */
        public ScopeControl(ScopeId scope, String service, Control control, List<String> exempt) {
            this(scope, service, control, exempt, Way.SCP_EXEMPTION, null);
        }

        /** What is opened in the cloud when this permission, which the control closes, is granted. */
        public Entitlement opens(Entitlement asked) {
            return permissionSet == null ? asked : permissionSet;
        }

        public boolean exempts(String arn, String name) {
            return exempt.stream().anyMatch(entry -> ArnPattern.matches(entry, arn) || entry.equalsIgnoreCase(name));
        }
    }
}
