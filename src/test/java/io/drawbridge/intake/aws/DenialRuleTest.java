package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.aws.EventPattern;
import io.drawbridge.aws.Template;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules in AWS let through what the reader takes for a denied call, and keep back the rest. */
class DenialRuleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode PATTERN =
            Template.read("member.yaml").properties("Rule").required("EventPattern");
    private static final EventPattern RULE = new EventPattern(PATTERN);

    @Test
    @DisplayName("R10 the rule before the queue is the rule in the accounts")
    void bothRulesAreOne() {
        assertThat(Template.read("control.yaml").properties("Rule").required("EventPattern"))
                .isEqualTo(PATTERN);
        // PutRule takes 4,096 characters.
        assertThat(PATTERN.toString().length()).isLessThan(4096);
    }

    @Test
    @DisplayName("R10 of the samples, the denied calls pass the rule and the others do not")
    void samplesPassIfDenied() throws IOException {
        List<String> passed = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        try (Stream<Path> samples = Files.list(Path.of("samples"))) {
            for (Path sample : samples.sorted().toList()) {
                for (JsonNode record : records(JSON.readTree(sample.toFile()))) {
                    String name = sample.getFileName() + " "
                            + record.required("eventName").textValue();
                    (RULE.matches(delivered(record)) ? passed : kept).add(name);
                }
            }
        }

        assertThat(passed)
                .containsExactly(
                        "denied-by-permissions-boundary.json PutBucketPolicy",
                        "denied-gamelift.json CreateFleet",
                        "denied-iam-create-access-key-dev.json CreateAccessKey",
                        "denied-s3-delete-bucket.json DeleteBucket",
                        "eventbridge-envelope.json DeleteBucket",
                        "log-file.json ScheduleKeyDeletion");
        assertThat(kept).containsExactly("log-file.json DescribeInstances", "log-file.json PutParameter");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("codes")
    @DisplayName("R10 every code of a denial passes, however it is written")
    void codesOfDenialsPass(String code) {
        for (String written : List.of(code, code.toUpperCase(Locale.ROOT), "Client." + code)) {
            assertThat(DenialCodes.isDenial("ec2.amazonaws.com", written)).isTrue();
            assertThat(RULE.matches(call("ec2.amazonaws.com", written))).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("codes")
    @DisplayName("R19 a wrong password at an application does not pass, a missing permission there does")
    void wrongPasswordsAreKeptBack(String code) {
        for (String source : List.of("cognito-idp.amazonaws.com", "cognito-identity.amazonaws.com")) {
            assertThat(RULE.matches(call(source, code))).isEqualTo(DenialCodes.isDenial(source, code));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ThrottlingException",
                "NoSuchBucket",
                "ResourceNotFoundException",
                "InvalidClientTokenId",
                "ExpiredToken",
                "ValidationException"
            })
    @DisplayName("R10 other errors do not pass")
    void otherErrorsAreKeptBack(String code) {
        assertThat(RULE.matches(call("s3.amazonaws.com", code))).isFalse();
    }

    @Test
    @DisplayName("R19 nobody passes off an event of his own: AWS keeps sources that begin with aws. to itself")
    void eventsOfCustomersAreKeptBack() {
        ObjectNode event = call("s3.amazonaws.com", "AccessDenied");
        assertThat(RULE.matches(event)).isTrue();

        assertThat(RULE.matches(event.deepCopy().put("source", "com.example"))).isFalse();
        assertThat(RULE.matches(event.deepCopy().put("detail-type", "AWS Console Sign In via CloudTrail")))
                .isFalse();
    }

    /** The list is nobody's business but the reader's and this test's. */
    static Set<?> codes() throws ReflectiveOperationException {
        Field codes = DenialCodes.class.getDeclaredField("CODES");
        codes.setAccessible(true);
        return (Set<?>) codes.get(null);
    }

    private static List<JsonNode> records(JsonNode sample) {
        List<JsonNode> records = new ArrayList<>();
        if (sample.has("Records")) {
            sample.required("Records").forEach(records::add);
        } else {
            records.add(sample.has("detail") ? sample.required("detail") : sample);
        }
        return records;
    }

    private static ObjectNode call(String eventSource, String errorCode) {
        return delivered(JSON.createObjectNode().put("eventSource", eventSource).put("errorCode", errorCode));
    }

    /** A record in the envelope in which EventBridge delivers it. */
    private static ObjectNode delivered(JsonNode record) {
        String service = record.required("eventSource").textValue().replace(".amazonaws.com", "");
        ObjectNode event = JSON.createObjectNode();
        event.put("source", "aws." + service).put("detail-type", "AWS API Call via CloudTrail");
        event.set("detail", record);
        return event;
    }
}
