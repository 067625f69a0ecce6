package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.LiveStage;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One request from the denied call to the end of its access, by nothing but HTTP and the passing of time. */
class LiveStoryTest extends LiveStage {
    private static final String JUSTIFICATION = "Bucket of the year 2019, ticket CHG-77.";
    private static final String MESSAGE = "Go on, it is empty.";
    private static final Duration LATEST_START = Duration.ofSeconds(2);

    @Test
    @DisplayName("R50 R52 R72 leads a denied call through Tasklist to access that ends by itself")
    void endsByItself() throws IOException {
        Answer received = post(
                "intake", "/v1/events/cloudtrail", Files.readString(Path.of("samples/denied-s3-delete-bucket.json")));
        assertThat(received.status()).as(received.text()).isEqualTo(202);
        String request = received.at("/outcomes/0/requestId");
        assertThat(status(request)).isEqualTo("REQUESTED");

        Browser alice = browser("alice");
        String justify = onlyTask(alice, "My justifications", request);
        Answer justified = alice.call(
                "POST",
                ENGINE_OF_APPS + "/task/" + justify + "/submit-form",
                form("requestId", request, "answer", "yes", "justification", JUSTIFICATION, "duration", "PT1H"));
        assertThat(justified.status()).as(justified.text()).isEqualTo(204);
        assertThat(status(request)).isEqualTo("PENDING");

        Browser bob = browser("bob");
        String approve = onlyTask(bob, "My approvals", request);
        assertThat(alice.get(ENGINE_OF_APPS + "/task/" + approve).status()).isNotEqualTo(200);
        assertThat(move(bob, approve, "claim", Map.of("userId", Cast.BOB.value())))
                .isEqualTo(204);
        assertThat(bob.get(ENGINE_OF_APPS + "/task/" + approve).at("/assignee")).isEqualTo(Cast.BOB.value());
        assertThat(move(bob, approve, "unclaim", Map.of())).isEqualTo(204);
        assertThat(onlyTask(bob, "My approvals", request)).isEqualTo(approve);
        assertThat(move(
                        bob,
                        approve,
                        "submit-form",
                        form("requestId", request, "decision", "approve", "message", MESSAGE, "duration", "PT10S")))
                .isEqualTo(204);

        awaitGrant(request, "ACTIVE", Duration.ofSeconds(5));
        JsonNode active = get("alice", "/v1/requests/" + request).body();
        assertThat(active.at("/requestedDuration").asText()).isEqualTo("PT1H");
        assertThat(active.at("/grantedDuration").asText()).isEqualTo("PT10S");
        Instant end = Instant.parse(active.at("/grant/endsAt").asText());

        awaitGrant(request, "REVOKED", Duration.between(Instant.now(), end).plusSeconds(5));
        Instant begun = Instant.parse(recorded(request).get("grant.revoking"));
        assertThat(begun).isBetween(end, end.plus(LATEST_START));
        assertThat(recorded(request))
                .containsKeys(
                        "request.opened",
                        "request.justified",
                        "request.pending",
                        "request.approved",
                        "grant.opened",
                        "grant.active",
                        "grant.revoking",
                        "grant.revoked");
        showsKeysOnly(request);
    }

    private static int move(Browser browser, String task, String move, Object body) {
        Answer answer = browser.call("POST", ENGINE_OF_APPS + "/task/" + task + "/" + move, body);
        assertThat(answer.status()).as(answer.text()).isLessThan(500);
        return answer.status();
    }

    /** The task of the request as Tasklist lists it for the person. */
    private static String onlyTask(Browser browser, String filterName, String request) {
        JsonNode filters = browser.get(ENGINE_OF_APPS + "/filter").body();
        String filter = "";
        for (JsonNode found : filters) {
            filter = found.path("name").asText().equals(filterName)
                    ? found.path("id").asText()
                    : filter;
        }
        Answer listed = browser.call(
                "POST", ENGINE_OF_APPS + "/filter/" + filter + "/list", Map.of("processInstanceBusinessKey", request));
        assertThat(listed.status()).as(listed.text()).isEqualTo(200);
        assertThat(listed.body()).as(listed.text()).hasSize(1);
        return listed.at("/0/id");
    }

    /** Times of what was recorded of the request and of its grant, by action. */
    private Map<String, String> recorded(String request) {
        Map<String, String> times = new LinkedHashMap<>();
        String grant = get("erin", "/v1/requests/" + request).at("/grant/id");
        for (String subject : new String[] {request, grant}) {
            get("erin", "/v1/audit?subject=" + subject)
                    .body()
                    .path("items")
                    .forEach(entry -> times.put(
                            entry.path("action").asText(), entry.path("at").asText()));
        }
        return times;
    }

    /** Operations see the whole story of the instances in Cockpit, and none of what people wrote. */
    private void showsKeysOnly(String request) {
        Browser oscar = browser("oscar");
        JsonNode instances = oscar.call(
                        "POST",
                        ENGINE_OF_APPS + "/history/process-instance",
                        Map.of("processInstanceBusinessKey", request))
                .body();
        assertThat(instances).hasSize(2);
        for (JsonNode instance : instances) {
            assertThat(instance.path("tenantId").asText()).isEqualTo("acme");
            String id = instance.path("id").asText();
            for (String kind :
                    new String[] {"variable-instance", "detail", "activity-instance", "task", "user-operation"}) {
                Answer shown = oscar.get(ENGINE_OF_APPS + "/history/" + kind + "?processInstanceId=" + id);
                assertThat(shown.status()).as(kind).isEqualTo(200);
                assertThat(shown.text()).as(kind).doesNotContain(JUSTIFICATION, MESSAGE, "CHG-77");
            }
        }
    }

    @Test
    @DisplayName(
            "R70 the secret of an API key is in no table, and a call repeated with its idempotency key does not show it again")
    void keepsASecretNowhere() {
        Map<String, Object> wanted = Map.of(
                "name",
                "Forwarder",
                "roles",
                List.of("INTAKE"),
                "expiresAt",
                Instant.now().plus(1, ChronoUnit.DAYS).toString());

        saysOnce("/v1/api-keys", wanted);
    }

    @Test
    @DisplayName("R70 the secret of a webhook is said once: in no table, in no later answer, in no repeated one")
    void keepsTheSecretOfAWebhook() {
        Answer made = saysOnce(
                "/v1/notification-channels",
                Map.of(
                        "name", "Chat bridge",
                        "kind", "webhook",
                        "url", "http://127.0.0.1:9/hook",
                        "headers", Map.of("Authorization", "Bearer header-secret"),
                        "events", List.of("grant.revoke_overdue")));
        String secret = made.at("/secret");
        String path = "/v1/notification-channels/" + made.at("/channel/id");

        Answer listed = get("erin", "/v1/notification-channels");
        Answer changed = call(
                "erin",
                "PUT",
                path,
                Map.of("name", "Chat", "kind", "webhook", "url", "http://127.0.0.1:9/other", "enabled", false));
        Answer turned = call(
                "erin", "PUT", path, Map.of("name", "Chat", "kind", "sns", "topicArn", "arn:aws:sns:eu-central-1:1:x"));
        Answer tested = post("erin", path + ":test", Map.of());
        Answer told = get("erin", path + "/deliveries");
        Answer unknown = call("erin", "PUT", path, Map.of("name", "Chat", "colour", "red"));
        Answer removed = call("erin", "DELETE", path, null);

        assertThat(listed.text()).contains("Chat bridge", "Authorization").doesNotContain(secret, "header-secret");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(changed.at("/delivery")).isEqualTo("disabled");
        assertThat(changed.text()).contains("Authorization").doesNotContain(secret, "header-secret");
        assertThat(turned.status()).isEqualTo(422);
        assertThat(turned.text()).contains("is webhook and stays so");
        assertThat(tested.status()).isEqualTo(202);
        assertThat(told.at("/items/0/eventId")).isEqualTo(tested.at("/eventId"));
        assertThat(told.at("/items/0/event")).isEqualTo("channel.test");
        assertThat(told.at("/items/0/address")).isEqualTo("http://127.0.0.1:9");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text()).contains("colour");
        assertThat(removed.status()).isEqualTo(204);
        assertThat(get("erin", path).status()).isEqualTo(404);
        assertThat(get("erin", "/v1/audit?subject=" + made.at("/channel/id")).text())
                .contains("channel.added", "channel.changed", "channel.tested", "channel.removed")
                .doesNotContain(secret, "header-secret", "/hook", "/other");
    }

    /** The answer of a call that makes a secret, which nothing repeats. */
    private Answer saysOnce(String path, Map<String, Object> wanted) {
        Answer made = keyed(path, wanted);
        Answer again = keyed(path, wanted);

        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String secret = made.at("/secret");
        assertThat(secret).startsWith("drawbridge_");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/type")).endsWith("said-once");
        assertThat(again.text()).doesNotContain(secret);
        List<String> tables = database.sql(
                        "select table_name from information_schema.tables where table_schema = 'PUBLIC' and table_type = 'BASE TABLE'")
                .query(String.class)
                .list();
        assertThat(tables).contains("IDEMPOTENT_CALL", "API_KEY");
        for (String table : tables) {
            assertThat(database.sql("select * from \"" + table + "\"")
                            .query()
                            .listOfRows()
                            .toString())
                    .as(table)
                    .doesNotContain(secret, "header-secret");
        }
        return made;
    }

    private Answer keyed(String path, Map<String, Object> wanted) {
        HttpRequest.Builder call = request("POST", path, wanted)
                .header("Authorization", basic("erin"))
                .header("Idempotency-Key", "once" + path);
        return send(call);
    }
}
