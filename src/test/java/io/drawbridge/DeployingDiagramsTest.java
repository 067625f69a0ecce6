package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.stage.LiveStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A process owner deploys from Camunda Modeler, by the call that Modeler makes; nobody else does. */
@DisplayName("Deploying a diagram")
@ExtendWith(OutputCaptureExtension.class)
class DeployingDiagramsTest extends LiveStage {
    private static final String KEY = "access-request";
    private static final String CREATE = ENGINE_REST + "/deployment/create";
    private static final String SHIPPED = read("processes/access-request.bpmn");
    private static final String SOONER = SHIPPED.replace("R/PT1H", "R/PT15M");

    @AfterEach
    void deployTheShippedOneAgain() {
        if (!content().equals(SHIPPED)) {
            assertThat(deploy("petra", "access-request", SHIPPED).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("R72 by its owner: new requests follow it, what waits keeps its clock, and the former file undoes it")
    void byItsOwner() {
        String before = ask("alice", "111122223333", "s3:PutBucketLogging", "PT1H");
        String clock = escalatesAt(before);
        int version = latest().getVersion();

        Answer deployed = deploy("petra", "access-request", SOONER);

        assertThat(deployed.status()).as(deployed.text()).isEqualTo(200);
        assertThat(deployed.body().at("/deployedProcessDefinitions")).hasSize(1);
        assertThat(latest().getVersion()).isEqualTo(version + 1);
        assertThat(escalatesAt(before)).isEqualTo(clock);
        String after = ask("alice", "111122223333", "s3:PutBucketWebsite", "PT1H");
        assertThat(version(after)).isEqualTo(version + 1);
        assertThat(version(before)).isEqualTo(version);
        assertThat(get("bob", ENGINE_REST + "/task/" + task(after) + "/deployed-form")
                        .status())
                .isEqualTo(200);
        assertThat(database.sql(
                                "select count(*) from audit_record where action = 'diagram.deployed' and actor = ? and tenant_id = 'globex'")
                        .param("petra@acme.example")
                        .query(Integer.class)
                        .single())
                .isPositive();

        assertThat(deploy("petra", "another name", SHIPPED).status()).isEqualTo(200);
        assertThat(deploy("petra", "access-request", SOONER).status()).isEqualTo(200);
        assertThat(content()).isEqualTo(SOONER);
        assertThat(deploy("petra", "another name", SHIPPED).status()).isEqualTo(200);
        assertThat(content())
                .as("the former file counts, whatever its deployment is called")
                .isEqualTo(SHIPPED);
        assertThat(escalatesAt(before)).isEqualTo(clock);
        int undone = latest().getVersion();
        assertThat(deploy("petra", "another name", SHIPPED).status()).isEqualTo(200);
        assertThat(latest().getVersion()).as("the same once more").isEqualTo(undone);
    }

    @Test
    @DisplayName("R72 that is not safe answers 400 with the element and the sentence, deploys nothing and wakes nobody")
    void thatIsNotSafe(CapturedOutput log) {
        String bad = read("src/test/resources/diagrams/bad/approval-without-expiry.bpmn");
        int version = latest().getVersion();

        int before = log.getAll().length();
        Answer refused = deploy("petra", "access-request", bad);

        assertThat(log.getAll().substring(before))
                .contains("A deployment \"access-request\" of petra@acme.example was refused")
                .doesNotContain("ERROR")
                .doesNotContain("ParseException");
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.at("/type")).isEqualTo("ParseException");
        assertThat(refused.at("/message")).contains("Nothing was deployed.");
        assertThat(refused.body().at("/details/access-request.bpmn/errors"))
                .anyMatch(error -> error.at("/mainElementId").asText().equals("UserTask_ApproveRequest")
                        && error.at("/message").asText().contains("BoundaryEvent_ApprovalExpired")
                        && error.at("/line").asInt() > 0);
        assertThat(latest().getVersion()).isEqualTo(version);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"alice", "bob", "erin", "oscar", "victor", "mallory", "intake", "gina"})
    @DisplayName("R72 R70 is refused to everybody else")
    void isRefusedToEverybodyElse(String person) {
        int version = latest().getVersion();

        assertThat(deploy(person, "access-request", SOONER).status()).isEqualTo(403);
        assertThat(send(multipart(ENGINE_REST + "/engine/default/deployment/create", fields(), "x.bpmn", SOONER)
                                .header("Authorization", basic(person)))
                        .status())
                .isEqualTo(403);

        assertThat(latest().getVersion()).isEqualTo(version);
    }

    @Test
    @DisplayName("R70 needs a login")
    void needsALogin() {
        assertThat(deploy(null, "access-request", SOONER).status()).isEqualTo(401);
    }

    @Test
    @DisplayName("R72 is not done for one tenant, not from a later moment on, and not with a form or another file")
    void isDoneForAllAndAtOnce() {
        int version = latest().getVersion();
        Map<String, String> tenant = fields();
        tenant.put("tenant-id", "globex");
        Map<String, String> later = fields();
        later.put("deployment-activation-time", "2099-01-01T00:00:00.000+0000");

        assertThat(send(as("petra", multipart(CREATE, tenant, "access-request.bpmn", SOONER)))
                        .status())
                .isEqualTo(400);
        assertThat(send(as("petra", multipart(CREATE, later, "access-request.bpmn", SOONER)))
                        .status())
                .isEqualTo(400);
        for (String file : new String[] {"forms/approve.html", "x.dmn", "access-request.bpmn20.xml", "x.form"}) {
            assertThat(send(as("petra", multipart(CREATE, fields(), file, SOONER)))
                            .status())
                    .as(file)
                    .isEqualTo(400);
        }

        assertThat(latest().getVersion()).isEqualTo(version);
    }

    @Test
    @DisplayName("R72 is never taken for one of the start's own, whatever it calls itself")
    void isNeverTakenForOneOfTheStart() {
        Map<String, String> fields = fields();
        fields.put("deployment-source", "start-up");

        Answer deployed = send(as("petra", multipart(CREATE, fields, "access-request.bpmn", SOONER)));

        assertThat(deployed.status()).as(deployed.text()).isEqualTo(200);
        assertThat(deployed.at("/source")).isEqualTo("process owner");
    }

    @Test
    @DisplayName("R72 is undone by deploying, never by deleting: what runs needs its version")
    void isNeverUndoneByDeleting() {
        String deployment = latest().getDeploymentId();

        assertThat(call("petra", "DELETE", ENGINE_REST + "/deployment/" + deployment + "?cascade=true", null)
                        .status())
                .isEqualTo(403);
        assertThat(call("petra", "POST", ENGINE_REST + "/deployment/" + deployment + "/redeploy", "{}")
                        .status())
                .isEqualTo(403);
        assertThat(call("petra", "DELETE", ENGINE_REST + "/process-definition/" + latest().getId(), null)
                        .status())
                .isEqualTo(403);
    }

    private Answer deploy(@Nullable String person, String name, String diagram) {
        Map<String, String> fields = fields();
        fields.put("deployment-name", name);
        HttpRequest.Builder call = multipart(CREATE, fields, "access-request.bpmn", diagram);
        return send(person == null ? call : as(person, call));
    }

    private static HttpRequest.Builder as(String person, HttpRequest.Builder call) {
        return call.header("Authorization", basic(person));
    }

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("deployment-name", "access-request");
        fields.put("deployment-source", "Camunda Modeler");
        fields.put("enable-duplicate-filtering", "true");
        return fields;
    }

    /** As Camunda Modeler 5 sends it: the fields, and the diagram under its own name. */
    private HttpRequest.Builder multipart(String path, Map<String, String> fields, String file, String content) {
        String border = "----drawbridge";
        StringBuilder body = new StringBuilder();
        fields.forEach((name, value) -> body.append(
                "--" + border + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"));
        body.append("--" + border + "\r\nContent-Disposition: form-data; name=\"" + file + "\"; filename=\"" + file
                + "\"\r\nContent-Type: text/xml\r\n\r\n" + content + "\r\n--" + border + "--\r\n");
        return request("POST", path, null)
                .header("Content-Type", "multipart/form-data; boundary=" + border)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    private ProcessDefinition latest() {
        return engine.getRepositoryService()
                .createProcessDefinitionQuery()
                .processDefinitionKey(KEY)
                .latestVersion()
                .singleResult();
    }

    private String content() {
        try (var content = engine.getRepositoryService()
                .getResourceAsStream(latest().getDeploymentId(), latest().getResourceName())) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private int version(String request) {
        String definition = engine.getRuntimeService()
                .createProcessInstanceQuery()
                .processInstanceBusinessKey(request, KEY)
                .singleResult()
                .getProcessDefinitionId();
        return engine.getRepositoryService().getProcessDefinition(definition).getVersion();
    }

    private String escalatesAt(String request) {
        String at = get("erin", "/v1/requests/" + request).at("/escalatesAt");
        assertThat(at).isNotEmpty();
        return at;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
