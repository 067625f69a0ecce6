package io.drawbridge.workflow;

import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.impl.cfg.auth.DefaultAuthorizationProvider;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.entity.AuthorizationEntity;
import org.camunda.bpm.engine.impl.persistence.entity.TaskEntity;
import org.camunda.bpm.engine.repository.Deployment;
import org.camunda.bpm.engine.task.IdentityLinkType;
import org.camunda.bpm.engine.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * What people may do with tasks that are offered to them, exactly as long as they are.
 *
 * <p>Unlike the engine's own provider (7.24, {@code DefaultAuthorizationProvider}) it takes the permission back when
 * somebody is no longer a candidate, and lets who has claimed a task give it back.
 */
final class CandidateAuthorizations extends DefaultAuthorizationProvider {

    /** Who deploys a diagram may not delete it: what runs needs its version. */
    @Override
    public AuthorizationEntity @Nullable [] newDeployment(Deployment deployment) {
        return null;
    }

    @Override
    public AuthorizationEntity @Nullable [] newTaskUserIdentityLink(Task task, String userId, String type) {
        AuthorizationEntity[] given = super.newTaskUserIdentityLink(task, userId, type);
        if (given != null) {
            for (AuthorizationEntity authorization : given) {
                authorization.addPermission(Permissions.TASK_ASSIGN);
            }
        }
        return given;
    }

    @Override
    public AuthorizationEntity @Nullable [] deleteTaskUserIdentityLink(Task task, String userId, String type) {
        // NB. With a task that is done the engine takes all that was given for it, by one statement (7.24,
        // TaskManager).
        if (!IdentityLinkType.CANDIDATE.equals(type) || (task instanceof TaskEntity entity && entity.isDeleted())) {
            return null;
        }
        AuthorizationEntity given = Context.getCommandContext()
                .getAuthorizationManager()
                .findAuthorizationByUserIdAndResourceId(
                        org.camunda.bpm.engine.authorization.Authorization.AUTH_TYPE_GRANT,
                        userId,
                        Resources.TASK,
                        task.getId());
        return given == null ? null : new AuthorizationEntity[] {given};
    }
}
