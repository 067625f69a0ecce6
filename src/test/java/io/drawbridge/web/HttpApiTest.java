package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;

@SpringBootTest(
        classes = ApiUnderTest.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:api;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "drawbridge.cloud.type=dry-run",
            "management.endpoints.web.exposure.include=health,metrics"
        })
@ActiveProfiles("demo")
class HttpApiTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DELETE_BUCKET =
            """
            {"account": "111122223333", "permission": "s3:DeleteBucket", "duration": "PT2H", "justification": "Clean up."}""";

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    record Answer(int status, JsonNode body, HttpResponse<byte[]> raw) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    @AfterEach
    void forgetRequests() {
        ApiUnderTest.policyDenies = false;
        for (String table : List.of(
                "lease",
                "access_grant",
                "policy_decision",
                "request_message",
                "request_rung",
                "request_identity_user",
                "access_request",
                "idempotent_call")) {
            database.sql("delete from " + table).update();
        }
    }

    @Test
    void givesTheWholeRequestToWhoAsked() throws Exception {
        Answer asked = call("alice", "POST", "/v1/requests", DELETE_BUCKET);

        assertThat(asked.status()).isEqualTo(201);
        JsonNode request = asked.body();
        assertThat(asked.header("Location"))
                .isEqualTo("/v1/requests/" + request.path("id").asText());
        assertThat(request.path("status").asText()).isEqualTo("PENDING");
        assertThat(request.path("createdAt").asText()).isEqualTo("2026-01-15T09:00:00Z");
        assertThat(request.path("scope").asText()).isEqualTo("r-acme/ou-workloads/ou-production/111122223333");
        assertThat(request.path("account").path("name").asText()).isEqualTo("payments-prod");
        assertThat(request.path("requestedDuration").asText()).isEqualTo("PT2H");
        assertThat(request.path("decision").path("mode").asText()).isEqualTo("require");
        assertThat(request.path("decision").path("decidedBy").isNull()).isTrue();
        assertThat(request.path("escalatesAt").asText()).isEqualTo("2026-01-15T10:00:00Z");
        assertThat(request.path("expiresAt").asText()).isEqualTo("2026-01-16T09:00:00Z");
        assertThat(request.has("grant")).isTrue();
        assertThat(request.path("grant").isNull()).isTrue();
        assertThat(request.path("approvers").findValuesAsText("scope"))
                .containsExactly("111122223333", "ou-production", "r-acme");
        assertThat(request.path("approvers").get(0).path("notifiedAt").asText()).isEqualTo("2026-01-15T09:00:00Z");
        assertThat(request.path("approvers").get(1).path("notifiedAt").isNull()).isTrue();
    }

    @Test
    void opensAGrantThatItsRequesterCanEndOnce() throws Exception {
        String id = ask();

        Answer approved = call("bob", "POST", "/v1/requests/" + id + "/approve", "{\"message\": \"Go on.\"}");
        String grant = approved.body().path("grant").path("id").asText();
        Answer ended = call("alice", "DELETE", "/v1/grants/" + grant, null);
        Answer again = call("alice", "DELETE", "/v1/grants/" + grant, null);

        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.body().path("decision").path("decidedBy").asText()).isEqualTo("approver");
        assertThat(approved.body().path("grant").path("endsAt").asText()).isEqualTo("2026-01-15T11:00:00Z");
        assertThat(approved.body().path("grant").has("sessionsUntil")).isTrue();
        assertThat(ended.status()).isEqualTo(202);
        assertThat(ended.body().path("state").asText()).isEqualTo("REVOKING");
        assertThat(ended.body().path("accessMayStillBeOn").asBoolean()).isTrue();
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(again.body().path("type").asText()).isEqualTo("urn:drawbridge:problem:status-conflict");
    }

    @Test
    @DisplayName("R70 says 401 to nobody, 404 to who may not read, 403 to who may read but not do")
    void refusesByWhatTheCallerMayKnow() throws Exception {
        String id = ask();
        String approve = "/v1/requests/" + id + "/approve";

        assertThat(call(null, "GET", "/v1/requests/" + id, null).status()).isEqualTo(401);
        assertThat(call("gus@globex.example", "GET", "/v1/requests/" + id, null).status())
                .isEqualTo(404);
        assertThat(call("mallory", "POST", approve, "{\"message\": \"Yes.\"}").status())
                .isEqualTo(404);
        assertThat(call("mallory", "POST", approve, "{broken").status()).isEqualTo(404);
        assertThat(call("victor", "POST", approve, "{\"message\": \"Yes.\"}").status())
                .isEqualTo(403);
        assertThat(call("alice", "POST", approve, "{\"message\": \"Yes.\"}").status())
                .isEqualTo(403);
        assertThat(call("intake", "GET", "/v1/requests", null).status()).isEqualTo(403);
        assertThat(call("bob", "PUT", "/v1/owners", "[broken").status()).isEqualTo(403);
        assertThat(call("bob", "PUT", "/v1/scopes/r-globex/approvers", "{}").status())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("R25 answers 409 with the reason when the policy denies at the approval, and the denial stays")
    void saysThatThePolicyDeniesNow() throws Exception {
        String id = ask();
        ApiUnderTest.policyDenies = true;

        Answer approved = call("bob", "POST", "/v1/requests/" + id + "/approve", "{\"message\": \"Go on.\"}");

        assertThat(approved.status()).isEqualTo(409);
        assertThat(approved.body().path("type").asText()).isEqualTo("urn:drawbridge:problem:policy-denies");
        JsonNode request = call("alice", "GET", "/v1/requests/" + id, null).body();
        assertThat(request.path("status").asText()).isEqualTo("DENIED");
        assertThat(request.path("decision").path("decidedBy").asText()).isEqualTo("policy");
    }

    @Test
    void namesTheOpenRequestToWhoAsksTwice() throws Exception {
        String id = ask();

        Answer again = call("alice", "POST", "/v1/requests", DELETE_BUCKET);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("openRequest").asText()).isEqualTo(id);
    }

    @Test
    void pagesThroughTheListNewestFirst() throws Exception {
        ask();
        call(
                "alice",
                "POST",
                "/v1/requests",
                "{\"account\": \"111122223333\", \"permission\": \"s3:PutBucketPolicy\", \"justification\": \"Fix.\"}");

        Answer first = call("bob", "GET", "/v1/requests?limit=1&status=PENDING", null);
        Answer second = call(
                "bob",
                "GET",
                "/v1/requests?limit=1&cursor=" + first.body().path("next").asText(),
                null);

        assertThat(first.body().path("items")).hasSize(1);
        assertThat(second.body().path("items")).hasSize(1);
        assertThat(second.body().path("next").isNull()).isTrue();
        assertThat(second.body().path("items").get(0).path("id"))
                .isNotEqualTo(first.body().path("items").get(0).path("id"));
        assertThat(call("mallory", "GET", "/v1/requests", null).body().path("items"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"acount": "111122223333"}                             | 422 | acount
                    {"account": 111122223333}                              | 422 | account
                    {"account": ["111122223333"]}                          | 422 | account
                    {"account": {"id": 1}}                                 | 422 | account
                    {"breakGlass": "true"}                                 | 422 | breakGlass
                    {"breakGlass": 1}                                      | 422 | breakGlass
                    {"breakGlass": ""}                                     | 422 | breakGlass
                    {"justification": "a\\u0000b"}                         | 422 | justification
                    {"justification": "a\\ud800b"}                         | 422 | justification
                    {}                                                     | 422 | account
                    []                                                     | 422 | body
                    "text"                                                 | 422 | body
                    17                                                     | 422 | body
                    {"account": "1", "account": "2"}                       | 400 | -
                    {"account": "1"                                        | 400 | -
                    null                                                   | 400 | -
                    {"duration": "PT0S"}                                   | 422 | duration
                    {"duration": "P9999999999999D"}                        | 422 | duration
                    """)
    void namesTheFieldThatIsWrong(String body, int status, String field) throws Exception {
        Answer refused = call("alice", "POST", "/v1/requests", body);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        if (status == 422) {
            assertThat(refused.body().path("errors").findValuesAsText("field")).contains(field);
        }
    }

    @Test
    void survivesWhateverIsSent() throws Exception {
        String deep = "{\"request\": {\"context\": " + "[".repeat(5000) + "]".repeat(5000) + "}}";
        String wide = "{\"justification\": \"" + "x".repeat(900_000) + "\"}";
        String huge = "{\"justification\": \"" + "x".repeat(1_100_000) + "\"}";

        assertThat(call("erin", "POST", "/v1/policies:evaluate", deep).status()).isEqualTo(400);
        assertThat(call("alice", "POST", "/v1/requests", wide).status()).isEqualTo(422);
        assertThat(call("alice", "POST", "/v1/requests", huge).status()).isEqualTo(413);
        assertThat(call("alice", "POST", "/v1/requests", null).status()).isIn(400, 415);
        assertThat(call("alice", "POST", "/v1/requests", "").status()).isEqualTo(400);
        assertThat(call("alice", "PATCH", "/v1/requests", "{}").status()).isEqualTo(405);
        assertThat(call("alice", "GET", "/v1/nothing", null).status()).isEqualTo(404);
        assertThat(call("alice", "GET", "/v1/requests/%20", null).status()).isEqualTo(404);
        assertThat(call("alice", "GET", "/v1/requests/" + "x".repeat(3000), null)
                        .status())
                .isEqualTo(404);
        assertThat(send("alice", "POST", "/v1/requests", "a=b", Map.of("Content-Type", "text/plain"))
                        .status())
                .isEqualTo(415);
        assertThat(send("alice", "GET", "/v1/requests", null, Map.of("Accept", "application/xml"))
                        .status())
                .isEqualTo(406);
        assertThat(send("alice", "GET", "/v1/requests", null, Map.of("X-Tenant-ID", "globex"))
                        .status())
                .isEqualTo(403);
        assertThat(send("alice", "GET", "/v1/requests", null, Map.of("X-Tenant-ID", "acme"))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/requests?limit=0",
                "/v1/requests?limit=many",
                "/v1/requests?limit=1&limit=2",
                "/v1/requests?cursor=%21",
                "/v1/requests?cursor=MjAyNg",
                "/v1/requests?status=OPEN",
                "/v1/requests?q=%00",
                "/v1/grants?state=ON",
                "/v1/grants?account=%00",
                "/v1/audit?since=yesterday",
                "/v1/audit?until=%2B100000-01-01T00:00:00Z",
                "/v1/audit?cursor=x"
            })
    void namesTheQueryParameterThatIsWrong(String path) throws Exception {
        Answer refused = call("erin", "GET", path, null);

        String name = path.substring(path.indexOf('?') + 1, path.indexOf('='));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().path("errors").get(0).path("field").asText()).isEqualTo(name);
    }

    @Test
    void answersTheSameKeyWithTheSameAnswer() throws Exception {
        Map<String, String> key = Map.of("Idempotency-Key", "k-1", "Content-Type", "application/json");

        Answer first = send("alice", "POST", "/v1/requests", DELETE_BUCKET, key);
        Answer second = send("alice", "POST", "/v1/requests", DELETE_BUCKET, key);
        Answer other = send("alice", "POST", "/v1/requests", DELETE_BUCKET.replace("PT2H", "PT1H"), key);
        Answer somebodyElse = send("mallory", "POST", "/v1/requests", DELETE_BUCKET, key);

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(other.status()).isEqualTo(422);
        assertThat(somebodyElse.status()).isEqualTo(201);
        assertThat(somebodyElse.header("Idempotency-Replayed")).isEmpty();
        assertThat(send("alice", "POST", "/v1/requests", "{}", Map.of("Idempotency-Key", "a b"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void showsTheTreeWithWhatIsEffective() throws Exception {
        JsonNode root =
                call("mallory", "GET", "/v1/scopes", null).body().path("items").get(0);

        assertThat(root.path("id").asText()).isEqualTo("r-acme");
        assertThat(root.path("approvers").get(0).asText()).isEqualTo("dave@acme.example");
        JsonNode sandbox = root.path("children").get(0);
        assertThat(sandbox.path("id").asText()).isIn("ou-sandbox", "ou-workloads");
        JsonNode account = root.findParents("id").stream()
                .filter(scope -> scope.path("id").asText().equals("777788889999"))
                .findFirst()
                .orElseThrow();
        assertThat(account.path("selfApproval").isNull()).isTrue();
        assertThat(account.path("effective").path("selfApproval").asBoolean()).isTrue();
        assertThat(account.path("effective").path("controls").findValuesAsText("service"))
                .contains("s3", "gamelift");
    }

    @Test
    void changesTheOrganisationForAdministrators() throws Exception {
        Answer approvers =
                call("erin", "PUT", "/v1/scopes/ou-sandbox/approvers", "{\"approvers\": [\"carol@acme.example\"]}");
        Answer nobody = call("erin", "PUT", "/v1/scopes/ou-sandbox/approvers", "{\"approvers\": []}");
        Answer control = call(
                "erin",
                "PUT",
                "/v1/scopes/ou-sandbox/controls/iam",
                "{\"control\": \"disabled\", \"exempt\": [\"alice@acme.example\"]}");
        Answer wrong = call("erin", "PUT", "/v1/scopes/ou-sandbox/controls/iam", "{\"control\": \"open\"}");
        Answer settings = call("erin", "PUT", "/v1/settings", "{\"coolDown\": \"PT1M\"}");
        Answer owners = call("erin", "GET", "/v1/owners", null);

        assertThat(approvers.body().path("approvers").get(0).asText()).isEqualTo("carol@acme.example");
        assertThat(nobody.body().path("approvers")).isEmpty();
        assertThat(control.body().path("controls").get(0).path("control").asText())
                .isEqualTo("disabled");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(settings.body().path("coolDown").asText()).isEqualTo("PT1M");
        assertThat(settings.body().path("minDuration").asText()).isEqualTo("PT10S");
        assertThat(owners.body().get(0).path("owner").asText()).isEqualTo("bob@acme.example");
        assertThat(call("erin", "PUT", "/v1/owners", owners.body().toString()).status())
                .isEqualTo(200);
        assertThat(call("erin", "PUT", "/v1/settings", "{\"minDuration\": \"PT0.5S\", \"timeZone\": \"Mars\"}")
                        .body()
                        .path("errors")
                        .findValuesAsText("field"))
                .containsExactly("minDuration", "timeZone");
    }

    @Test
    void readsEntityReferencesAsCedarWritesThem() throws Exception {
        String question =
                """
                {"request": {"principal": "Drawbridge::User::\\"a\\\\\\"\\\\u{e9}\\\\x41\\"",
                 "action": {"type": "Drawbridge::Action", "id": "request_access"},
                 "resource": "Drawbridge::Account::\\"1\\""}}""";

        Answer answer = call("petra", "POST", "/v1/policies:evaluate", question);
        Answer broken =
                call("petra", "POST", "/v1/policies:evaluate", question.replace("}}", "}, \"policies\": \"broken\"}"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("policies").get(0).asText()).isEqualTo("Drawbridge::User|a\"\u00e9A");
        assertThat(answer.body().path("mode").isNull()).isTrue();
        assertThat(answer.body().path("caps").isNull()).isTrue();
        assertThat(broken.status()).isEqualTo(422);
        assertThat(broken.body().path("errors").get(0).path("line").asInt()).isEqualTo(3);
        assertThat(call("alice", "POST", "/v1/policies:evaluate", question).status())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("R19 takes events from intake and administrators only")
    void takesEventsFromTheService() throws Exception {
        assertThat(call("intake", "POST", "/v1/events/cloudtrail", "{}").status())
                .isEqualTo(202);
        assertThat(call("intake", "POST", "/v1/events/cloudtrail", "[]").status())
                .isEqualTo(400);
        assertThat(call("alice", "POST", "/v1/events/cloudtrail", "{}").status())
                .isEqualTo(403);
        assertThat(call("intake", "GET", "/v1/events/dead-letters", null).status())
                .isEqualTo(403);
        assertThat(call("erin", "GET", "/v1/events/dead-letters", null).status())
                .isEqualTo(200);
    }

    @Test
    void keepsTheDoor() throws Exception {
        assertThat(call(null, "GET", "/actuator/health", null).status()).isEqualTo(200);
        assertThat(call("alice", "GET", "/actuator/metrics", null).status()).isEqualTo(403);
        assertThat(call("oscar", "GET", "/actuator/metrics", null).status()).isEqualTo(200);
        assertThat(call(null, "GET", "/v3/api-docs", null).status()).isEqualTo(401);
        assertThat(call(null, "GET", "/v1/requests", null).header("WWW-Authenticate"))
                .isEqualTo("Basic realm=\"Drawbridge\"");
        assertThat(send(null, "GET", "/v1/requests", null, Map.of("X-Requested-With", "page"))
                        .header("WWW-Authenticate"))
                .startsWith("Session");
        assertThat(call(null, "GET", "/camunda/api/engine", null).status()).isEqualTo(401);
        assertThat(call(null, "GET", "/requests/1", null).status()).isEqualTo(302);
        assertThat(call(null, "GET", "/requests/1", null).header("Location")).endsWith("/login");
        assertThat(call(null, "GET", "/engine-rest/task", null).status()).isEqualTo(401);
        assertThat(call("nobody", "GET", "/v1/requests", null).status()).isEqualTo(401);
        assertThat(call("x".repeat(300), "GET", "/v1/requests", null).status()).isEqualTo(401);
    }

    @Test
    void describesEveryCall() throws Exception {
        Answer described = call("mallory", "GET", "/v3/api-docs", null);

        assertThat(described.status()).isEqualTo(200);
        assertThat(described.body().path("info").path("title").asText()).isEqualTo("Drawbridge");
        JsonNode paths = described.body().path("paths");
        assertThat(paths.fieldNames())
                .toIterable()
                .contains("/v1/requests", "/v1/policies:evaluate", "/v1/grants/{id}");
        for (JsonNode path : paths) {
            for (JsonNode operation : path) {
                assertThat(operation.path("summary").asText()).isNotEmpty();
                assertThat(operation.path("responses").has("401")).isTrue();
                assertThat(operation.path("parameters").findValuesAsText("name"))
                        .doesNotContain("caller");
            }
        }
    }

    private String ask() throws Exception {
        Answer asked = call("alice", "POST", "/v1/requests", DELETE_BUCKET);
        assertThat(asked.status()).isEqualTo(201);
        return asked.body().path("id").asText();
    }

    private Answer call(
            @org.jspecify.annotations.Nullable String who,
            String method,
            String path,
            @org.jspecify.annotations.Nullable String body)
            throws Exception {
        return send(who, method, path, body, body == null ? Map.of() : Map.of("Content-Type", "application/json"));
    }

    private Answer send(
            @org.jspecify.annotations.Nullable String who,
            String method,
            String path,
            @org.jspecify.annotations.Nullable String body,
            Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(call::header);
        if (who != null) {
            String password = who.contains("@") ? who.substring(0, who.indexOf('@')) : who;
            call.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((who + ":" + password).getBytes(StandardCharsets.UTF_8)));
        }
        HttpResponse<byte[]> answer = http.send(call.build(), HttpResponse.BodyHandlers.ofByteArray());
        String type = answer.headers().firstValue("Content-Type").orElse("");
        return new Answer(
                answer.statusCode(), type.contains("json") ? JSON.readTree(answer.body()) : JSON.nullNode(), answer);
    }
}
