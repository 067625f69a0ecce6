package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.grant.dryrun.DryRunCloud;
import io.drawbridge.stage.LiveStage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.io.ClassPathResource;

/** What stands in the log of the profile production. */
@SuppressWarnings("NullAway.Init")
class LogsTest extends LiveStage {
    private static final String WRITTEN = "Nina said so\n{\"@timestamp\":\"forged\"}";
    private static final String MESSAGE = "Tell Nina it is fine.";

    @Autowired
    private DryRunCloud cloud;

    @Test
    @DisplayName(
            "R72 each line of a request names it, on HTTP, in the engine and in jobs, and none what people wrote or sign in with")
    void namesTheRequest() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = appender(log);
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        String request;
        String grant;
        try {
            cloud.failToOpen(true);
            request = post(
                            "alice",
                            "/v1/requests",
                            Map.of(
                                    "account", "111122223333",
                                    "permission", "kms:UpdateAlias",
                                    "duration", "PT1H",
                                    "justification", WRITTEN))
                    .at("/id");
            assertThat(post("bob", "/v1/requests/" + request + "/approve", Map.of("message", MESSAGE))
                            .status())
                    .isEqualTo(200);
            String id = request;
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> text(log)
                    .contains("told to fail to open"));
            cloud.failToOpen(false);
            awaitGrant(id, "ACTIVE", Duration.ofSeconds(15));
            grant = get("alice", "/v1/requests/" + id).at("/grant/id");
            assertThat(call("alice", "DELETE", "/v1/grants/" + grant, null).status())
                    .isEqualTo(202);
            awaitGrant(id, "REVOKED", Duration.ofSeconds(15));
            assertThat(get("alice", "/v1/requests/" + id + "?x=%0d%0aforged").status())
                    .isEqualTo(200);
        } finally {
            cloud.failToOpen(false);
            root.detachAppender(appender);
            appender.stop();
        }

        List<JsonNode> lines = text(log).lines().map(LogsTest::json).toList();
        List<JsonNode> about = lines.stream()
                .filter(line -> request.equals(line.path("request").asText()))
                .toList();
        assertThat(about)
                .extracting(line -> line.path("message").asText())
                .contains(
                        "Request " + request + " is PENDING.",
                        "Request " + request + " is APPROVED.",
                        "Grant " + grant + " is ACTIVE.",
                        "Grant " + grant + " is REVOKED.")
                .anyMatch(message -> message.contains("told to fail to open"));
        assertThat(about).allMatch(line -> "acme".equals(line.path("tenant").asText()));
        assertThat(about)
                .filteredOn(line -> line.path("message").asText().startsWith("Grant"))
                .allMatch(line -> grant.equals(line.path("grant").asText()));
        assertThat(lines)
                .filteredOn(line ->
                        line.toString().contains(request) || line.toString().contains(grant))
                .as("lines of the request that do not say so")
                .allMatch(line -> request.equals(line.path("request").asText()));
        assertThat(text(log))
                .doesNotContain(
                        "Nina",
                        "forged",
                        basic("alice").substring(6),
                        basic("bob").substring(6),
                        "password");
    }

    private static OutputStreamAppender<ILoggingEvent> appender(ByteArrayOutputStream log) {
        LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(logging);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setFormat(formatInProduction());
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(logging);
        appender.setEncoder(encoder);
        appender.setOutputStream(log);
        appender.start();
        return appender;
    }

    private static String formatInProduction() {
        YamlPropertiesFactoryBean file = new YamlPropertiesFactoryBean();
        file.setResources(new ClassPathResource("application-production.yml"));
        return String.valueOf(file.getObject().getProperty("logging.structured.format.console"));
    }

    private static String text(ByteArrayOutputStream log) {
        return log.toString(StandardCharsets.UTF_8);
    }

    /** Each line is one object, whatever people wrote. */
    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException broken) {
            throw new AssertionError("A line of the log is no JSON: " + line, broken);
        }
    }
}
