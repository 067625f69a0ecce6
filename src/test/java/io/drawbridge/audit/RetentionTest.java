package io.drawbridge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Retained;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestWorkflow;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** What goes by its age, and what stays whatever its age, on each database that Drawbridge runs on. */
class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    private static final Instant OLD = NOW.minus(Duration.ofDays(500));
    private static final Instant YOUNG = NOW.minus(Duration.ofDays(10));

    /** So many that a batch is full of them, and older than all that goes. */
    private static final Set<RequestId> HELD_BY_THE_ENGINE = IntStream.range(0, 25)
            .mapToObj(number -> new RequestId("held-" + number))
            .collect(Collectors.toSet());

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @ComponentScan({
        "io.drawbridge.identity.jdbc",
        "io.drawbridge.request.jdbc",
        "io.drawbridge.grant.jdbc",
        "io.drawbridge.intake.jdbc"
    })
    static class Tables {}

    @Test
    @DisplayName("R50 what is done with goes by its age, what is not stays, and no audit record goes (H2)")
    void forgetsOnH2() throws Exception {
        forgets(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    }

    @Test
    @DisplayName("R50 what is done with goes by its age, what is not stays, and no audit record goes (PostgreSQL)")
    void forgetsOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            forgets(postgres.getPostgresDatabase());
        } catch (IOException unstartable) {
            throw new IllegalStateException(unstartable);
        }
    }

    private static void forgets(DataSource dataSource) throws Exception {
        Flyway.configure().dataSource(dataSource).load().migrate();
        JdbcClient database = JdbcClient.create(dataSource);
        database.sql("insert into tenant (id, name) values ('acme', 'Acme')").update();
        Class<?> notices = Class.forName("io.drawbridge.notification.SettledNotices");
        try (AnnotationConfigApplicationContext house = new AnnotationConfigApplicationContext()) {
            house.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
            house.registerBean(DataSource.class, () -> dataSource);
            house.registerBean(JdbcClient.class, () -> database);
            house.registerBean(JdbcTemplate.class, () -> new JdbcTemplate(dataSource));
            house.registerBean(PlatformTransactionManager.class, () -> new DataSourceTransactionManager(dataSource));
            house.registerBean(Clock.class, () -> Clock.fixed(NOW, ZoneOffset.UTC));
            house.registerBean(RequestWorkflow.class, RetentionTest::engine);
            house.register(Tables.class, notices);
            house.refresh();
            fill(database);

            new RetentionRounds(
                            List.copyOf(house.getBeansOfType(Retained.class).values()),
                            house.getBean(People.class),
                            new RetentionProperties(
                                    Duration.ofDays(400),
                                    Duration.ofDays(180),
                                    Duration.ofDays(30),
                                    Duration.ofDays(180),
                                    Duration.ofDays(400),
                                    20,
                                    Duration.ofHours(1),
                                    Duration.ZERO),
                            house.getBean(Clock.class))
                    .forget();
        }

        assertThat(keys(database, "select id from access_request where id like 'held-%'"))
                .hasSize(HELD_BY_THE_ENGINE.size());
        assertThat(keys(database, "select id from access_request where id not like 'held-%'"))
                .containsExactlyInAnyOrder(
                        "denied-lately",
                        "pending",
                        "active",
                        "overdue",
                        "approved-without-grant",
                        "revoked-with-a-living-lease",
                        "revoked-lately",
                        "glass-not-reviewed",
                        "expired-and-named",
                        "names-the-expired");
        for (String table : List.of("request_message", "request_rung", "request_identity_user", "policy_decision")) {
            assertThat(keys(database, "select distinct request_id from " + table))
                    .as(table)
                    .hasSameElementsAs(keys(database, "select id from access_request"));
        }
        assertThat(keys(database, "select request_id from access_grant"))
                .containsExactlyInAnyOrder("active", "overdue", "revoked-with-a-living-lease", "revoked-lately");
        assertThat(keys(database, "select grant_id from lease"))
                .hasSameElementsAs(keys(database, "select id from access_grant"));
        assertThat(keys(database, "select id from notice"))
                .containsExactlyInAnyOrder(
                        "delivered-lately",
                        "never-delivered",
                        "given-up-lately",
                        "for-a-channel-removed-lately",
                        "for-a-channel-stopped");
        assertThat(keys(database, "select event_id from intake_event")).containsExactly("lately");
        assertThat(keys(database, "select subject from told")).containsExactly("lately");
        assertThat(keys(database, "select reason from dead_letter")).containsExactly("lately");
        assertThat(keys(database, "select id from drift_finding"))
                .containsExactlyInAnyOrder("open", "settled-lately", "whole", "part");
        assertThat(keys(database, "select subject from audit_record")).containsExactly("ancient");
    }

    private static RequestWorkflow engine() {
        return (RequestWorkflow) Proxy.newProxyInstance(
                RetentionTest.class.getClassLoader(),
                new Class<?>[] {RequestWorkflow.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("running");
                    return HELD_BY_THE_ENGINE;
                });
    }

    private static void fill(JdbcClient database) {
        // More than one batch of them.
        for (int i = 0; i < 45; i++) {
            request(database, "denied-" + i, "DENIED", OLD, null);
        }
        request(database, "denied-lately", "DENIED", YOUNG, null);
        request(database, "pending", "PENDING", OLD, null);
        request(database, "revoked", "APPROVED", OLD, null);
        grant(database, "revoked", "REVOKED", OLD, false);
        request(database, "active", "APPROVED", OLD, null);
        grant(database, "active", "ACTIVE", OLD, true);
        request(database, "overdue", "APPROVED", OLD, null);
        grant(database, "overdue", "REVOKE_OVERDUE", OLD, false);
        request(database, "approved-without-grant", "APPROVED", OLD, null);
        request(database, "revoked-with-a-living-lease", "APPROVED", OLD, null);
        grant(database, "revoked-with-a-living-lease", "REVOKED", OLD, true);
        request(database, "revoked-lately", "APPROVED", OLD, null);
        grant(database, "revoked-lately", "REVOKED", YOUNG, false);
        request(database, "glass-not-reviewed", "DENIED", OLD, null);
        request(database, "glass-reviewed", "DENIED", OLD, null);
        database.sql("update access_request set review_due_at = ? where id like 'glass%'")
                .param(OLD.atOffset(ZoneOffset.UTC))
                .update();
        database.sql("update access_request set reviewed_at = ? where id = 'glass-reviewed'")
                .param(OLD.atOffset(ZoneOffset.UTC))
                .update();
        request(database, "expired-and-named", "EXPIRED", OLD, null);
        request(database, "names-the-expired", "DENIED", YOUNG, "expired-and-named");
        HELD_BY_THE_ENGINE.forEach(
                held -> request(database, held.value(), "DENIED", OLD.minus(Duration.ofDays(1)), null));
        // Each goes only once the one that names it is gone.
        request(database, "asked", "DENIED", OLD, null);
        request(database, "asked-again", "DENIED", OLD, "asked");
        request(database, "asked-once-more", "DENIED", OLD, "asked-again");
        notice(database, "delivered", OLD, OLD);
        notice(database, "delivered-lately", YOUNG, YOUNG);
        notice(database, "never-delivered", OLD, null);
        notice(database, "given-up", OLD, null);
        notice(database, "given-up-lately", OLD, null);
        giveUp(database, "given-up", OLD);
        giveUp(database, "given-up-lately", YOUNG);
        for (String channel : List.of("removed", "removed-lately", "stopped")) {
            channel(database, channel);
            notice(database, "for-a-channel-" + channel, OLD, null);
            database.sql("update notice set channel_id = ? where id = ?")
                    .params(channel, "for-a-channel-" + channel)
                    .update();
        }
        moment(database, "removed", "removed_at", OLD);
        moment(database, "removed-lately", "removed_at", YOUNG);
        moment(database, "stopped", "stopped_at", OLD);
        for (var each : java.util.Map.of("long-ago", OLD, "lately", YOUNG).entrySet()) {
            var at = each.getValue().atOffset(ZoneOffset.UTC);
            database.sql(
                            "insert into intake_event (tenant_id, event_id, received_at, outcome) values ('acme', ?, ?, 'opened')")
                    .params(each.getKey(), at)
                    .update();
            database.sql("insert into told (tenant_id, subject, told_at) values ('acme', ?, ?)")
                    .params(each.getKey(), at)
                    .update();
            database.sql("insert into dead_letter (tenant_id, received_at, reason, body) values ('acme', ?, ?, '{}')")
                    .params(at, each.getKey())
                    .update();
        }
        drift(database, "open", OLD, "open", null);
        drift(database, "settled", OLD, null, null);
        drift(database, "settled-lately", YOUNG, null, null);
        drift(database, "whole", OLD, null, null);
        drift(database, "part", YOUNG, null, "whole");
        drift(database, "old-whole", OLD, null, null);
        drift(database, "old-part", OLD, null, "old-whole");
        database.sql("insert into audit_record (tenant_id, recorded_at, actor, action, subject, details)"
                        + " values ('acme', ?, 'bob@acme.example', 'request.denied', 'ancient', '{}')")
                .param(OLD.atOffset(ZoneOffset.UTC))
                .update();
    }

    private static void request(JdbcClient database, String id, String status, Instant at, @Nullable String previous) {
        var when = at.atOffset(ZoneOffset.UTC);
        database.sql(
                        "insert into access_request (id, tenant_id, status, status_since, created_at, origin, requester_id,"
                                + " identity_type, identity_arn, identity_name, identity_key, account_id, scope_path, service, permission, attempts,"
                                + " break_glass, confirmed, mfa, liftable, policies, previous_id)"
                                + " values (?, 'acme', ?, ?, ?, 'MANUAL', 'alice@acme.example', 'SSO_USER', 'arn', 'alice', 'SSO_USER:alice', '1', 'r/1',"
                                + " 's3', 's3:DeleteBucket', 1, false, true, false, 'YES', '', ?)")
                .params(java.util.Arrays.asList(id, status, when, when, previous))
                .update();
        database.sql(
                        "insert into request_message (id, request_id, author_id, written_at, body) values (?, ?, 'alice', ?, 'Hi')")
                .params("message-" + id, id, when)
                .update();
        database.sql(
                        "insert into request_rung (request_id, level, scope_id, people, notified_at) values (?, 0, '1', 'bob', ?)")
                .params(id, when)
                .update();
        database.sql("insert into request_identity_user (request_id, name) values (?, 'alice')")
                .param(id)
                .update();
        database.sql(
                        "insert into policy_decision (tenant_id, request_id, asked_at, occasion, allowed, policies, errors,"
                                + " set_hash, evidence) values ('acme', ?, ?, 'ARRIVAL', false, '', '', '', '{}')")
                .params(id, when)
                .update();
    }

    private static void grant(JdbcClient database, String request, String state, Instant since, boolean leased) {
        var when = since.atOffset(ZoneOffset.UTC);
        database.sql("insert into access_grant (id, tenant_id, request_id, person_id, identity_type, identity_arn,"
                        + " identity_name, account_id, permission, opens, state, state_since, starts_at, ends_at, attempts,"
                        + " break_glass) values (?, 'acme', ?, 'alice@acme.example', 'SSO_USER', 'arn', 'alice', '1',"
                        + " 's3:DeleteBucket', 's3:DeleteBucket', ?, ?, ?, ?, 0, false)")
                .params("grant-" + request.hashCode(), request, state, when, when, when)
                .update();
        database.sql("insert into lease (grant_id, object_key, ends_at, living) values (?, ?, ?, ?)")
                .params("grant-" + request.hashCode(), request, when, leased)
                .update();
    }

    private static void notice(JdbcClient database, String id, Instant at, @Nullable Instant sent) {
        var when = at.atOffset(ZoneOffset.UTC);
        database.sql("insert into notice (id, tenant_id, kind, recipient_id, address, subject, body_text, body_html,"
                        + " created_at, sent_at, attempts, next_attempt_at)"
                        + " values (?, 'acme', 'decide', 'bob', 'bob@acme.example', 's', 't', 'h', ?, ?, 0, ?)")
                .params(java.util.Arrays.asList(id, when, sent == null ? null : sent.atOffset(ZoneOffset.UTC), when))
                .update();
    }

    private static void giveUp(JdbcClient database, String id, Instant at) {
        database.sql("update notice set given_up_at = ? where id = ?")
                .params(at.atOffset(ZoneOffset.UTC), id)
                .update();
    }

    private static void channel(JdbcClient database, String id) {
        var when = OLD.atOffset(ZoneOffset.UTC);
        database.sql("insert into notification_channel (id, tenant_id, name, kind, targets, events, scopes, headers,"
                        + " enabled, created_by, created_at, failures, next_attempt_at)"
                        + " values (?, 'acme', ?, 'webhook', '', '', '', '', true, 'erin', ?, 0, ?)")
                .params(id, id, when, when)
                .update();
    }

    private static void moment(JdbcClient database, String channel, String column, Instant at) {
        database.sql("update notification_channel set " + column + " = ? where id = ?")
                .params(at.atOffset(ZoneOffset.UTC), channel)
                .update();
    }

    private static void drift(
            JdbcClient database, String id, Instant at, @Nullable String openKey, @Nullable String partOf) {
        var when = at.atOffset(ZoneOffset.UTC);
        database.sql(
                        "insert into drift_finding (id, tenant_id, kind, subject, finding, choices, state, first_seen, last_seen,"
                                + " times_seen, open_key, part_of) values (?, 'acme', 'FOREIGN', 's', 'f', '', 'SETTLED', ?, ?, 1, ?, ?)")
                .params(java.util.Arrays.asList(id, when, when, openKey, partOf))
                .update();
    }

    private static List<String> keys(JdbcClient database, String sql) {
        return database.sql(sql).query(String.class).list();
    }

    @Test
    @DisplayName("a retention of less than a day is refused with its key")
    void refusesTooShortRetentions() {
        Duration day = Duration.ofDays(1);
        assertThatThrownBy(() -> new RetentionProperties(day, day, Duration.ofHours(23), day, day, 100, day, day))
                .hasMessageContaining("drawbridge.retention.events: PT23H is too short");
        assertThatThrownBy(() -> new RetentionProperties(day, day, day, day, day, 0, day, day))
                .hasMessageContaining("drawbridge.retention.batch: 0");
    }
}
