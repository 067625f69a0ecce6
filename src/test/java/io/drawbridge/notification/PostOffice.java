package io.drawbridge.notification;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantNotices;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotificationChannelDesk;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.Way;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.NoticeBoard;
import io.drawbridge.request.RequestNotices;
import io.drawbridge.stage.StandingClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** The notification package over a fresh database with the demo organisations, and nothing else of the application. */
final class PostOffice implements AutoCloseable {
    static final TenantId ACME = new TenantId("acme");
    static final PersonId ALICE = new PersonId("alice@acme.example");
    static final PersonId BOB = new PersonId("bob@acme.example");
    static final PersonId CAROL = new PersonId("carol@acme.example");
    static final PersonId ERIN = new PersonId("erin@acme.example");

    final StandingClock clock = new StandingClock(Instant.parse("2026-01-15T12:00:00Z"));
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    private PostOffice(
            @Nullable Integer port, @Nullable Lookup lookup, @Nullable AwsConnections aws, String... properties) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration", "classpath:db/demo")
                .load()
                .migrate();
        TestPropertyValues.of(properties)
                .and("drawbridge.base-url=https://drawbridge.example.com/")
                .and("drawbridge.notification.poll=1m")
                .applyTo(context);
        context.registerBean(DataSource.class, () -> source);
        context.registerBean(JdbcTemplate.class, () -> new JdbcTemplate(source));
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(source));
        context.registerBean(DataSourceTransactionManager.class, () -> new DataSourceTransactionManager(source));
        context.registerBean(Clock.class, () -> clock);
        if (port != null) {
            context.registerBean(JavaMailSender.class, () -> server(port));
        }
        if (lookup != null) {
            context.registerBean("names", Lookup.class, () -> lookup, bean -> bean.setPrimary(true));
        }
        if (aws != null) {
            context.registerBean(AwsConnections.class, () -> aws);
        }
        context.register(Rooms.class, NotificationChannelDesk.class);
        context.refresh();
    }

    @TestConfiguration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    @ComponentScan(
            value = {"io.drawbridge.notification", "io.drawbridge.identity.jdbc", "io.drawbridge.organization.jdbc"},
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = "io\\.drawbridge\\.notification\\.chat\\..*"))
    @ComponentScan(
            basePackages = "io.drawbridge.audit",
            useDefaultFilters = false,
            includeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern = "io\\.drawbridge\\.audit\\.JdbcAuditTrail"))
    static class Rooms {}

    static PostOffice withoutMail(String... properties) {
        return new PostOffice(null, null, null, properties);
    }

    static PostOffice withMailTo(int port) {
        return new PostOffice(port, null, null, "drawbridge.mail.from=Drawbridge <no-reply@drawbridge.example.com>");
    }

    /** With topics of the AWS that those lead to. */
    static PostOffice withTopicsOf(AwsConnections aws) {
        return new PostOffice(null, null, aws);
    }

    /** With webhooks, whose names are looked up there. */
    static PostOffice withChannels(@Nullable Integer mailPort, Lookup lookup, String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 2);
        all[properties.length] = "drawbridge.channels.secret-keys=ZGVtbyBrZXksIG5vdCBhIHNlY3JldCwgMzIgYnl0ZXM=";
        all[properties.length + 1] = "drawbridge.mail.from=Drawbridge <no-reply@drawbridge.example.com>";
        return new PostOffice(mailPort, lookup, null, all);
    }

    NotificationChannelDesk desk() {
        return context.getBean(NotificationChannelDesk.class);
    }

    /** Has every channel told what is due, and waits for it. */
    void tellChannels() {
        ChannelCourier courier = context.getBean(ChannelCourier.class);
        courier.round();
        try {
            courier.awaitTurns(Duration.ofSeconds(60));
        } catch (InterruptedException | java.util.concurrent.TimeoutException stuck) {
            throw new AssertionError(stuck);
        }
    }

    /** A grant of an hour from now. */
    Grant grant(AccessRequest request) {
        return Grant.opened(
                request.tenant(),
                request.id(),
                request.requester(),
                request.identity(),
                request.account(),
                request.entitlement(),
                clock.instant(),
                clock.instant().plus(Duration.ofHours(1)),
                false,
                Way.SCP_EXEMPTION,
                request.entitlement(),
                clock.instant());
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Caller caller(PersonId person) {
        Person found = context.getBean(People.class).find(person).orElseThrow();
        return new Caller(found, found.tenant(), null, false);
    }

    private static JavaMailSender server(int port) {
        JavaMailSenderImpl server = new JavaMailSenderImpl();
        server.setHost("127.0.0.1");
        server.setPort(port);
        return server;
    }

    RequestNotices requests() {
        return context.getBean(RequestNotices.class);
    }

    GrantNotices grants() {
        return context.getBean(GrantNotices.class);
    }

    Courier courier() {
        return context.getBean("mailCourier", Courier.class);
    }

    Outbox outbox() {
        return context.getBean(Outbox.class);
    }

    Settings settings() {
        return context.getBean(Settings.class);
    }

    JdbcClient database() {
        return context.getBean(JdbcClient.class);
    }

    /** Does it in a transaction that commits. */
    void committing(Runnable deed) {
        new TransactionTemplate(context.getBean(DataSourceTransactionManager.class))
                .executeWithoutResult(transaction -> deed.run());
    }

    /** Does it in a transaction that is rolled back. */
    void rollingBack(Runnable deed) {
        new TransactionTemplate(context.getBean(DataSourceTransactionManager.class))
                .executeWithoutResult(transaction -> {
                    deed.run();
                    transaction.setRollbackOnly();
                });
    }

    /** What a person finds on the Notices page, newest first. */
    List<NoticeBoard.Notice> noticesOf(PersonId person) {
        Person reader = context.getBean(People.class).find(person).orElseThrow();
        return outbox().read(new Caller(reader, reader.tenant(), null, false), null, 100);
    }

    /** Alice asks for {@code s3:DeleteBucket} in payments-prod, for two hours. */
    AccessRequest request(String justification) {
        return request(
                "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Engineer_1/alice@acme.example", justification);
    }

    AccessRequest request(String arn, String justification) {
        AccessRequest request = AccessRequest.opened(
                ACME,
                ALICE,
                new Identity(Identity.Type.SSO_USER, arn, ALICE.value()),
                new ScopeId("111122223333"),
                "r-acme/ou-workloads/ou-production/111122223333",
                PermissionName.parse("s3:DeleteBucket"),
                AccessRequest.Origin.EVENT,
                Liftable.UNKNOWN,
                null,
                "INC-7",
                false,
                "203.0.113.7",
                false,
                Set.of(),
                clock.instant());
        request.justify(justification, AccessDuration.of(Duration.ofHours(2)), "203.0.113.7", false);
        return request;
    }

    @Override
    public void close() {
        context.close();
    }
}
