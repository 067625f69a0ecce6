package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drawbridge.stage.LiveStage;
import io.drawbridge.stage.Scrape;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Supplier;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** That the figures which alerts ask for move when what they count does. */
@DisplayName("The figures")
class FiguresTest extends LiveStage {
    private static final String ACME = "tenant=\"acme\"";
    private static final String GLOBEX = "tenant=\"globex\"";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final double SECONDS_OF_IT = 3600;

    @Test
    @DisplayName("R72 of due jobs grow while no node takes any, and go back once one does")
    void ofDueJobs() {
        JobExecutor executor =
                ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration()).getJobExecutor();
        String process = "process=\"timeboxed-grant\"";
        executor.shutdown();
        try {
            String request = ask("alice", "444455556666", "ec2:DeleteNetworkAcl", "PT1H");

            await().untilAsserted(() -> {
                assertThat(scrape().value("drawbridge_jobs_due", ACME, process)).isPositive();
                assertThat(scrape().value("drawbridge_jobs_due_age_seconds", ACME, process))
                        .isGreaterThan(1);
            });
            assertThat(get("alice", "/v1/requests/" + request).at("/grant/state"))
                    .isNotEqualTo("ACTIVE");
        } finally {
            executor.start();
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(scrape().value("drawbridge_jobs_due", ACME, process)).isZero();
            assertThat(scrape().value("drawbridge_jobs_due_age_seconds", ACME, process))
                    .isZero();
        });
    }

    @Test
    @DisplayName("R72 of notices that are not sent count them and tell the age of the oldest, of their tenant")
    void ofTheOutbox() {
        backlog("outbox", () -> {
            Instant anHourAgo = Instant.now().minus(HOUR);
            database.sql(
                            """
                            insert into notice (id, tenant_id, kind, recipient_id, address, subject, body_text, body_html,
                                    created_at, attempts, next_attempt_at, failure)
                            values ('figures', 'globex', 'decide', 'gus@globex.example', 'gus@globex.example', 'Gina asks',
                                    'Gina', 'Gina', :created, 3, :later, '550')""")
                    .param("created", anHourAgo.atOffset(ZoneOffset.UTC))
                    .param("later", anHourAgo.plus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC))
                    .update();
            return "delete from notice where id = 'figures'";
        });
    }

    @Test
    @DisplayName("R72 of records that could not be read count them and tell the age of the oldest, of their tenant")
    void ofDeadLetters() {
        backlog("dead_letters", () -> {
            database.sql("insert into dead_letter (tenant_id, received_at, event_id, reason, body) values (?, ?, ?,"
                            + " ?, ?)")
                    .params("globex", Instant.now().minus(HOUR).atOffset(ZoneOffset.UTC), "figures", "no account", "{}")
                    .update();
            return "delete from dead_letter where event_id = 'figures'";
        });
    }

    @Test
    @DisplayName("R72 of audit records that are not sealed count them and tell the age of the oldest, of their tenant")
    void ofUnsealedRecords() {
        backlog("audit_unsealed", () -> {
            // A record that is gone can never be sealed.
            database.sql("insert into audit_unsealed (tenant_id, number, recorded_at) values (?, ?, ?)")
                    .params("globex", Long.MAX_VALUE, Instant.now().minus(HOUR).atOffset(ZoneOffset.UTC))
                    .update();
            return "delete from audit_unsealed where number = " + Long.MAX_VALUE;
        });
    }

    @Test
    @DisplayName("R72 of decisions tell what policy gave by itself from emergency access that was taken")
    void ofDecisions() {
        String[] auto = {ACME, "outcome=\"approved\"", "mode=\"auto\"", "by=\"policy\""};
        String[] taken = {ACME, "outcome=\"approved\"", "mode=\"break_glass\"", "by=\"policy\""};
        await().untilAsserted(() -> {
            assertThat(scrape().value("drawbridge_decisions_total", auto)).isNotNaN();
            assertThat(scrape().value("drawbridge_decisions_total", taken)).isNotNaN();
        });
        Scrape before = scrape();

        ask("alice", "444455556666", "ec2:DeleteLaunchTemplate", "PT1H");
        await().untilAsserted(() -> scrape().grewByOne(before, "drawbridge_decisions_total", auto));
        assertThat(scrape().value("drawbridge_decisions_total", taken))
                .isEqualTo(before.value("drawbridge_decisions_total", taken));

        Answer emergency = post(
                "alice",
                "/v1/requests",
                Map.of(
                        "account", "111122223333",
                        "permission", "s3:DeleteBucketWebsite",
                        "duration", "PT1H",
                        "justification", "Payments are down.",
                        "ticket", "INC-4711",
                        "breakGlass", true));
        assertThat(emergency.status()).as(emergency.text()).isEqualTo(201);
        await().untilAsserted(() -> scrape().grewByOne(before, "drawbridge_decisions_total", taken));
        scrape().grewByOne(before, "drawbridge_decisions_total", auto);
    }

    /** What was put there, an hour old, is one more of globex; the statement takes it away again. */
    private void backlog(String name, Supplier<String> put) {
        await().untilAsserted(() -> assertThat(scrape().value("drawbridge_" + name + "_waiting", GLOBEX))
                .isNotNaN());
        double before = scrape().value("drawbridge_" + name + "_waiting", GLOBEX);
        double acme = scrape().value("drawbridge_" + name + "_age_seconds", ACME);
        assertThat(acme).isLessThan(SECONDS_OF_IT);

        String away = put.get();
        try {
            await().untilAsserted(() -> {
                assertThat(scrape().value("drawbridge_" + name + "_waiting", GLOBEX))
                        .isEqualTo(before + 1);
                assertThat(scrape().value("drawbridge_" + name + "_age_seconds", GLOBEX))
                        .isBetween(SECONDS_OF_IT, SECONDS_OF_IT + 600);
                assertThat(scrape().value("drawbridge_" + name + "_age_seconds", ACME))
                        .isLessThan(SECONDS_OF_IT);
            });
        } finally {
            assertThat(database.sql(away).update()).isOne();
        }
        await().untilAsserted(() -> assertThat(scrape().value("drawbridge_" + name + "_waiting", GLOBEX))
                .isEqualTo(before));
    }

    private Scrape scrape() {
        Answer answer = get("oscar", "/actuator/prometheus");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return new Scrape(answer.text());
    }
}
