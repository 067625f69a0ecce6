package io.drawbridge.intake;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.DriftWorkflow;
import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantNotices;
import io.drawbridge.grant.GrantWorkflow;
import io.drawbridge.grant.Grants;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.ReconciliationLimits;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.aws.QueueConsumers;
import io.drawbridge.intake.aws.QueuedCalls;
import io.drawbridge.operations.Backlog;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.Seal;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.JudgingDesk;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestNotices;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.StandingClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The intake with everything below it and the demo organisations, on a database of its own.
 *
 * <p>What a request goes through after it was opened is played as the diagram has it: it is judged at once. The policy,
 * the notices and the cloud are fakes.
 */
final class IntakeHouse implements AutoCloseable {
    static final TenantId ACME = new TenantId("acme");
    static final Instant START = Instant.parse("2026-01-15T13:00:00Z");

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    /** On a new H2 in memory. */
    static IntakeHouse inMemory() {
        return new IntakeHouse(memory());
    }

    /** A new H2 in memory. */
    static JdbcConnectionPool memory() {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000", "sa", "");
        pool.setMaxConnections(20);
        return pool;
    }

    IntakeHouse(DataSource database) {
        this(database, Map.of());
    }

    /** With settings of the application beside those that every house has. */
    IntakeHouse(DataSource database, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("drawbridge.aws.scp-ids", "p-drawbrdg1");
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration", "classpath:db/demo")
                .load()
                .migrate();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("house", all));
        context.registerBean(DataSource.class, () -> database);
        context.register(House.class);
        context.refresh();
    }

    @Override
    public void close() {
        context.close();
    }

    /** As it was before the first record. */
    void reset() {
        JdbcClient database = database();
        for (String table : List.of(
                "lease",
                "access_grant",
                "policy_decision",
                "request_rung",
                "request_message",
                "request_identity_user",
                "access_request",
                "intake_event",
                "intake_identity",
                "dead_letter",
                "told",
                "audit_record",
                "control_exemption")) {
            database.sql("delete from " + table).update();
        }
        database.sql("delete from control where tenant_id = 'acme' and scope_id <> 'r-acme'")
                .update();
        database.sql("update person set active = true").update();
        owners().replace(
                        ACME,
                        List.of(new Owners.Owner(
                                "arn:aws:iam::111122223333:role/deploy", new PersonId("bob@acme.example"))));
        settings(rules -> {});
        clock().setTo(START);
        told().clear();
        policy().denies = false;
        policy().breaks = "";
        policy().thinks = () -> {};
    }

    Caller caller(String name) {
        Person person = context.getBean(People.class).find(new PersonId(name)).orElseThrow();
        return new Caller(person, person.tenant(), null, false);
    }

    DeniedCallIntake intake() {
        return context.getBean(DeniedCallIntake.class);
    }

    /** Where the queues of tenants end. */
    QueuedCalls queuedCalls() {
        return context.getBean(QueuedCalls.class);
    }

    /** Reads the queues as the application does once it is ready. */
    QueueConsumers consumers() {
        return context.getBean(QueueConsumers.class);
    }

    /** What operations are told of as stuck, by the name of its backlog. */
    List<Backlog.Waiting> waiting(String backlog) {
        return context.getBeansOfType(Backlog.class).values().stream()
                .filter(each -> each.name().equals(backlog))
                .flatMap(each -> each.waiting().stream())
                .toList();
    }

    /** Hands in as the service of acme. */
    DeniedCallIntake.Receipt handIn(String body) {
        return intake().receive(caller("intake@acme.example"), body);
    }

    DeniedCallIntake.Outcome handIn(CloudTrailRecords record) {
        return handIn(record.json()).outcomes().get(0);
    }

    AccessRequest request(DeniedCallIntake.Outcome outcome) {
        return context.getBean(AccessRequests.class)
                .find(new RequestId(Objects.requireNonNull(outcome.requestId())))
                .orElseThrow();
    }

    /** Moves a request as a desk would. */
    void move(DeniedCallIntake.Outcome outcome, Consumer<AccessRequest> move) {
        inTransaction(() -> {
            AccessRequests requests = context.getBean(AccessRequests.class);
            AccessRequest request = requests.lock(new RequestId(Objects.requireNonNull(outcome.requestId())))
                    .orElseThrow();
            move.accept(request);
            requests.save(request);
        });
    }

    /** The grant of an approved request, moved as a desk would. */
    Grant grant(DeniedCallIntake.Outcome outcome, Consumer<Grant> move) {
        Grants grants = context.getBean(Grants.class);
        RequestId id = request(outcome).id();
        inTransaction(() -> {
            Grant grant = grants.findByRequest(id)
                    .orElseGet(() -> context.getBean(GrantDesk.class).open(id));
            move.accept(grant);
            grants.save(grant);
        });
        return grants.findByRequest(id).orElseThrow();
    }

    void inTransaction(Runnable work) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> work.run());
    }

    int count(String table) {
        return database()
                .sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }

    List<String> audited() {
        return database()
                .sql("select action from audit_record order by number")
                .query(String.class)
                .list();
    }

    void settings(Consumer<Rules> change) {
        Rules rules = new Rules();
        change.accept(rules);
        context.getBean(Settings.class)
                .replace(
                        ACME,
                        new TenantSettings(
                                true,
                                Duration.ofSeconds(10),
                                null,
                                Duration.ofHours(1),
                                rules.coolDown,
                                rules.propagation,
                                rules.most,
                                ZoneId.of("UTC"),
                                10,
                                5));
    }

    /** What of the settings a test may change. */
    static final class Rules {
        Duration coolDown = Duration.ofMinutes(15);
        Duration propagation = Duration.ofMinutes(2);
        int most = 20;
    }

    Controls controls() {
        return context.getBean(Controls.class);
    }

    Owners owners() {
        return context.getBean(Owners.class);
    }

    OpeningDesk openingDesk() {
        return context.getBean(OpeningDesk.class);
    }

    MeterRegistry meters() {
        return context.getBean(MeterRegistry.class);
    }

    AuditTrail trail() {
        return context.getBean(AuditTrail.class);
    }

    JdbcClient database() {
        return context.getBean(JdbcClient.class);
    }

    StandingClock clock() {
        return context.getBean(StandingClock.class);
    }

    FakePolicies policy() {
        return context.getBean(FakePolicies.class);
    }

    /** What people were told: kind, person and what else counts, in order. */
    List<String> told() {
        return context.getBean(FakeNotices.class).told;
    }

    @TestConfiguration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    @ComponentScan({
        "io.drawbridge.identity",
        "io.drawbridge.organization",
        "io.drawbridge.request",
        "io.drawbridge.grant",
        "io.drawbridge.intake.jdbc",
        "io.drawbridge.intake.aws"
    })
    @ComponentScan(
            basePackages = "io.drawbridge.audit",
            useDefaultFilters = false,
            includeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = "io\\.drawbridge\\.audit\\.JdbcAuditTrail"))
    @org.springframework.context.annotation.Import({
        CloudTrailIntake.class,
        ConfiguredPolicies.class,
        QueueIntake.class,
        DenialTimes.class,
        RecordDesk.class,
        Triage.class,
        Openings.class,
        Announcements.class,
        IntakeConfiguration.class
    })
    static class House {
        @Bean
        JdbcTransactionManager transactions(DataSource database) {
            return new JdbcTransactionManager(database);
        }

        @Bean
        TransactionTemplate transactionTemplate(JdbcTransactionManager transactions) {
            return new TransactionTemplate(transactions);
        }

        @Bean
        JdbcTemplate jdbcTemplate(DataSource database) {
            return new JdbcTemplate(database);
        }

        @Bean
        JdbcClient jdbcClient(DataSource database) {
            return JdbcClient.create(database);
        }

        @Bean
        StandingClock clock() {
            return new StandingClock(START);
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        AwsCredentialsProvider credentials() {
            return Moto.credentials();
        }

        @Bean
        FakePolicies policies() {
            return new FakePolicies();
        }

        @Bean
        FakeNotices requestNotices() {
            return new FakeNotices();
        }

        @Bean
        ChannelPost channelPost() {
            return silent(ChannelPost.class);
        }

        @Bean
        ChatDirectory chatDirectory() {
            return silent(ChatDirectory.class);
        }

        @Bean
        Seal seal() {
            return silent(Seal.class);
        }

        @Bean
        GrantNotices grantNotices() {
            return silent(GrantNotices.class);
        }

        @Bean
        GrantWorkflow grantWorkflow() {
            return grant -> {};
        }

        @Bean
        DriftWorkflow driftWorkflow() {
            return finding -> {};
        }

        @Bean
        ReconciliationLimits reconciliationLimits() {
            return ReconciliationLimits.DEFAULT;
        }

        @Bean
        Cloud cloud() {
            return new Cloud() {
                @Override
                public String name() {
                    return "no cloud";
                }

                @Override
                public void open(Lease lease) {}

                @Override
                public void close(Lease lease) {}

                @Override
                public Presence presenceOf(Lease lease) {
                    return Presence.PRESENT;
                }

                @Override
                public Inventory inventory(TenantId tenant) {
                    return new Inventory(List.of(), List.of());
                }

                @Override
                public void remove(TenantId tenant, Held held) {}
            };
        }

        @Bean
        RequestWorkflow requestWorkflow(ObjectProvider<JudgingDesk> desk, FakeNotices notices) {
            return new JudgingAtOnce(desk, notices);
        }

        private static <T> T silent(Class<T> port) {
            return port.cast(Proxy.newProxyInstance(
                    port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> null));
        }
    }

    /** The first steps of the diagram, without an engine. */
    private record JudgingAtOnce(ObjectProvider<JudgingDesk> desk, RequestNotices notices) implements RequestWorkflow {
        @Override
        public void start(AccessRequest request) {
            if (desk.getObject().judgeOnArrival(request.id()) == JudgingDesk.Outcome.ASK) {
                notices.askToJustify(request);
            }
        }

        @Override
        public void answered(AccessRequest request) {}

        @Override
        public void decided(AccessRequest request) {}

        @Override
        public void withdrawn(AccessRequest request) {}

        @Override
        public void reviewed(AccessRequest request) {}

        @Override
        public void approversChanged(AccessRequest request, List<String> people) {}

        @Override
        public Clocks clocks(RequestId request) {
            return Clocks.NONE;
        }

        @Override
        public java.util.Set<RequestId> running(java.util.Collection<RequestId> requests) {
            return java.util.Set.of();
        }

        @Override
        public Map<RequestId, Clocks> clocks(Collection<RequestId> requests) {
            return Map.of();
        }
    }

    /** Permits everything with approval, until it is told to deny, to break at one permission, or to take its time. */
    static final class FakePolicies implements AccessPolicies {
        volatile boolean denies;
        volatile String breaks = "";
        volatile Runnable thinks = () -> {};

        @Override
        public Judgement judge(AccessQuestion question) {
            thinks.run();
            if (question.entitlement().toString().equals(breaks)) {
                throw new IllegalStateException("The judge is out.");
            }
            return judgement();
        }

        @Override
        public Judgement judge(DecisionQuestion question) {
            return judgement();
        }

        @Override
        public PolicySetView running(TenantId tenant) {
            return new PolicySetView("", START, "", List.of());
        }

        @Override
        public List<Optional<Evaluation>> replay(TenantId tenant, PolicyProposal proposal, List<String> evidence) {
            throw new UnsupportedOperationException("Nobody replays here.");
        }

        @Override
        public Evaluation evaluate(TenantId tenant, EvaluationQuestion question) {
            throw new UnsupportedOperationException("Nobody asks freely here.");
        }

        private Judgement judgement() {
            return new Judgement(
                    !denies, denies ? null : ApprovalMode.REQUIRE, List.of(), List.of(), null, null, List.of(), "", "");
        }
    }

    /** Remembers who was told what. */
    static final class FakeNotices implements RequestNotices {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void askToJustify(AccessRequest request) {
            told.add("justify " + request.requester());
        }

        @Override
        public void cannotHelp(TenantId tenant, PersonId person, String permission, String account, String cause) {
            told.add("cannotHelp " + person + " " + permission + " " + account + " " + cause);
        }

        @Override
        public void serviceDisabled(TenantId tenant, PersonId person, String service, String account) {
            told.add("serviceDisabled " + person + " " + service + " " + account);
        }

        @Override
        public void askToDecide(AccessRequest request, Collection<PersonId> approvers) {}

        @Override
        public void pendingWith(AccessRequest request, Collection<PersonId> approvers) {}

        @Override
        public void approved(AccessRequest request) {}

        @Override
        public void denied(AccessRequest request, Collection<PersonId> asked) {}

        @Override
        public void expired(AccessRequest request, Collection<PersonId> asked) {}

        @Override
        public void justificationExpired(AccessRequest request) {}

        @Override
        public void withdrawn(AccessRequest request, Collection<PersonId> asked) {}

        @Override
        public void breakGlass(AccessRequest request, Collection<PersonId> people) {}

        @Override
        public void emergencyNotRecognised(AccessRequest request) {}

        @Override
        public void askToReview(AccessRequest request, Collection<PersonId> reviewers) {}

        @Override
        public void messagePosted(
                AccessRequest request, AccessRequests.Message message, Collection<PersonId> readers) {}
    }
}
