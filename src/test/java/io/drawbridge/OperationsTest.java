package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.cedar.OtherPolicies;
import io.drawbridge.stage.LiveStage;
import io.drawbridge.stage.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.yaml.snakeyaml.Yaml;

/** What those see who keep it running. */
@SuppressWarnings("NullAway.Init")
class OperationsTest extends LiveStage {
    private static final String ERIN = "erin@acme.example";

    private static final Pattern OWN = Pattern.compile("\\bdrawbridge_[a-z_]+");
    private static final Pattern PARAGRAPH = Pattern.compile("(?m)^## (\\S+)$");

    @Autowired
    private ApplicationContext application;

    @Autowired
    private HikariDataSource pool;

    @Autowired
    private AccessPolicies policies;

    @Test
    @DisplayName(
            "each status, decision and time of a request moves its figure once, on the way from the denial to the end")
    void figuresMoveOnce() throws IOException {
        String globex = "tenant=\"globex\"";
        await().untilAsserted(() -> assertThat(scrape().value("drawbridge_requests_total", globex, "status=\"denied\""))
                .isNotNaN());
        Scrape before = scrape();

        Answer asked = post(
                "gina",
                "/v1/requests",
                Map.of(
                        "account", "999900001111",
                        "permission", "s3:PutBucketPolicy",
                        "duration", "PT1H",
                        "justification", "The policy has to go."));
        assertThat(asked.status()).as(asked.text()).isEqualTo(201);
        String request = asked.at("/id");
        await().untilAsserted(() -> assertThat(scrape().value("drawbridge_requests_open", globex, "status=\"pending\""))
                .isEqualTo(
                        rows("select count(*) from access_request where tenant_id = 'globex' and status = 'PENDING'"))
                .isPositive());
        assertThat(post("gus", "/v1/requests/" + request + "/approve", Map.of("message", "Fine."))
                        .status())
                .isEqualTo(200);
        await().untilAsserted(
                        () -> assertThat(get("gina", "/v1/requests/" + request).at("/grant/state"))
                                .isEqualTo("ACTIVE"));
        await().untilAsserted(() -> assertThat(scrape().value("drawbridge_grants_living", globex, "state=\"active\""))
                .isEqualTo(rows("select count(*) from access_grant where tenant_id = 'globex' and state = 'ACTIVE'"))
                .isPositive());
        String grant = get("gina", "/v1/requests/" + request).at("/grant/id");
        assertThat(call("gina", "DELETE", "/v1/grants/" + grant, null).status()).isEqualTo(202);
        await().untilAsserted(
                        () -> assertThat(get("gina", "/v1/requests/" + request).at("/grant/state"))
                                .isEqualTo("REVOKED"));

        Scrape after = scrape();
        for (String status : List.of("requested", "pending", "approved")) {
            after.grewByOne(before, "drawbridge_requests_total", globex, "status=\"" + status + "\"");
        }
        after.grewByOne(
                before,
                "drawbridge_decisions_total",
                globex,
                "mode=\"require\"",
                "by=\"approver\"",
                "outcome=\"approved\"");
        for (String time : List.of("request_to_decision", "approval_to_active", "end_to_revoked")) {
            after.grewByOne(before, "drawbridge_" + time + "_seconds_count", globex);
            after.grewByOne(before, "drawbridge_" + time + "_seconds_bucket", globex, "le=\"+Inf\"");
        }
        after.grewByOne(before, "drawbridge_end_to_revoked_seconds_bucket", globex, "le=\"60.0\"");
        assertThat(after.value("drawbridge_requests_total", globex, "status=\"denied\""))
                .isEqualTo(before.value("drawbridge_requests_total", globex, "status=\"denied\""));
    }

    @Test
    @DisplayName("a denied call that opens a request is timed from the denial, and one that is handed in twice is not")
    void timesFromTheDenial() throws IOException {
        String call = "PutBucketNotification";
        String record = Files.readString(Path.of("samples/denied-s3-delete-bucket.json"))
                .replace("s3:DeleteBucket", "s3:" + call)
                .replace("\"DeleteBucket\"", "\"" + call + "\"")
                .replaceFirst("\"eventID\": \"[^\"]*\"", "\"eventID\": \"" + UUID.randomUUID() + "\"");
        await().untilAsserted(() ->
                assertThat(count("drawbridge_denial_to_request_seconds_count")).isNotNaN());
        double before = count("drawbridge_denial_to_request_seconds_count");

        assertThat(post("intake", "/v1/events/cloudtrail", record).at("/opened"))
                .isEqualTo("1");
        assertThat(post("intake", "/v1/events/cloudtrail", record).at("/opened"))
                .isEqualTo("0");

        assertThat(count("drawbridge_denial_to_request_seconds_count")).isEqualTo(before + 1);
    }

    private double rows(String question) {
        return database.sql(question).query(Double.class).single();
    }

    private double count(String name) {
        return scrape().value(name, "tenant=\"acme\"");
    }

    @Test
    @DisplayName("each alert has its paragraph in the runbook, and asks for figures that a running node exports")
    void alertsHoldTogether() throws IOException {
        // Figures of the comparison with the cloud are there once there was one.
        assertThat(post("erin", "/v1/drift:reconcile", Map.of()).status()).isEqualTo(200);
        List<String> alerts = new ArrayList<>();
        Set<String> asked = new TreeSet<>();
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(Files.readString(Path.of("docs/alerts.yml")));
        file.getOrDefault("groups", List.of())
                .forEach(group -> group.getOrDefault("rules", List.of()).forEach(rule -> {
                    alerts.add((String) rule.get("alert"));
                    assertThat(rule).containsKeys("expr", "labels", "annotations");
                    OWN.matcher((String) rule.get("expr"))
                            .results()
                            .map(MatchResult::group)
                            .forEach(asked::add);
                }));
        List<String> paragraphs = PARAGRAPH
                .matcher(Files.readString(Path.of("docs/runbook.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(paragraphs).containsExactlyInAnyOrderElementsOf(alerts).doesNotHaveDuplicates();
        assertThat(asked).hasSizeGreaterThan(8);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Scrape scrape = scrape();
            assertThat(asked.stream().filter(name -> !scrape.has(name)).toList())
                    .as("figures that alerts ask for and no node exports")
                    .isEmpty();
            assertThat(scrape.value("drawbridge_denial_to_request_seconds_bucket", "tenant=\"globex\"", "le=\"900.0\""))
                    .as("times of denied calls, also of a tenant that has had none")
                    .isNotNaN();
        });
    }

    @Test
    @DisplayName("is ready only while database and job executor are there, and lives all the while")
    void isReadyOnlyWithAllItNeeds() throws SQLException {
        assertThat(ready()).isEqualTo(200);
        JsonNode parts = get("oscar", "/actuator/health/readiness").body().path("components");
        assertThat(names(parts)).containsExactlyInAnyOrder("readinessState", "db", "jobs", "policies");

        JobExecutor executor =
                ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration()).getJobExecutor();
        executor.shutdown();
        try {
            assertThat(ready()).isEqualTo(503);
            assertThat(get("oscar", "/actuator/health/readiness").at("/components/jobs/details/reason"))
                    .contains("job executor is not running");
            assertThat(get(null, "/actuator/health/liveness").status()).isEqualTo(200);
        } finally {
            executor.start();
        }
        assertThat(ready()).isEqualTo(200);

        AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);
        assertThat(ready()).isEqualTo(503);
        AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
        assertThat(ready()).isEqualTo(200);

        withoutDatabase(() -> {
            assertThat(ready()).isEqualTo(503);
            assertThat(get(null, "/actuator/health/liveness").status()).isEqualTo(200);
        });
        await().untilAsserted(() -> assertThat(ready()).isEqualTo(200));
    }

    @Test
    @DisplayName("is not ready while no tenant has policies, and is with those of one, whoever else has none")
    @SuppressWarnings("try") // What is put in place counts by being open.
    void isReadyWithPoliciesOfOneTenant() {
        try (OtherPolicies none = OtherPolicies.instead(policies, "")) {
            assertThat(ready()).isEqualTo(503);
            assertThat(get("oscar", "/actuator/health/readiness").at("/components/policies/status"))
                    .isEqualTo("DOWN");
            assertThat(withoutPolicies()).containsExactly("acme", "globex");
            assertThat(get(null, "/actuator/health/liveness").status()).isEqualTo(200);
        }
        try (OtherPolicies some =
                OtherPolicies.instead(policies, "@id(\"nobody\") forbid(principal, action, resource);")) {
            assertThat(ready()).isEqualTo(200);
            assertThat(withoutPolicies()).containsExactly("globex");
        }
        assertThat(ready()).isEqualTo(200);
        assertThat(withoutPolicies()).isEmpty();
    }

    private List<String> withoutPolicies() {
        List<String> tenants = new ArrayList<>();
        get("oscar", "/actuator/health/readiness")
                .body()
                .at("/components/policies/details/withoutPolicies")
                .forEach(tenant -> tenants.add(tenant.asText()));
        return tenants;
    }

    /** Nobody gets a connection meanwhile. */
    private void withoutDatabase(Runnable meanwhile) throws SQLException {
        List<Connection> taken = new ArrayList<>();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                try {
                    taken.add(pool.getConnection());
                    return false;
                } catch (SQLException none) {
                    return taken.size() == pool.getMaximumPoolSize();
                }
            });
            meanwhile.run();
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    @Test
    @DisplayName("R70 tells the state of its parts to operations alone, by the role that one has now")
    void tellsDetailsToOperationsAlone() {
        assertThat(get("oscar", "/actuator/health").body().has("components")).isTrue();
        without("OPERATIONS", ERIN, () -> {
            for (String person : new String[] {null, "alice", "erin", "petra"}) {
                Answer health = get(person, "/actuator/health");
                assertThat(health.status()).isEqualTo(200);
                assertThat(health.body().has("components"))
                        .as("details for " + person)
                        .isFalse();
            }
            assertThat(get("erin", "/actuator/prometheus").status()).isEqualTo(403);
        });
    }

    @Test
    @DisplayName(
            "R70 the demo's administrator watches the installation too, and makes the key with which it is scraped")
    void isWatchedByTheDemosAdministrator() {
        assertThat(get("erin", "/actuator/prometheus").status()).isEqualTo(200);
        Answer key = post(
                "erin",
                "/v1/api-keys",
                Map.of(
                        "name", "Prometheus",
                        "roles", List.of("OPERATIONS"),
                        "expiresAt", Instant.now().plus(Duration.ofDays(1)).toString()));

        assertThat(key.status()).as(key.text()).isEqualTo(201);
        assertThat(send(request("GET", "/actuator/prometheus", null)
                                .header("Authorization", "Bearer " + key.at("/secret")))
                        .status())
                .isEqualTo(200);
        assertThat(call("erin", "DELETE", "/v1/api-keys/" + key.at("/key/id"), null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName(
            "R70 R72 operations see the revocations and the history of all tenants, an administrator those of his own")
    void showsEachHisOwn() {
        String request = ask("alice", "444455556666", "ec2:DeleteVpc", "PT1H");
        awaitGrant(request, "ACTIVE", Duration.ofSeconds(10));
        call(
                "alice",
                "DELETE",
                "/v1/grants/" + get("alice", "/v1/requests/" + request).at("/grant/id"),
                null);
        awaitGrant(request, "REVOKED", Duration.ofSeconds(10));

        without("OPERATIONS", ERIN, () -> {
            for (String person : List.of("oscar", "erin")) {
                JsonNode overview = get(person, "/v1/operations").body();
                assertThat(overview.path("latest").findValuesAsText("request")).contains(request);
                assertThat(Duration.parse(overview.at("/lateness/max").asText()))
                        .isLessThan(Duration.ofMinutes(1));
                assertThat(overview.at("/lateness/revocations").asInt()).isPositive();
                JsonNode history =
                        get(person, "/v1/operations/requests/" + request).body();
                assertThat(history.path("instances").findValuesAsText("process"))
                        .containsExactly("Access request", "Timeboxed grant");
                assertThat(history.at("/instances/1/ended").isNull()).isFalse();
                assertThat(history.at("/instances/1/steps").findValuesAsText("id"))
                        .contains("Task_RevokeAccess");
                assertThat(history.toString()).doesNotContain("archive", "Alice");
            }
            assertThat(get("oscar", "/v1/operations").body().path("tenants").toString())
                    .isEqualTo("[\"acme\",\"globex\"]");
            assertThat(get("erin", "/v1/operations").body().path("tenants").toString())
                    .isEqualTo("[\"acme\"]");
            String foreign = post(
                            "gina",
                            "/v1/requests",
                            Map.of(
                                    "account", "999900001111",
                                    "permission", "s3:DeleteBucketPolicy",
                                    "duration", "PT1H",
                                    "justification", "It has to go."))
                    .at("/id");
            assertThat(get("oscar", "/v1/operations/requests/" + foreign).status())
                    .isEqualTo(200);
            assertThat(get("erin", "/v1/operations/requests/" + foreign).status())
                    .isEqualTo(404);
            assertThat(get("erin", "/operations/requests/" + foreign).status()).isIn(302, 404);
            assertThat(get("oscar", "/v1/operations?since=2026-01-01T00:00:00Z").status())
                    .isEqualTo(422);
        });
    }

    private int ready() {
        return get(null, "/actuator/health/readiness").status();
    }

    private static Set<String> names(JsonNode parts) {
        return parts.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    private Scrape scrape() {
        Answer answer = get("oscar", "/actuator/prometheus");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return new Scrape(answer.text());
    }
}
