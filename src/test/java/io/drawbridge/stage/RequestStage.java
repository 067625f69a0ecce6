package io.drawbridge.stage;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.ConversationDesk;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.request.ReviewDesk;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What stories about requests say again and again: somebody asks, is told, opens his task list, an administrator changes things. */
@SuppressWarnings("NullAway.Init")
public abstract class RequestStage extends Stage {
    protected static final String JUSTIFY = "UserTask_JustifyRequest";
    protected static final String APPROVE = "UserTask_ApproveRequest";
    protected static final String REVIEW = "UserTask_ReviewBreakGlass";
    protected static final String DEPLOY_ROLE = "arn:aws:iam::111122223333:role/deploy";

    @Autowired
    protected RequestWorkflow workflow;

    @Autowired
    protected ReviewDesk reviews;

    @Autowired
    protected ConversationDesk conversation;

    @Autowired
    protected OrganizationDesk organization;

    @Autowired
    protected Settings settings;

    @Autowired
    protected AccessPolicies policies;

    @Autowired
    protected IdentityService identityService;

    @Autowired
    protected TransactionTemplate transaction;

    /** An ask that leaves justification and duration open. */
    protected AskForAccess anOpenAsk(String account, String permission) {
        return new AskForAccess(account, permission, null, null, null, false, null, null);
    }

    /** An emergency with a ticket. */
    protected AskForAccess anEmergency(String account, String permission, @Nullable String duration) {
        return new AskForAccess(account, permission, null, duration, "Payments are down.", true, "INC-4711", null);
    }

    /** Alice asks for {@code s3:DeleteBucket} in payments-prod and has not said why: it waits for her. */
    protected AccessRequest aRequestedRequest() {
        return opening.ask(as(Cast.ALICE), anOpenAsk(Cast.PROD, "s3:DeleteBucket"));
    }

    protected AccessRequest ask(PersonId person, String account, String permission, @Nullable String duration) {
        return opening.ask(as(person), anAsk(account, permission, duration));
    }

    protected AccessRequest now(AccessRequest request) {
        return requests.find(request.id()).orElseThrow();
    }

    /** Who got notices of that kind about the request, in order. */
    protected List<String> told(AccessRequest request, String kind) {
        return database.sql("select recipient_id from notice where request_id = ? and kind = ? order by number")
                .params(request.id().value(), kind)
                .query(String.class)
                .list();
    }

    /** What that person was told about the request, oldest first. */
    protected List<String> kindsFor(AccessRequest request, PersonId person) {
        return database.sql("select kind from notice where request_id = ? and recipient_id = ? order by number")
                .params(request.id().value(), person.value())
                .query(String.class)
                .list();
    }

    protected String noticeText(AccessRequest request, String kind, PersonId person) {
        return database.sql("select body_text from notice where request_id = ? and kind = ? and recipient_id = ?")
                .params(request.id().value(), kind, person.value())
                .query(String.class)
                .single();
    }

    protected long count(String table) {
        return database.sql("select count(*) from " + table).query(Long.class).single();
    }

    /** Everything that our own table says of the request. */
    protected Map<String, Object> row(AccessRequest request) {
        return database.sql("select * from access_request where id = ?")
                .param(request.id().value())
                .query()
                .singleRow();
    }

    /** What is recorded of an action on the request. */
    protected List<AuditTrail.AuditRecord> records(AccessRequest request, String action) {
        return trail.of(request.tenant(), request.id().value()).stream()
                .filter(record -> record.action().equals(action))
                .toList();
    }

    protected Task taskOf(AccessRequest request, String key) {
        return tasks.createTaskQuery()
                .processInstanceBusinessKey(request.id().value())
                .taskDefinitionKey(key)
                .singleResult();
    }

    /** Who can take the approval task now. */
    protected List<String> candidates(AccessRequest request) {
        return tasks.getIdentityLinksForTask(taskOf(request, APPROVE).getId()).stream()
                .filter(link -> link.getType().equals("candidate"))
                .map(IdentityLink::getUserId)
                .sorted()
                .toList();
    }

    /** Who holds a permission of his own on the approval task, as the engine keeps it. */
    protected List<String> authorized(Task task) {
        return database.sql("select USER_ID_ from ACT_RU_AUTHORIZATION where RESOURCE_ID_ = ? order by USER_ID_")
                .param(task.getId())
                .query(String.class)
                .list();
    }

    /** The person at work in the engine's own applications. */
    protected void inTasklist(PersonId person, Runnable deed) {
        List<String> groups = identityService.createGroupQuery().groupMember(person.value()).list().stream()
                .map(Group::getId)
                .toList();
        String tenant = people.find(person).orElseThrow().tenant().value();
        identityService.setAuthentication(person.value(), groups, List.of(tenant));
        try {
            deed.run();
        } finally {
            identityService.clearAuthentication();
        }
    }

    /** The person completes the task in Tasklist. */
    protected void complete(PersonId person, Task task, Map<String, Object> form) {
        inTasklist(person, () -> tasks.complete(task.getId(), form));
    }

    protected void assign(String scope, PersonId... approvers) {
        organization.assignApprovers(as(Cast.ERIN), new ScopeId(scope), Arrays.asList(approvers), false, null);
    }

    /** Somebody leaves the company. */
    protected void leaves(PersonId person) {
        database.sql("update person set active = false where id = ?")
                .param(person.value())
                .update();
    }

    protected void change(TenantSettings changed) {
        organization.changeSettings(as(Cast.ERIN), changed);
    }

    protected void requestUserJustification(boolean on) {
        TenantSettings set = settings.of(Cast.ACME);
        change(new TenantSettings(
                on,
                set.minDuration(),
                set.maxDuration(),
                set.presetDuration(),
                set.coolDown(),
                set.propagation(),
                set.maxRequestsPerIdentityAndHour(),
                set.timeZone(),
                set.removalGuardPercent(),
                set.removalGuardCount()));
    }

    protected List<AccessRequests.Rung> rungs(AccessRequest request) {
        return requests.rungs(request.id());
    }

    protected long judgements(AccessRequest request) {
        return database.sql("select count(*) from policy_decision where request_id = ?")
                .param(request.id().value())
                .query(Long.class)
                .single();
    }

    /** A denied call of that identity opened a request. */
    protected AccessRequest aDenial(Identity identity, PersonId requester, String account, Set<String> usedBy) {
        RequestId id = opening.openFromDenial(
                        Cast.ACME,
                        requester,
                        identity,
                        scopes.path(Cast.ACME, new ScopeId(account)).orElseThrow(),
                        io.drawbridge.organization.PermissionName.parse("s3:DeleteBucket"),
                        io.drawbridge.request.Liftable.YES,
                        usedBy)
                .id();
        return requests.find(id).orElseThrow();
    }

    @Autowired
    protected io.drawbridge.organization.Scopes scopes;

    /** The person as the identity that Identity Center knows. */
    protected Identity person(PersonId person) {
        return new Identity(
                Identity.Type.SSO_USER,
                "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/" + person,
                person.value());
    }

    protected Identity deployRole() {
        return new Identity(Identity.Type.IAM_ROLE, DEPLOY_ROLE, "deploy");
    }

    /** Somebody who is signed in with the tenant of somebody else. */
    protected Caller in(PersonId person, io.drawbridge.identity.TenantId tenant) {
        return as(person, tenant);
    }
}
