package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.drawbridge.stage.Cast;
import io.drawbridge.stage.LiveStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people can do to the engine through Camunda's REST APIs, and what they cannot. */
class EngineApiTest extends LiveStage {
    private static final String HOUR = "PT1H";
    private static final int FORBIDDEN = 403;

    private static @Nullable Case openCase;
    private static @Nullable String otherRequest;

    /** Calls that nobody may make; {task}, {instance}, {job} and the like are put in. */
    private static final List<String> NOBODYS = List.of(
            "PUT /task/{task}/variables/permission {\"value\":\"iam:CreateUser\"}",
            "POST /task/{task}/variables {\"modifications\":{\"mayOpen\":{\"value\":\"yes\"}}}",
            "DELETE /task/{task}/variables/requestId",
            "PUT /task/{task}/localVariables/mode {\"value\":\"auto\"}",
            "POST /task/{task}/localVariables {\"modifications\":{}}",
            "POST /task/{task}/bpmnError {\"errorCode\":\"x\"}",
            "POST /task/{task}/bpmnEscalation {\"escalationCode\":\"x\"}",
            "POST /task/{task}/delegate {\"userId\":\"mallory@acme.example\"}",
            "POST /task/{task}/resolve {}",
            "POST /task/{task}/assignee {\"userId\":\"mallory@acme.example\"}",
            "POST /task/{task}/identity-links {\"userId\":\"mallory@acme.example\",\"type\":\"candidate\"}",
            "POST /task/{task}/identity-links/delete {\"userId\":\"bob@acme.example\",\"type\":\"candidate\"}",
            "POST /task/{task}/comment/create {\"message\":\"x\"}",
            "POST /task/{task}/attachment/create {}",
            "PUT /task/{task} {\"name\":\"x\"}",
            "DELETE /task/{task}",
            "POST /task/create {\"name\":\"x\"}",
            "POST /process-definition/key/access-request/start {\"businessKey\":\"x\"}",
            "POST /process-definition/key/timeboxed-grant/start {\"businessKey\":\"x\"}",
            "POST /process-definition/key/timeboxed-grant/submit-form {\"businessKey\":\"x\"}",
            "POST /process-definition/{definition}/start {}",
            "POST /process-definition/{definition}/restart {}",
            "PUT /process-definition/{definition}/suspended {\"suspended\":true}",
            "DELETE /process-definition/{definition}",
            "POST /process-definition/suspended {}",
            "PUT /process-definition/{definition}/history-time-to-live {\"historyTimeToLive\":0}",
            "POST /message {\"messageName\":\"x\",\"businessKey\":\"{request}\"}",
            "POST /signal {\"name\":\"x\"}",
            "POST /execution/{instance}/signal {}",
            "POST /execution/{instance}/messageSubscriptions/x/trigger {}",
            "POST /execution/{instance}/localVariables {\"modifications\":{}}",
            "PUT /execution/{instance}/localVariables/mayOpen {\"value\":\"yes\"}",
            "POST /execution/{instance}/create-incident {\"incidentType\":\"x\"}",
            "POST /process-instance/{instance}/modification {\"instructions\":[]}",
            "POST /process-instance/{instance}/modification-async {}",
            "POST /modification/execute {}",
            "POST /migration/execute {}",
            "POST /process-instance/{instance}/variables {\"modifications\":{}}",
            "PUT /process-instance/{instance}/variables/mayOpen {\"value\":\"yes\"}",
            "PUT /process-instance/{instance}/suspended {\"suspended\":true}",
            "POST /process-instance/{instance}/comment {\"message\":\"x\"}",
            "DELETE /process-instance/{instance}?skipCustomListeners=true",
            "DELETE /process-instance/{instance}",
            "POST /process-instance/delete {\"processInstanceIds\":[\"{instance}\"]}",
            "POST /process-instance/job-retries {\"retries\":1}",
            "POST /process-instance/variables-async {}",
            "POST /process-instance/message-async {}",
            "PUT /process-instance/suspended {\"suspended\":true}",
            "DELETE /history/process-instance/{instance}",
            "POST /history/process-instance/delete {}",
            "DELETE /history/process-instance/{instance}/variable-instances",
            "POST /history/cleanup {}",
            "PUT /history/user-operation/1/set-annotation {}",
            "PUT /job/{job}/duedate {\"duedate\":null}",
            "POST /job/{job}/duedate/recalculate",
            "PUT /job/{job}/suspended {\"suspended\":true}",
            "PUT /job/{job}/priority {\"priority\":1}",
            "DELETE /job/{job}",
            "POST /job/retries {\"retries\":1}",
            "PUT /job/suspended {\"suspended\":true}",
            "PUT /job-definition/1/retries {\"retries\":1}",
            "PUT /job-definition/1/suspended {\"suspended\":true}",
            "PUT /job-definition/1/jobPriority {\"priority\":1}",
            "DELETE /incident/1",
            "PUT /incident/1/annotation {}",
            "DELETE /deployment/{deployment}?cascade=true",
            "POST /deployment/{deployment}/redeploy {}",
            "POST /user/create {\"profile\":{\"id\":\"x\"}}",
            "PUT /user/bob@acme.example/profile {}",
            "PUT /user/bob@acme.example/credentials {\"password\":\"x\"}",
            "DELETE /user/bob@acme.example",
            "POST /user/bob@acme.example/unlock",
            "POST /group/create {\"id\":\"x\"}",
            "PUT /group/administrator/members/mallory@acme.example",
            "POST /tenant/create {\"id\":\"x\"}",
            "PUT /tenant/globex/user-members/alice@acme.example",
            "POST /identity/verify {\"username\":\"bob@acme.example\",\"password\":\"bob\"}",
            "POST /authorization/create {\"type\":1,\"permissions\":[\"ALL\"],\"userId\":\"mallory@acme.example\",\"resourceType\":0,\"resourceId\":\"*\"}",
            "PUT /authorization/{authorization} {}",
            "DELETE /authorization/{authorization}",
            "POST /filter/create {\"resourceType\":\"Task\",\"name\":\"x\",\"query\":{}}",
            "PUT /filter/{filter} {}",
            "DELETE /filter/{filter}",
            "POST /external-task/fetchAndLock {\"workerId\":\"x\",\"maxTasks\":1,\"topics\":[]}",
            "POST /external-task/1/complete {}",
            "PUT /external-task/1/retries {\"retries\":1}",
            "DELETE /batch/1",
            "PUT /batch/1/suspended {\"suspended\":true}",
            "POST /decision-definition/key/x/evaluate {}",
            "POST /condition {}",
            "POST /variable-instance/delete {}",
            "DELETE /metrics",
            "POST /telemetry/configuration {}",
            "DELETE /task-metrics?date=2030-01-01",
            "PATCH /task/{task} {}");

    static Stream<Arguments> everybodyOnBothApis() {
        List<Arguments> all = new ArrayList<>();
        for (String person : List.of("alice", "bob", "erin", "oscar", "petra", "victor", "mallory", "gina")) {
            all.add(arguments(person, ENGINE_REST));
            all.add(arguments(person, ENGINE_OF_APPS));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("everybodyOnBothApis")
    @DisplayName("R72 refuses to people whatever is no part of theirs")
    void refusesWhatNobodyMay(String person, String api) {
        Case one = openCase();
        List<String> open = new ArrayList<>();
        Browser browser = browser(person);
        for (String nobodys : NOBODYS) {
            String[] words = one.in(nobodys).split(" ", 3);
            String body = words.length > 2 ? words[2] : null;
            Answer answer = api.equals(ENGINE_REST)
                    ? call(person, words[0], api + words[1], body)
                    : browser.call(words[0], api + words[1], body);
            boolean hidden = answer.status() == 404 && person.equals("gina");
            if (answer.status() != FORBIDDEN && !hidden) {
                open.add(nobodys + " -> " + answer.status() + " " + answer.text());
            }
        }
        assertThat(open).isEmpty();
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGINE_REST, ENGINE_OF_APPS})
    @DisplayName("R70 says 401 to who is not signed in, and to a service 403")
    void wantsALogin(String api) {
        for (String call : List.of("/task", "/filter", "/user", "/engine", "/job", "/nowhere")) {
            assertThat(get(null, api + call).status()).as(call).isEqualTo(401);
        }
        assertThat(post(null, api + "/task/1/complete", "{}").status()).isEqualTo(401);
        assertThat(get("intake", ENGINE_REST + "/task").status()).isEqualTo(FORBIDDEN);
        assertThat(call("alice", "GET", ENGINE_OF_APPS + "/task", null).status())
                .as("Camunda's applications take the login of a session, and no other")
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGINE_REST, ENGINE_OF_APPS})
    @DisplayName("R72 lets the approver read, claim, give back and complete")
    void letsTheApproverDoHisPart(String api) {
        String permission = api.equals(ENGINE_REST) ? "s3:PutBucketPolicy" : "s3:DeleteBucketPolicy";
        String request = ask("alice", Cast.PROD, permission, HOUR);
        String task = task(request);
        Caller bob = caller("bob", api);

        for (String read : List.of("", "/form", "/deployed-form", "/form-variables", "/identity-links")) {
            assertThat(bob.call("GET", "/task/" + task + read, null).status())
                    .as(read)
                    .isEqualTo(200);
        }
        assertThat(bob.call("POST", "/task/" + task + "/claim", Map.of("userId", Cast.BOB.value()))
                        .status())
                .isEqualTo(204);
        assertThat(bob.call("POST", "/task/" + task + "/unclaim", Map.of()).status())
                .isEqualTo(204);
        assertThat(bob.call("POST", "/task/" + task + "/complete", form("decision", "deny", "message", "Not now."))
                        .status())
                .isEqualTo(204);
        assertThat(status(request)).isEqualTo("DENIED");
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGINE_REST, ENGINE_OF_APPS})
    @DisplayName("R72 lets nobody claim for somebody else, nor who is not asked")
    void letsClaimForOneselfOnly(String api) {
        Case one = openCase();
        for (String person : List.of("alice", "mallory", "victor", "oscar", "petra")) {
            Answer answer = caller(person, api)
                    .call("POST", "/task/" + one.task + "/claim", Map.of("userId", person + "@acme.example"));
            assertThat(answer.status()).as(person + answer.text()).isIn(403, 404);
        }
        Answer forAnother =
                caller("bob", api).call("POST", "/task/" + one.task + "/claim", Map.of("userId", Cast.MALLORY.value()));
        assertThat(forAnother.status()).as(forAnother.text()).isEqualTo(FORBIDDEN);
        assertThat(engine.getTaskService()
                        .createTaskQuery()
                        .taskId(one.task)
                        .singleResult()
                        .getAssignee())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "alice, PUT, /job/{job}/retries, 403",
        "bob, PUT, /job/{job}/retries, 403",
        "petra, PUT, /job/{job}/retries, 403",
        "gina, PUT, /job/{job}/retries, 403",
        "oscar, PUT, /job/{job}/retries, 204",
        "erin, PUT, /job/{job}/retries, 204",
        "alice, POST, /job/{job}/execute, 403",
        "oscar, POST, /job/{job}/execute, 403",
        "petra, POST, /job/{job}/execute, 403",
        "alice, GET, /job/{job}, 403",
        "bob, GET, /process-instance, 403",
        "bob, GET, /variable-instance, 403",
        "bob, GET, /user, 403",
        "bob, GET, /authorization, 403",
        "oscar, GET, /job/{job}, 200",
        "petra, GET, /job/{job}, 200",
        "erin, GET, /job/{job}, 200",
    })
    @DisplayName("R72 lets operations retry, and others not")
    void letsOperationsRetry(String person, String method, String path, int expected) {
        Case one = openCase();
        Object body = path.endsWith("retries") ? Map.of("retries", 1) : null;
        for (String api : List.of(ENGINE_REST, ENGINE_OF_APPS)) {
            Answer answer = caller(person, api).call(method, one.in(path), body);
            assertThat(answer.status()).as(api + " " + answer.text()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"retries\": 1, \"dueDate\": \"2099-01-01T00:00:00.000+0000\"}",
                "{\"retries\": 1, \"dueDate\": null}",
                "{\"retries\": 0}",
                "{\"retries\": -1}",
                "{}",
                "[]",
                "nonsense"
            })
    @DisplayName("R72 lets a retry be nothing but a retry: no job is put off or stopped by it")
    void putsNothingOff(String body) {
        Case one = openCase();
        Job before = job(one);
        for (String person : List.of("oscar", "erin")) {
            for (String api : List.of(ENGINE_REST, ENGINE_OF_APPS)) {
                Answer answer = caller(person, api).call("PUT", one.in("/job/{job}/retries"), body);
                assertThat(answer.status()).as(answer.text()).isIn(400, 403);
            }
        }
        assertThat(job(one).getRetries()).isPositive();
        assertThat(job(one).getDuedate()).isEqualTo(before.getDuedate());
    }

    @Test
    @DisplayName("R72 lets administrators execute a job that is due, and none before its time")
    void executesDueJobsOnly() {
        Case one = openCase();
        for (String api : List.of(ENGINE_REST, ENGINE_OF_APPS)) {
            Answer early = caller("erin", api).call("POST", one.in("/job/{job}/execute"), Map.of());
            assertThat(early.status()).as(early.text()).isEqualTo(FORBIDDEN);
        }
        assertThat(job(one)).isNotNull();
        assertThat(get("erin", "/v1/requests/" + one.request)
                        .body()
                        .at("/approvers/1/notifiedAt")
                        .isNull())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {ENGINE_REST, ENGINE_OF_APPS})
    @DisplayName("R72 shows and offers nothing of another tenant")
    void keepsTenantsApart(String api) {
        Case one = openCase();
        for (String person : List.of("gina", "gus")) {
            Caller foreign = caller(person, api);
            for (String path : List.of("", "/form", "/form-variables", "/identity-links", "/deployed-form")) {
                assertThat(foreign.call("GET", "/task/" + one.task + path, null).status())
                        .as(path)
                        .isEqualTo(404);
            }
            for (String move : List.of("claim", "unclaim", "complete", "submit-form")) {
                Answer answer = foreign.call(
                        "POST",
                        "/task/" + one.task + "/" + move,
                        move.equals("claim") ? Map.of("userId", person + "@globex.example") : Map.of());
                assertThat(answer.status()).as(move + answer.text()).isEqualTo(404);
            }
            for (String spelling : List.of("/process-instance/", "/%70rocess-instance/", "/process%2Dinstance/")) {
                assertThat(foreign.call("GET", spelling + one.instance, null).status())
                        .as(spelling)
                        .isEqualTo(404);
            }
            assertThat(foreign.call("GET", "/task", null).text()).doesNotContain(one.task, "acme");
            assertThat(foreign.call("POST", "/task", Map.of("processInstanceBusinessKey", one.request))
                            .body())
                    .isEmpty();
            assertThat(foreign.call("GET", "/task/count?processInstanceBusinessKey=" + one.request, null)
                            .at("/count"))
                    .isEqualTo("0");
            assertThat(foreign.call("GET", "/user/alice@acme.example/profile", null)
                            .status())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"erin", "oscar", "petra"})
    @DisplayName("R72 lists to nobody the people of another tenant")
    void listsNobodyOfAnotherTenant(String person) {
        // Whoever is asked gets rights of his own to the task.
        post(
                "gina",
                "/v1/requests",
                Map.of(
                        "account",
                        Cast.GLOBEX_MAIN,
                        "permission",
                        "s3:PutBucketAcl",
                        "duration",
                        HOUR,
                        "justification",
                        "The archive has to go."));
        for (String api : List.of(ENGINE_REST, ENGINE_OF_APPS)) {
            Caller caller = caller(person, api);
            assertThat(caller.call("GET", "/user/count", null).at("/count")).isEqualTo("10");
            for (String path : List.of(
                    "/user",
                    "/user?tenantId=globex",
                    "/user?memberOfGroup=requester",
                    "/user?emailLike=%25globex%25",
                    "/group",
                    "/group?member=gina@globex.example",
                    "/tenant",
                    "/tenant?userMember=gina@globex.example",
                    "/authorization",
                    "/authorization?userIdIn=gus@globex.example",
                    "/identity/groups?userId=gina@globex.example",
                    "/user/gina@globex.example/profile")) {
                Answer answer = caller.call("GET", path, null);
                assertThat(answer.status()).as(path + answer.text()).isLessThan(500);
                assertThat(answer.text().replace("gina@globex.example does", ""))
                        .as(path)
                        .doesNotContain("\"gus@globex", "\"gina@globex", "Grant", "Gray", "\"globex\"");
            }
            assertThat(caller.call("POST", "/user", Map.of("tenantId", "globex"))
                            .text())
                    .doesNotContain("globex");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"permission", "endsAt", "mayOpen", "mode", "anything", "requestId", "approved", "tenant"})
    @DisplayName("R72 takes no variable with a form but the fields of the form")
    void takesNoOtherVariable(String name) {
        Case one = openCase();
        if (otherRequest == null) {
            otherRequest = ask("alice", Cast.PROD, "s3:PutObjectAcl", HOUR);
        }
        for (String move : List.of("complete", "submit-form")) {
            for (String spelling : List.of(move, "%" + Integer.toHexString(move.charAt(0)) + move.substring(1))) {
                for (String api : List.of(ENGINE_REST, ENGINE_OF_APPS)) {
                    Answer answer = caller("bob", api)
                            .call(
                                    "POST",
                                    "/task/" + one.task + "/" + spelling,
                                    form("decision", "approve", "message", "Fine.", name, otherRequest));
                    assertThat(answer.status())
                            .as(api + spelling + answer.text())
                            .isIn(spelling.equals(move) ? List.of(FORBIDDEN) : List.of(FORBIDDEN, 404));
                }
            }
        }
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"message\":{\"value\":{\"a\":1}}}}",
                "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"message\":{\"value\":\"rO0ABQ==\",\"type\":\"Object\",\"valueInfo\":{\"objectTypeName\":\"java.util.HashMap\",\"serializationDataFormat\":\"application/x-java-serialized-object\"}}}}",
                "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"message\":{\"value\":\"QQ==\",\"type\":\"File\",\"valueInfo\":{\"filename\":\"a\"}}}}",
                "{\"variables\":{\"decision\":{\"value\":\"approve\"},\"message\":{\"value\":\"QQ==\",\"type\":\"Bytes\"}}}",
                "{\"variables\":{\"mayOpen\":{\"value\":\"yes\"}},\"variables\":{\"decision\":{\"value\":\"approve\"}}}",
                "{\"variables\":[]}",
                "{\"variables\":\"x\"}",
                "{\"variables\":{\"decision\":\"approve\"}}",
                "[]",
                "7",
                "nonsense"
            })
    @DisplayName("R72 refuses a form that is none, and does not fall over it")
    void refusesWhatIsNoForm(String body) {
        Case one = openCase();
        for (String move : List.of("complete", "submit-form")) {
            Answer answer = call("bob", "POST", ENGINE_REST + "/task/" + one.task + "/" + move, body);
            assertThat(answer.status()).as(answer.text()).isIn(400, FORBIDDEN);
        }
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @Test
    @DisplayName("R24 R43 refuses in Tasklist what the desk refuses, and says why")
    void saysWhyItRefuses() {
        Case one = openCase();
        Answer silent = complete("bob", one, form("decision", "approve"));
        assertThat(silent.status()).as(silent.text()).isEqualTo(400);
        assertThat(silent.at("/message")).contains("message");
        Answer blank = complete("bob", one, form("decision", "deny", "message", "  "));
        assertThat(blank.status()).as(blank.text()).isEqualTo(400);
        Answer undecided = complete("bob", one, form("message", "Well."));
        assertThat(undecided.status()).isEqualTo(400);
        assertThat(undecided.at("/message")).contains("approve or deny");
        Answer tooLong = complete("bob", one, form("decision", "approve", "message", "Fine.", "duration", "P30D"));
        assertThat(tooLong.status()).as(tooLong.text()).isEqualTo(400);
        Answer own = complete("alice", one, form("decision", "approve", "message", "Fine."));
        assertThat(own.status()).as(own.text()).isEqualTo(FORBIDDEN);
        assertThat(own.at("/message")).isNotBlank();
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @Test
    @DisplayName("R72 says 409 to a decision that comes too late")
    void saysThatItIsTooLate() {
        String request = ask("alice", Cast.PROD, "s3:PutObjectVersionAcl", HOUR);
        String task = task(request);
        assertThat(post("bob", "/v1/requests/" + request + "/deny", Map.of("message", "No."))
                        .status())
                .isEqualTo(200);

        for (String move : List.of("complete", "submit-form", "claim")) {
            Answer late = post(
                    "bob",
                    ENGINE_REST + "/task/" + task + "/" + move,
                    move.equals("claim")
                            ? Map.of("userId", Cast.BOB.value())
                            : form("decision", "approve", "message", "Fine."));
            assertThat(late.status()).as(move + late.text()).isEqualTo(409);
            assertThat(post("gus", ENGINE_REST + "/task/" + task + "/" + move, Map.of())
                            .status())
                    .isEqualTo(404);
        }
        assertThat(post("bob", ENGINE_REST + "/task/nowhere/complete", Map.of()).status())
                .isEqualTo(404);
        assertThat(status(request)).isEqualTo("DENIED");
    }

    @Test
    @DisplayName("R25 R72 says 409 when the policy denies by now, and the request is DENIED")
    void tellsThatThePolicyDeniesNow() {
        String request = ask("alice", Cast.PROD, "rds:DeleteDBInstance", HOUR);
        String task = task(request);
        String control = "/v1/scopes/" + Cast.PROD + "/controls/rds";
        assertThat(call("erin", "PUT", control, Map.of("control", "disabled")).status())
                .isEqualTo(200);

        Answer answer =
                post("bob", ENGINE_REST + "/task/" + task + "/complete", form("decision", "approve", "message", "Yes"));

        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        assertThat(answer.at("/message")).contains("policy");
        assertThat(status(request)).isEqualTo("DENIED");
        assertThat(call("erin", "PUT", control, Map.of("control", "protected")).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/engine-rest//task/{task}/variables",
                "/engine-rest/task/{task}/claim/../variables",
                "/engine-rest/task/{task}/claim/%2e%2e/variables",
                "/engine-rest/task/{task}/claim%2f..%2fvariables",
                "/engine-rest/task/{task}/variables;a=b",
                "/engine-rest;a=b/task/{task}/variables",
                "/engine-rest/task/{task}/variables/",
                "/engine-rest/task/{task}/%76ariables",
                "/engine-rest/%74ask/{task}/variables",
                "/engine-rest/engine/default/task/{task}/variables",
                "/engine-rest/engine/DEFAULT/task/{task}/variables",
                "/engine-rest/engine/default%20/task/{task}/variables",
                "/engine-rest/engine/%64efault/task/{task}/variables",
                "/engine-rest/engine/nowhere/task/{task}/variables",
                "/ENGINE-REST/task/{task}/variables",
                "/%65ngine-rest/task/{task}/variables",
                "/./engine-rest/task/{task}/variables",
                "/engine-rest/./task/{task}/variables",
                "/engine-rest\\task/{task}/variables",
                "/camunda/../engine-rest/task/{task}/variables"
            })
    @DisplayName("R72 is not got round by the spelling of a path")
    void knowsThePathHoweverSpelt(String path) {
        Case one = openCase();
        String modification = "{\"modifications\":{\"mayOpen\":{\"value\":\"yes\",\"type\":\"String\"}}}";
        String spelt = one.in(path).replace("\\", "%5c");
        for (String person : List.of("bob", "erin")) {
            Answer answer = post(person, spelt, modification);
            assertThat(answer.status()).as(answer.text()).isIn(400, 401, 302, 403, 404, 405);
            Answer overridden = send(request("GET", spelt, null)
                    .header("Authorization", basic(person))
                    .header("X-HTTP-Method-Override", "POST")
                    .header("X-HTTP-Method", "DELETE")
                    .header("X-Method-Override", "PUT"));
            assertThat(overridden.status()).as(overridden.text()).isLessThan(500);
            assertThat(call(person, "HEAD", spelt, null).status()).isLessThan(500);
        }
        assertThat(engine.getTaskService().getVariables(one.task)).doesNotContainKey("mayOpen");
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/engine-rest/engine/default", "/engine-rest/engine/%64efault", "/engine-rest/engine/nowhere"})
    @DisplayName("R72 does not delete by a method in a header, nor for another engine name")
    void deletesByNoTrick(String api) {
        Case one = openCase();
        for (String person : List.of("bob", "erin", "oscar")) {
            Answer overridden = send(request("POST", api + "/process-instance/" + one.instance, "{}")
                    .header("Authorization", basic(person))
                    .header("X-HTTP-Method-Override", "DELETE"));
            assertThat(overridden.status()).isIn(403, 404, 405);
            Answer parameter = post(person, api + "/process-instance/" + one.instance + "?_method=DELETE", Map.of());
            assertThat(parameter.status()).isIn(403, 404, 405);
            assertThat(call(person, "DELETE", api + "/process-instance/" + one.instance, null)
                            .status())
                    .isIn(403, 404);
        }
        assertThat(status(one.request)).isEqualTo("PENDING");
    }

    @Test
    @DisplayName("R72 evaluates no expression that a caller sends with a query")
    void evaluatesNothing() {
        Case one = openCase();
        String filter = one.in("{filter}");
        Map<String, String> query = Map.of("assigneeExpression", "${currentUser()}");
        for (String path : List.of("/task", "/task/count", "/filter/" + filter + "/list")) {
            Answer answer = post("bob", ENGINE_REST + path, query);
            assertThat(answer.status()).as(path + answer.text()).isGreaterThanOrEqualTo(400);
            assertThat(answer.status()).as(path + answer.text()).isLessThan(500);
        }
    }

    @Test
    @DisplayName("R70 wants Camunda's token where Camunda's applications change something")
    void wantsCamundasToken() {
        Case one = openCase();
        Browser bob = browser("bob");
        Answer forged = bob.callWithoutToken(
                "POST", ENGINE_OF_APPS + "/task/" + one.task + "/claim", Map.of("userId", Cast.BOB.value()));
        assertThat(forged.status()).isEqualTo(FORBIDDEN);
    }

    @Test
    @DisplayName("R70 knows one login for pages and Camunda's applications, and ends it everywhere")
    void signsInAndOutEverywhere() {
        Browser alice = browser("alice");
        assertThat(alice.get("/camunda/app/tasklist/default/").status()).isEqualTo(200);
        Answer known = alice.get("/camunda/api/admin/auth/user/default");
        assertThat(known.status()).isEqualTo(200);
        assertThat(known.at("/userId")).isEqualTo(Cast.ALICE.value());
        assertThat(known.text()).contains("tasklist").doesNotContain("cockpit");
        assertThat(alice.get("/requests").status()).isEqualTo(200);

        assertThat(alice.call("POST", "/camunda/api/admin/auth/user/default/logout", null)
                        .status())
                .isEqualTo(204);

        assertThat(alice.get("/requests").status()).isEqualTo(302);
        assertThat(alice.get("/camunda/app/tasklist/default/").status()).isEqualTo(302);
        assertThat(alice.get(ENGINE_OF_APPS + "/task").status()).isEqualTo(401);
        assertThat(alice.get("/v1/requests").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"alice,cockpit", "alice,admin", "bob,cockpit", "oscar,admin", "petra,admin", "gina,cockpit"})
    @DisplayName("R70 shows a page that says no to who has no part in an application")
    void showsAPageThatSaysNo(String person, String application) {
        Answer answer = browser(person).get("/camunda/app/" + application + "/default/");
        assertThat(answer.status()).as(answer.text()).isEqualTo(FORBIDDEN);
        assertThat(answer.text()).contains("<html");
    }

    @Test
    @DisplayName("R70 refuses who has left at his next call")
    void refusesWhoHasLeft() {
        database.sql(
                        "insert into person (id, tenant_id, name, email, password_hash) select 'lena@acme.example', 'acme',"
                                + " 'Lena Lang', 'lena@acme.example', password_hash from person where id = 'alice@acme.example'")
                .update();
        database.sql("insert into person_role (person_id, role) values ('lena@acme.example', 'ADMINISTRATOR')")
                .update();
        Browser lena = browser("lena", "alice");
        assertThat(lena.get(ENGINE_OF_APPS + "/task").status()).isEqualTo(200);
        assertThat(lena.get("/camunda/app/cockpit/default/").status()).isEqualTo(200);
        assertThat(lena.get("/requests").status()).isEqualTo(200);

        database.sql("update person set active = false where id = 'lena@acme.example'")
                .update();
        try {
            assertThat(lena.get(ENGINE_OF_APPS + "/task").status()).isEqualTo(401);
            assertThat(lena.get("/camunda/app/cockpit/default/").status()).isNotEqualTo(200);
            assertThat(lena.get("/v1/requests").status()).isEqualTo(401);
            assertThat(lena.get("/requests").status()).isNotEqualTo(200);
            Answer basic =
                    send(request("GET", ENGINE_REST + "/task", null).header("Authorization", "Basic bGVuYTphbGljZQ=="));
            assertThat(basic.status()).isEqualTo(401);
        } finally {
            database.sql("delete from person_role where person_id = 'lena@acme.example'")
                    .update();
            database.sql("delete from person where id = 'lena@acme.example'").update();
        }
    }

    /** A person at one of the two APIs. */
    private interface Caller {
        Answer call(String method, String path, @Nullable Object body);
    }

    private Caller caller(String person, String api) {
        if (api.equals(ENGINE_REST)) {
            return (method, path, body) -> call(person, method, api + path, body);
        }
        Browser browser = browser(person);
        return (method, path, body) -> browser.call(method, api + path, body);
    }

    private Answer complete(String person, Case one, Object form) {
        return post(person, ENGINE_REST + "/task/" + one.task + "/complete", form);
    }

    private Job job(Case one) {
        return engine.getManagementService().createJobQuery().jobId(one.job).singleResult();
    }

    /** Alice's request that stays with Bob: whatever the tests of this class try, it must. */
    private record Case(
            String request,
            String task,
            String instance,
            String definition,
            String deployment,
            String job,
            String filter,
            String authorization) {
        String in(String text) {
            return text.replace("{request}", request)
                    .replace("{task}", task)
                    .replace("{instance}", instance)
                    .replace("{definition}", definition)
                    .replace("{deployment}", deployment)
                    .replace("{job}", job)
                    .replace("{filter}", filter)
                    .replace("{authorization}", authorization);
        }
    }

    private Case openCase() {
        Case known = openCase;
        if (known != null && status(known.request).equals("PENDING")) {
            return known;
        }
        String request = ask("alice", Cast.PROD, "s3:PutAccessPointPolicy", HOUR);
        Task task = engine.getTaskService()
                .createTaskQuery()
                .processInstanceBusinessKey(request)
                .singleResult();
        openCase = new Case(
                request,
                task.getId(),
                task.getProcessInstanceId(),
                task.getProcessDefinitionId(),
                engine.getRepositoryService()
                        .getProcessDefinition(task.getProcessDefinitionId())
                        .getDeploymentId(),
                engine.getManagementService()
                        .createJobQuery()
                        .processInstanceId(task.getProcessInstanceId())
                        .timers()
                        .list()
                        .get(0)
                        .getId(),
                engine.getFilterService()
                        .createTaskFilterQuery()
                        .filterName("My approvals")
                        .singleResult()
                        .getId(),
                engine.getAuthorizationService()
                        .createAuthorizationQuery()
                        .list()
                        .get(0)
                        .getId());
        return openCase;
    }
}
