package io.drawbridge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.drawbridge.grant.dryrun.DryRunCloud;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.LiveStage;
import io.drawbridge.stage.Scrape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Operations see what is stuck where they look anyway, and set it going again by a click. */
@SuppressWarnings("NullAway.Init")
class CockpitRetryTest extends LiveStage {
    private static final String SECRET = "The snapshot of Nina's salary has to go.";
    private static final int A_WHILE = 20_000;

    @Autowired
    private DryRunCloud cloud;

    @Test
    @DisplayName(
            "R53 R72 a revocation that fails is an incident in Cockpit; a click retries it, and the access is gone")
    void isRetriedByClick() {
        try (Chromium chromium = Chromium.launch()) {
            String request = aStuckRevocation();
            String grant = get("erin", "/v1/requests/" + request).at("/grant/id");
            ProcessInstance instance = instance(request);
            assertThat(whoHas("ec2:DeleteFlowLogs")).isEqualTo(1);

            for (String person : List.of("alice", "bob", "petra")) {
                assertThat(call(
                                        person,
                                        "PUT",
                                        ENGINE_REST + "/job/" + job(instance).getId() + "/retries",
                                        Map.of("retries", 1))
                                .status())
                        .as("a retry by " + person)
                        .isEqualTo(403);
            }
            for (String person : List.of("alice", "bob")) {
                assertThat(get(person, ENGINE_REST + "/incident").status())
                        .as("incidents for " + person)
                        .isEqualTo(403);
            }

            Page oscar = chromium.person(Chromium.Window.DESKTOP);
            oscar.navigate(at("/login"));
            oscar.fill("#username", "oscar");
            oscar.fill("#password", "oscar");
            oscar.click("form[action='/login'] button[type=submit]");
            Awaitility.await().untilAsserted(() -> {
                assertThat(figure("drawbridge_jobs_stuck", "process=\"timeboxed-grant\""))
                        .isEqualTo(1);
                assertThat(figure("drawbridge_revocations_overdue")).isEqualTo(1);
            });
            oscar.navigate(at("/operations"));
            assertThat(oscar.locator("[aria-labelledby=overdue] tr", new Page.LocatorOptions().setHasText(request)))
                    .containsText("Access may still be on");
            assertThat(oscar.locator("[aria-labelledby=stuck] tr", new Page.LocatorOptions().setHasText(request)))
                    .containsText("The dry-run cloud was told to fail to close.");
            oscar.navigate(at("/camunda/app/cockpit/default/#/process-instance/" + instance.getId() + "/runtime"));
            oscar.locator("ul.nav-tabs a:has-text('Incidents')").first().click();
            Locator incident = oscar.locator("tr", new Page.LocatorOptions().setHasText("Revoke the access"))
                    .first();
            assertThat(incident).isVisible(visibleInAWhile());
            assertThat(incident).containsText("Access may still be on: grant \"" + grant + "\" had to be gone at ");
            assertThat(incident).containsText("The dry-run cloud was told to fail to close.");
            assertThat(incident).containsText("press Retry");
            assertThat(oscar.content()).doesNotContain("Nina").doesNotContain("Alice");

            cloud.failToClose(false);
            oscar.locator("a.action-button[ng-click='openJobRetryDialog(incident)']:visible")
                    .first()
                    .click();
            oscar.locator(".modal-dialog .job-retry").waitFor();
            oscar.locator(".modal-footer button[type=submit]:has-text('Retry')").click();
            oscar.locator(".modal-footer button:has-text('Ok'):visible").click();

            awaitGrant(request, "REVOKED", Duration.ofSeconds(15));
            assertThat(whoHas("ec2:DeleteFlowLogs")).isZero();
            assertThat(engine.getRuntimeService()
                            .createIncidentQuery()
                            .processInstanceId(instance.getId())
                            .count())
                    .isZero();
            assertThat(engine.getHistoryService()
                            .createUserOperationLogQuery()
                            .processInstanceId(instance.getId())
                            .operationType("SetJobRetries")
                            .userId(Cast.OSCAR.value())
                            .count())
                    .as("retries by oscar himself")
                    .isPositive();
            Awaitility.await().untilAsserted(() -> assertThat(figure("drawbridge_revocations_overdue"))
                    .isZero());
            oscar.navigate(at("/operations/requests/" + request));
            assertThat(oscar.locator("table:has(caption:text('Incidents')) tbody tr"))
                    .not()
                    .containsText("open");
            assertThat(oscar.locator("table:has(caption:has-text('Tries that failed')) tbody tr")
                            .first())
                    .containsText("told to fail to close");
        } finally {
            cloud.failToClose(false);
        }
    }

    /** The last interval is not waited for: the first failure is made the last one. */
    private String aStuckRevocation() {
        cloud.failToClose(true);
        Answer asked = post(
                "alice",
                "/v1/requests",
                Map.of(
                        "account", "444455556666",
                        "permission", "ec2:DeleteFlowLogs",
                        "duration", "PT1H",
                        "justification", SECRET));
        assertThat(asked.status()).as(asked.text()).isEqualTo(201);
        String request = asked.at("/id");
        awaitGrant(request, "ACTIVE", Duration.ofSeconds(10));
        assertThat(call(
                                "alice",
                                "DELETE",
                                "/v1/grants/"
                                        + get("alice", "/v1/requests/" + request)
                                                .at("/grant/id"),
                                null)
                        .status())
                .isEqualTo(202);
        ProcessInstance instance = instance(request);
        Awaitility.await().until(() -> job(instance).getExceptionMessage() != null);
        engine.getManagementService().setJobRetries(job(instance).getId(), 1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> job(instance).getRetries() == 0);
        assertThat(get("erin", "/v1/requests/" + request).at("/grant/state")).isEqualTo("REVOKE_OVERDUE");
        return request;
    }

    private ProcessInstance instance(String request) {
        return engine.getRuntimeService()
                .createProcessInstanceQuery()
                .processDefinitionKey("timeboxed-grant")
                .processInstanceBusinessKey(request)
                .singleResult();
    }

    private Job job(ProcessInstance instance) {
        return engine.getManagementService()
                .createJobQuery()
                .processInstanceId(instance.getId())
                .activityId("Task_RevokeAccess")
                .singleResult();
    }

    private long whoHas(String permission) {
        return cloud.whoHasAccess().stream()
                .filter(access -> access.permission().equals(permission))
                .count();
    }

    private double figure(String name, String... tags) {
        List<String> all = new ArrayList<>(List.of("tenant=\"acme\""));
        all.addAll(List.of(tags));
        return new Scrape(get("oscar", "/actuator/prometheus").text()).value(name, all.toArray(String[]::new));
    }

    private String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private static LocatorAssertions.IsVisibleOptions visibleInAWhile() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(A_WHILE);
    }
}
