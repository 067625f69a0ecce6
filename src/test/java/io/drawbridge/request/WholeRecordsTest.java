package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What stands in a record beyond what was done: by which policies, and by which diagram it was ordered. */
class WholeRecordsTest extends RequestStage {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    @DisplayName("R3 R26 every step of a request names the diagram that ordered it, a decision the policy set, too")
    void everyStepNamesItsDiagram() throws Exception {
        AccessRequest request = anActiveRequest();
        grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());
        runDueJobs();

        List<AuditTrail.AuditRecord> steps =
                trail.of(request.tenant(), request.id().value());
        assertThat(steps)
                .extracting(AuditTrail.AuditRecord::action)
                .contains(
                        "request.opened",
                        "request.pending",
                        "request.approved",
                        "grant.opened",
                        "grant.ended_early",
                        "grant.revoked");
        for (AuditTrail.AuditRecord step : steps) {
            String diagram = step.action().startsWith("grant.") ? "timeboxed-grant" : "access-request";
            JsonNode process = details(step).path("process");
            assertThat(process.path("key").asText()).as(step.action()).isEqualTo(diagram);
            assertThat(process.path("version").asInt()).as(step.action()).isPositive();
            assertThat(process.path("sha256").asText()).as(step.action()).isEqualTo(hashOf(diagram));
        }
        String running = policies.running(request.tenant()).hash();
        assertThat(steps)
                .filteredOn(
                        step -> List.of("request.pending", "request.approved").contains(step.action()))
                .hasSize(2)
                .allSatisfy(step ->
                        assertThat(details(step).path("policySet").asText()).isEqualTo(running));
        assertThat(steps)
                .filteredOn(step -> List.of("grant.active", "grant.revoked").contains(step.action()))
                .hasSize(2)
                .allSatisfy(
                        step -> assertThat(details(step).path("cloudRequests").isArray())
                                .isTrue());
    }

    @Test
    @DisplayName("R1 R3 a deed that comes after the end names the diagram by which the request ran")
    void aLateDeedNamesItsDiagram() {
        AccessRequest request = aPendingRequest();
        decisions.deny(as(Cast.BOB), request.id(), "Not today.");
        runDueJobs();

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(StatusConflictException.class);

        assertThat(trail.of(request.tenant(), request.id().value()))
                .filteredOn(step -> step.action().equals("request.refused"))
                .singleElement()
                .satisfies(step -> assertThat(
                                details(step).path("process").path("key").asText())
                        .isEqualTo("access-request"));
    }

    private static JsonNode details(AuditTrail.AuditRecord step) {
        try {
            return JSON.readTree(step.details());
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static String hashOf(String diagram) throws IOException, GeneralSecurityException {
        try (InputStream file =
                Objects.requireNonNull(WholeRecordsTest.class.getResourceAsStream("/processes/" + diagram + ".bpmn"))) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file.readAllBytes()));
        }
    }
}
