package io.drawbridge.organization;

import java.util.List;
import java.util.Optional;

/** The privileged permissions that a control can close, by service. */
public interface PermissionCatalogue {

    /** All services, by name. */
    List<CataloguedService> services();

    Optional<CataloguedService> service(String service);

    /** The entry of one permission; empty if no control closes it. Case counts in neither service nor action. */
    Optional<CataloguedPermission> find(String service, String action);

    /**
     * One AWS service.
     *
     * @param service its prefix in IAM actions, such as {@code s3}
     * @param title its name in words
     */
    record CataloguedService(String service, String title, List<CataloguedPermission> permissions) {
        public CataloguedService {
            permissions = List.copyOf(permissions);
        }
    }

    /**
     * One privileged permission.
     *
     * @param group name of the group it stands in
     * @param reason one line on why that group is privileged
     */
    record CataloguedPermission(PermissionName name, String group, String reason) {}
}
