package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drawbridge.audit.OfflineVerification;
import io.drawbridge.stage.LiveStage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;

/** The audit chain and the clean-up as the whole application does them, by the real clock. */
class AuditLiveTest extends LiveStage {
    private static final String ERIN = "erin";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Value("${drawbridge.audit.directory}")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Answer verified() {
        return call(ERIN, "GET", "/v1/audit:verify", null);
    }

    /** Asks for something, so that there is something to seal, and waits until it is. */
    private String sealedRequest(String permission) {
        String id = call(
                        "mallory",
                        "POST",
                        "/v1/requests",
                        Map.of(
                                "account",
                                "111122223333",
                                "permission",
                                permission,
                                "justification",
                                "It has to go.",
                                "duration",
                                "PT1H"))
                .at("/id");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> verified().at("/unsealed/count").equals("0"));
        return id;
    }

    @Test
    @DisplayName(
            "R3 a record that was changed in the database is named by /v1/audit:verify, and by nothing once it is as it was")
    void namesAChangedRecord() {
        String request = sealedRequest("kms:DeleteImportedKeyMaterial");
        assertThat(verified().text()).contains("\"whole\":true");
        long number = database.sql("select number from audit_record where subject = ? and action = 'request.opened'")
                .param(request)
                .query(Long.class)
                .single();

        database.sql("update audit_record set actor = 'mallory' where number = ?")
                .param(number)
                .update();
        Answer broken = verified();
        database.sql("update audit_record set actor = 'mallory@acme.example' where number = ?")
                .param(number)
                .update();

        assertThat(broken.at("/whole")).isEqualTo("false");
        assertThat(broken.at("/findings/0/kind")).isEqualTo("CHANGED");
        assertThat(broken.at("/findings/0/number")).isEqualTo(String.valueOf(number));
        assertThat(verified().at("/whole")).as(verified().text()).isEqualTo("true");
    }

    @Test
    @DisplayName("R3 what the API exports is found whole by the offline verifier, and broken once a line is gone")
    void exportIsVerifiedOffline() throws IOException {
        sealedRequest("kms:DeleteCustomKeyStore");
        List<String> lines =
                call(ERIN, "GET", "/v1/audit:export", null).text().lines().toList();

        assertThat(lines.size()).isGreaterThan(2);
        assertThat(status(lines)).isZero();
        assertThat(status(lines.subList(1, lines.size()))).isEqualTo(1);
        assertThat(call("victor", "GET", "/v1/audit:export", null).status()).isEqualTo(403);
    }

    private int status(List<String> lines) throws IOException {
        Path export = Files.write(folder.resolve("export.jsonl"), lines);
        return OfflineVerification.run(
                List.of(
                        export.toString(),
                        "--key",
                        directory.resolve("public-key.pem").toString()),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName(
            "the engine deletes by itself what its history time has run out for, and nothing else, behind all other jobs")
    void engineHistoryIsCleanedUp() {
        String old = sealedRequest("kms:CreateGrant");
        String young = sealedRequest("kms:PutKeyPolicy");
        for (String request : List.of(old, young)) {
            assertThat(call("mallory", "POST", "/v1/requests/" + request + "/cancel", null)
                            .status())
                    .isEqualTo(200);
            await().until(() -> instances(request, true) == 1);
        }
        assertThat(engine.getHistoryService().findHistoryCleanupJobs())
                .isNotEmpty()
                .allSatisfy(job -> {
                    assertThat(job.getPriority()).isEqualTo(-100);
                    assertThat(job.getRetries()).isPositive();
                });
        String instance = database.sql("select ID_ from ACT_HI_PROCINST where BUSINESS_KEY_ = ?")
                .param(old)
                .query(String.class)
                .list()
                .get(0);
        assertThat(database.sql("update ACT_HI_PROCINST set END_TIME_ = ? where ROOT_PROC_INST_ID_ = ?")
                        .params(java.sql.Timestamp.from(Instant.parse("2020-01-01T00:00:00Z")), instance)
                        .update())
                .isPositive();

        List<Job> jobs = List.of(engine.getHistoryService().cleanUpHistoryAsync(true));

        assertThat(jobs).hasSize(1);
        await().atMost(Duration.ofSeconds(20)).until(() -> instances(old, true) == 0);
        assertThat(instances(young, true)).isEqualTo(1);
    }

    private long instances(String request, boolean finished) {
        var query = engine.getHistoryService()
                .createHistoricProcessInstanceQuery()
                .processDefinitionKey("access-request")
                .processInstanceBusinessKey(request);
        return (finished ? query.finished() : query).count();
    }
}
