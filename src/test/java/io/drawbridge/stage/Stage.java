package io.drawbridge.stage;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.grant.dryrun.DryRunCloud;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.EscalationDesk;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The whole application on an empty database with the demo organisation, a clock that only tests move, and an engine that
 * does what is due only when a test says so.
 *
 * <p>All tests that extend it share one application, so they start fast; each begins with a clean sheet.
 */
@SpringBootTest(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:stage;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
            "camunda.bpm.job-execution.enabled=false",
            "drawbridge.cloud.dry-run.confirm-after=0s",
            "drawbridge.notification.poll=1m",
            "drawbridge.workflow.retry-stuck-every=PT1H",
            "drawbridge.workflow.late-ends-every=PT1H",
            "drawbridge.reconciliation.initial-delay=PT1H",
            "camunda.bpm.generic-properties.properties.history-cleanup-enabled=false",
            "drawbridge.operations.look-for-trouble-every=PT1H",
            "drawbridge.teams.app-id=" + TeamsConnector.BOT,
            "drawbridge.teams.app-secret=" + TeamsConnector.SECRET,
            "drawbridge.teams.organisations[0].id=" + TeamsConnector.ACME,
            "drawbridge.teams.organisations[0].tenant=acme",
            "drawbridge.teams.organisations[0].name=Acme",
            "drawbridge.teams.organisations[1].id=" + TeamsConnector.GLOBEX,
            "drawbridge.teams.organisations[1].tenant=globex",
            "drawbridge.slack.signing-secret=" + SlackEmulator.SIGNING_SECRET,
            "drawbridge.slack.workspaces[0].id=" + SlackEmulator.WORKSPACE,
            "drawbridge.slack.workspaces[0].name=Acme",
            "drawbridge.slack.workspaces[0].tenant=acme",
            "drawbridge.slack.workspaces[0].bot-token=" + SlackEmulator.TOKEN
        })
@AutoConfigureMockMvc
@Import(Stage.Clockwork.class)
@SuppressWarnings("NullAway.Init")
public abstract class Stage {

    /** Puts the clock of the tests in the place of the machine's. */
    @TestConfiguration(proxyBeanMethods = false)
    public static class Clockwork {
        @Bean
        @Primary
        TestClock testClock() {
            TestClock clock = new TestClock();
            clock.setTo(TestClock.START);
            return clock;
        }

        @Bean
        Tracks tracks() {
            return new Tracks();
        }
    }

    /** A Teams that is started with the application, and costs no more than a port. */
    @DynamicPropertySource
    static void teams(DynamicPropertyRegistry properties) {
        properties.add(
                "drawbridge.teams.service-url", () -> TeamsConnector.server().serviceUrl());
        properties.add("drawbridge.teams.service-urls[0]", () -> TeamsConnector.server()
                .serviceUrl());
        properties.add("drawbridge.teams.issuer", () -> TeamsConnector.server().address() + "/issuer");
        properties.add(
                "drawbridge.teams.openid-metadata",
                () -> TeamsConnector.server().address() + "/openid");
        properties.add(
                "drawbridge.teams.token-url", () -> TeamsConnector.server().address() + "/token");
    }

    /** A Slack that is started by the first test that speaks to it. */
    @DynamicPropertySource
    static void slack(DynamicPropertyRegistry properties) {
        properties.add("drawbridge.slack.api-url", () -> SlackEmulator.line().endpoint() + "/api/");
    }

    /** Our tables, children before parents. */
    private static final List<String> TABLES = List.of(
            "drift_finding",
            "drift_sweep",
            "session_policy",
            "account_assignment",
            "scp_opening",
            "scp_action",
            "scp_document",
            "scp_account",
            "fence",
            "aws_quota",
            "organization_sync",
            "idempotent_call",
            "chat_message",
            "chat_delivery",
            "chat_reach",
            "chat_invitation",
            "chat_account",
            "chat_workspace",
            "chat_addendum",
            "notice_mute",
            "notice",
            "notification_channel",
            "told",
            "dead_letter",
            "intake_event",
            "lease",
            "cloud_object",
            "dry_run_operation",
            "dry_run_access",
            "access_grant",
            "policy_decision",
            "request_message",
            "request_rung",
            "request_identity_user",
            "access_request",
            "audit_chain",
            "audit_unsealed",
            "audit_seal",
            "audit_record",
            "permission_set",
            "tenant_setting",
            "identity_owner",
            "control_exemption",
            "control",
            "viewer",
            "approver",
            "scope",
            "person_role",
            "person_group",
            "person",
            "tenant");

    /** More rounds than any story needs; a loop that never ends fails instead of hanging. */
    private static final int MOST_ROUNDS = 500;

    @Autowired
    protected TestClock clock;

    @Autowired
    protected People people;

    @Autowired
    protected OpeningDesk opening;

    @Autowired
    protected JustificationDesk justification;

    @Autowired
    protected DecisionDesk decisions;

    @Autowired
    protected EscalationDesk escalation;

    @Autowired
    protected RequestReader reader;

    @Autowired
    protected AccessRequests requests;

    @Autowired
    protected GrantDesk grantDesk;

    @Autowired
    protected Grants grants;

    /** Missing where a test brings a cloud of another kind. */
    @Autowired(required = false)
    protected DryRunCloud cloud;

    @Autowired
    protected Tracks tracks;

    @Autowired
    protected AuditTrail trail;

    @Autowired
    protected RuntimeService runtime;

    @Autowired
    protected TaskService tasks;

    @Autowired
    protected HistoryService history;

    @Autowired
    protected ManagementService management;

    @Autowired
    protected JdbcClient database;

    @Autowired
    private DataSource dataSource;

    /** Clears the stage; a test that plays several stories calls it between them. */
    @BeforeEach
    protected void setTheStage() {
        tracks.clear();
        for (ProcessInstance instance :
                runtime.createProcessInstanceQuery().rootProcessInstances().list()) {
            runtime.deleteProcessInstance(instance.getId(), "the stage is cleared", true, true);
        }
        TABLES.forEach(table -> database.sql("delete from " + table).update());
        new ResourceDatabasePopulator(new ClassPathResource("db/demo/V1000__demo_organisations.sql"))
                .execute(dataSource);
        clock.setTo(TestClock.START);
        if (cloud != null) {
            cloud.confirmAfter(Duration.ZERO);
            cloud.beSlow(Duration.ZERO);
            cloud.failToOpen(false);
            cloud.failToClose(false);
            cloud.throttle(false);
        }
    }

    @AfterEach
    void giveTheTimeBack() {
        ClockUtil.setCurrentTime(java.util.Date.from(clock.instant()));
    }

    /** The person, signed in from an example address. */
    protected Caller as(PersonId person) {
        return as(person, people.find(person).orElseThrow().tenant());
    }

    protected Caller as(PersonId person, TenantId tenant) {
        return new Caller(people.find(person).orElseThrow(), tenant, "198.51.100.23", false);
    }

    /** An ask that is complete. */
    protected AskForAccess anAsk(String account, String permission, @Nullable String duration) {
        return new AskForAccess(account, permission, null, duration, "The archive has to go.", false, null, null);
    }

    /** Alice asks for {@code s3:DeleteBucket} in payments-prod for two hours: it is with Bob. */
    protected AccessRequest aPendingRequest() {
        return opening.ask(as(Cast.ALICE), anAsk(Cast.PROD, "s3:DeleteBucket", "PT2H"));
    }

    /** Bob has approved it, and the cloud has confirmed it. */
    protected AccessRequest anActiveRequest() {
        AccessRequest request = aPendingRequest();
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        runDueJobs();
        return requests.find(request.id()).orElseThrow();
    }

    protected RequestStatus statusOf(RequestId id) {
        return requests.find(id).orElseThrow().status();
    }

    protected Grant grantOf(RequestId id) {
        return grants.findByRequest(id).orElseThrow();
    }

    /** Moves both clocks on and lets happen what is due by then. */
    protected void after(Duration duration) {
        clock.moveBy(duration);
        runDueJobs();
    }

    /** Moves both clocks to that moment and lets happen what is due by then. */
    protected void at(Instant instant) {
        clock.setTo(instant);
        runDueJobs();
    }

    /**
     * Lets happen what is due, the most important first, until nothing is.
     *
     * @return what jobs threw; the engine keeps them for another try
     */
    protected List<RuntimeException> runDueJobs() {
        List<RuntimeException> failures = new ArrayList<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<Job> due = management
                    .createJobQuery()
                    .executable()
                    .orderByJobPriority()
                    .desc()
                    .listPage(0, 1);
            if (due.isEmpty()) {
                return failures;
            }
            try {
                management.executeJob(due.get(0).getId());
            } catch (RuntimeException failure) {
                failures.add(failure);
            }
        }
        throw new IllegalStateException("There is still something due after " + MOST_ROUNDS + " jobs.");
    }

    /** Actions recorded of a request, oldest first. */
    protected List<String> recorded(AccessRequest request) {
        return trail.of(request.tenant(), request.id().value()).stream()
                .map(AuditTrail.AuditRecord::action)
                .toList();
    }
}
