package io.drawbridge.workflow;

import io.drawbridge.identity.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.task.TaskQuery;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * What roles see in the engine's applications, and the two filters of Tasklist.
 *
 * <p>Nobody is an administrator in the engine's own sense: that would lift its tenant checks.
 */
@Component
class EngineRights {
    private static final String MY_APPROVALS = "My approvals";
    private static final String MY_JUSTIFICATIONS = "My justifications";
    private static final String MY_REVIEWS = "My reviews";

    private final AuthorizationService authorizations;
    private final FilterService filters;
    private final TaskService tasks;

    EngineRights(AuthorizationService authorizations, FilterService filters, TaskService tasks) {
        this.authorizations = authorizations;
        this.filters = filters;
        this.tasks = tasks;
    }

    /** Writes down what is missing; what is there already stays. */
    @EventListener(ApplicationStartedEvent.class)
    public void provide() {
        for (Role role : List.of(Role.REQUESTER, Role.ADMINISTRATOR)) {
            allow(role, Resources.APPLICATION, "tasklist", Permissions.ACCESS);
            allow(role, Resources.APPLICATION, "welcome", Permissions.ACCESS);
            allow(role, Resources.PROCESS_DEFINITION, Authorization.ANY, ProcessDefinitionPermissions.READ);
        }
        for (Role role : List.of(Role.OPERATIONS, Role.PROCESS_OWNER, Role.ADMINISTRATOR)) {
            allow(role, Resources.APPLICATION, "cockpit", Permissions.ACCESS);
            allow(
                    role,
                    Resources.PROCESS_DEFINITION,
                    Authorization.ANY,
                    ProcessDefinitionPermissions.READ,
                    ProcessDefinitionPermissions.READ_INSTANCE,
                    ProcessDefinitionPermissions.READ_INSTANCE_VARIABLE,
                    ProcessDefinitionPermissions.READ_TASK,
                    ProcessDefinitionPermissions.READ_HISTORY,
                    ProcessDefinitionPermissions.READ_HISTORY_VARIABLE);
            allow(role, Resources.PROCESS_INSTANCE, Authorization.ANY, Permissions.READ);
            allow(role, Resources.DEPLOYMENT, Authorization.ANY, Permissions.READ);
            allow(role, Resources.DECISION_DEFINITION, Authorization.ANY, Permissions.READ);
            allow(role, Resources.BATCH, Authorization.ANY, Permissions.READ);
        }
        allow(Role.PROCESS_OWNER, Resources.DEPLOYMENT, Authorization.ANY, Permissions.CREATE);
        for (Role role : List.of(Role.OPERATIONS, Role.ADMINISTRATOR)) {
            allow(role, Resources.PROCESS_DEFINITION, Authorization.ANY, ProcessDefinitionPermissions.RETRY_JOB);
        }
        allow(
                Role.ADMINISTRATOR,
                Resources.PROCESS_DEFINITION,
                Authorization.ANY,
                ProcessDefinitionPermissions.UPDATE_INSTANCE);
        allow(Role.ADMINISTRATOR, Resources.APPLICATION, "admin", Permissions.ACCESS);
        // NB. Not authorizations: they have no tenant in the engine, and name people of all of them.
        for (Resource resource : List.of(Resources.USER, Resources.GROUP, Resources.TENANT)) {
            allow(Role.ADMINISTRATOR, resource, Authorization.ANY, Permissions.READ);
        }

        filter(
                MY_APPROVALS,
                "Requests that wait for your decision.",
                -10,
                tasks.createTaskQuery()
                        .taskDefinitionKey(ProcessKeys.APPROVE)
                        .taskCandidateUserExpression("${currentUser()}")
                        .includeAssignedTasks());
        filter(
                MY_JUSTIFICATIONS,
                "Requests of yours that wait for a justification.",
                -5,
                tasks.createTaskQuery()
                        .taskDefinitionKey(ProcessKeys.JUSTIFY)
                        .taskAssigneeExpression("${currentUser()}"));
        filter(
                MY_REVIEWS,
                "Emergencies that wait for your review.",
                0,
                tasks.createTaskQuery()
                        .taskDefinitionKey(ProcessKeys.REVIEW)
                        .taskCandidateUserExpression("${currentUser()}")
                        .includeAssignedTasks());
    }

    private void filter(String name, String description, int priority, TaskQuery query) {
        Filter filter = filters.createTaskFilterQuery().filterName(name).singleResult();
        if (filter == null) {
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("description", description);
            properties.put("priority", priority);
            properties.put("refresh", true);
            filter = filters.saveFilter(
                    filters.newTaskFilter(name).setQuery(query).setProperties(properties));
        }
        for (Role role : List.of(Role.REQUESTER, Role.ADMINISTRATOR)) {
            allow(role, Resources.FILTER, filter.getId(), Permissions.READ);
        }
    }

    private void allow(Role role, Resource resource, String id, Permission... permissions) {
        String group = PeopleIdentityProvider.group(role);
        Authorization found = authorizations
                .createAuthorizationQuery()
                .groupIdIn(group)
                .resourceType(resource)
                .resourceId(id)
                .singleResult();
        Authorization given =
                found == null ? authorizations.createNewAuthorization(Authorization.AUTH_TYPE_GRANT) : found;
        if (found == null) {
            given.setGroupId(group);
            given.setResource(resource);
            given.setResourceId(id);
        }
        for (Permission permission : permissions) {
            given.addPermission(permission);
        }
        authorizations.saveAuthorization(given);
    }
}
