package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Scopes;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.springframework.beans.factory.annotation.Autowired;

/** What stories of grants share: how they begin, and what has to be true when they are over. */
@SuppressWarnings("NullAway.Init")
abstract class GrantStage extends Stage {

    @Autowired
    protected Scopes scopes;

    @Autowired
    protected IdentityService identities;

    @Autowired
    protected RevocationRetrier retrier;

    /** A call of that person was denied, and a request came of it. */
    protected AccessRequest aDeniedCall(PersonId person, String account, String permission) {
        Identity identity = new Identity(
                Identity.Type.SSO_USER,
                "arn:aws:identitystore:::user/"
                        + people.find(person).orElseThrow().identityStoreId(),
                person.value());
        return opening.openFromDenial(
                Cast.ACME,
                person,
                identity,
                scopes.account(Cast.ACME, account).orElseThrow(),
                PermissionName.parse(permission),
                Liftable.YES,
                Set.of());
    }

    /** Alice helps herself in payments-dev: approved by policy at once, not yet provided. */
    protected AccessRequest anAutomaticRequest(String duration) {
        return opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:DeleteBucket", duration));
    }

    /** Bob has approved it for so long; not yet provided. */
    protected AccessRequest anApprovedRequest(String duration) {
        AccessRequest request = aPendingRequest();
        return decisions.approve(as(Cast.BOB), request.id(), "Fine.", duration);
    }

    /** The task of that key, of whichever request. */
    protected Task task(String key) {
        return tasks.createTaskQuery().taskDefinitionKey(key).singleResult();
    }

    /** Completes a task as Tasklist does: signed in, with whatever the person cares to send. */
    protected void completeAs(PersonId person, Task task, Map<String, Object> sent) {
        identities.setAuthentication(person.value(), List.of(), List.of(Cast.ACME.value()));
        try {
            tasks.complete(task.getId(), sent);
        } finally {
            identities.clearAuthentication();
        }
    }

    /** Who was told something of that kind, once for each notice. */
    protected List<String> told(String kind) {
        return database.sql("select recipient_id from notice where kind = ? order by recipient_id")
                .param(kind)
                .query(String.class)
                .list();
    }

    /** The jobs that wait at that element of a grant. */
    protected List<Job> jobsAt(String element) {
        return management.createJobQuery().activityId(element).list();
    }

    protected ProcessInstance grantInstance(RequestId request) {
        return runtime.createProcessInstanceQuery()
                .processDefinitionKey(ProcessKeys.TIMEBOXED_GRANT)
                .processInstanceBusinessKey(request.value())
                .singleResult();
    }

    /** Lets that much time pass second by second, as an idle machine does. */
    protected void secondBySecond(Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            after(Duration.ofSeconds(1));
        }
    }

    /** The story is over: nothing runs, nothing waits, and nobody has access. */
    protected void nothingIsLeft() {
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(database.sql("select count(*) from dry_run_operation where opening = true")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        assertThat(runtime.createIncidentQuery().count()).isZero();
    }
}
