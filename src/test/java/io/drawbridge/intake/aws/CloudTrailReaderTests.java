package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.intake.aws.CloudTrailItem.DeadLetter;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.OtherCall;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Way;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The reader of CloudTrail")
class CloudTrailReaderTests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CloudTrailReader reader = new CloudTrailReader();

    @Test
    @DisplayName("R10 reads a denied call with all its fields")
    void readsDeniedCall() {
        DeniedCall denied = denied("sso-user.json");

        CloudTrailRecord call = denied.call();
        assertThat(call.eventId()).isEqualTo("0d1e7a10-5a3e-4c8e-9b57-000000000101");
        assertThat(call.eventTime()).isEqualTo(Instant.parse("2026-01-15T13:00:00Z"));
        assertThat(call.accountId()).isEqualTo("111122223333");
        assertThat(call.eventSource()).isEqualTo("s3.amazonaws.com");
        assertThat(call.eventName()).isEqualTo("DeleteBucket");
        assertThat(call.region()).isEqualTo("eu-west-1");
        assertThat(call.errorCode()).isEqualTo("AccessDenied");
        assertThat(call.sourceIp()).isEqualTo("203.0.113.17");
        assertThat(call.userAgent()).isEqualTo("aws-cli/2.22.0");
        assertThat(denied.action().permission()).contains(PermissionName.parse("s3:DeleteBucket"));
        assertThat(denied.cause().serviceControlPolicyId()).contains("p-drawbrdg1");
    }

    @Test
    @DisplayName("R10 does not take throttling for a denial")
    void passesOverOtherErrors() {
        assertThat(only(fixture("throttled.json"))).isInstanceOf(OtherCall.class);
    }

    @Test
    @DisplayName("R11 maps EC2's encoded message by event name, with the cause unknown")
    void mapsEncodedMessageByTable() {
        DeniedCall denied = denied("ec2-encoded.json");

        assertThat(denied.action().permission()).contains(PermissionName.parse("ec2:GetPasswordData"));
        assertThat(denied.cause()).isEqualTo(DenialCause.UNKNOWN);
    }

    @Test
    @DisplayName("R11, R15 reads action and cause before an encoded tail")
    void readsBeforeEncodedTail() {
        DeniedCall denied = denied("ec2-named-and-encoded.json");

        assertThat(denied.action().permission()).contains(PermissionName.parse("ec2:RunInstances"));
        assertThat(denied.cause().kind()).isEqualTo(DenialCause.Kind.SERVICE_CONTROL_POLICY_DENY);
    }

    @Test
    @DisplayName("R12 takes the person of an Identity Center session from the session's name")
    void tellsIdentityCenterUser() {
        CallerIdentity alice = denied("sso-user.json").call().identity();

        assertThat(alice.type()).isEqualTo(CallerIdentity.Type.SSO_USER);
        assertThat(alice.name()).isEqualTo("alice@acme.example");
        assertThat(alice.roleArn()).contains("role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Engineer");
        assertThat(alice.principalId()).isEqualTo("AROADRAWBRIDGEENGINEER");
        assertThat(alice.accountId()).isEqualTo("111122223333");
    }

    @Test
    @DisplayName("R12 knows an IAM user by ARN, whatever userName says")
    void tellsIamUserByArn() {
        CallerIdentity build = denied("iam-user.json").call().identity();

        assertThat(build.type()).isEqualTo(CallerIdentity.Type.IAM_USER);
        assertThat(build.arn()).isEqualTo("arn:aws:iam::444455556666:user/ci/build");
        assertThat(build.name()).isEqualTo("build");
        assertThat(build.sessionName()).isNull();
    }

    @Test
    @DisplayName("R12 knows any other session by its role's ARN, and keeps session name and source identity")
    void tellsRoleByIssuer() {
        CallerIdentity deployer =
                denied("role-with-source-identity.json").call().identity();

        assertThat(deployer.type()).isEqualTo(CallerIdentity.Type.IAM_ROLE);
        assertThat(deployer.arn()).isEqualTo("arn:aws:iam::111122223333:role/ci/Deployer");
        assertThat(deployer.name()).isEqualTo("Deployer");
        assertThat(deployer.sessionName()).isEqualTo("pipeline-4711");
        assertThat(deployer.sourceIdentity()).isEqualTo("bob@acme.example");
        assertThat(deployer.mfa()).isTrue();
    }

    @Test
    @DisplayName("R12 does not take a role that is only named like Identity Center's for a person")
    void tellsImpostorByPath() {
        CallerIdentity impostor = denied("role-posing-as-sso.json").call().identity();

        assertThat(impostor.type()).isEqualTo(CallerIdentity.Type.IAM_ROLE);
        assertThat(impostor.sessionName()).isEqualTo("alice@acme.example");
    }

    @ParameterizedTest(name = "R12 {0} is not Identity Center''s")
    @ValueSource(
            strings = {
                "aws-reserved/sso.amazonaws.com.evil.example/",
                "x/aws-reserved/sso.amazonaws.com/",
                "aws-reserved/",
                "AWS-reserved/sso.amazonaws.com/"
            })
    void tellsIdentityCenterByWholePath(String path) {
        ObjectNode changed = fixture("sso-user.json");
        issuer(changed)
                .put("arn", "arn:aws:iam::111122223333:role/" + path + "AWSReservedSSO_Engineer_0a1b2c3d4e5f6071");

        assertThat(((DeniedCall) only(changed)).call().identity().type()).isEqualTo(CallerIdentity.Type.IAM_ROLE);
    }

    @ParameterizedTest(name = "R12 {0}: {1}")
    @CsvSource({"root-user.json, root user", "aws-service.json, AWS service"})
    void tellsNobody(String file, String reason) {
        CallerIdentity identity = denied(file).call().identity();

        assertThat(identity.type()).isEqualTo(CallerIdentity.Type.OTHER);
        assertThat(identity.reason()).contains(reason);
    }

    @Test
    @DisplayName("R12 refuses an identity whose ARNs contradict each other")
    void refusesContradiction() {
        ObjectNode changed = fixture("role-with-source-identity.json");
        issuer(changed).put("arn", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X");

        assertDead(changed, "The record contradicts itself");
    }

    @ParameterizedTest(name = "R18 without {0}")
    @ValueSource(
            strings = {
                "eventVersion",
                "eventID",
                "eventTime",
                "eventSource",
                "eventName",
                "userIdentity",
                "recipientAccountId"
            })
    void setsAsideWhatLacksField(String field) {
        ObjectNode lacking = fixture("sso-user.json");
        lacking.remove(field);

        assertDead(lacking, "\"" + field + "\" is missing");
    }

    @ParameterizedTest(name = "R18 {0} = {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            eventVersion       | "2.0"                  | expected version 1.x
            eventVersion       | 1.11                   | is of type NUMBER
            eventID            | "a\\nb"                | expected the form
            eventTime          | "yesterday"            | expected the form
            eventTime          | "2026-13-45T00:00:00Z" | expected a moment
            recipientAccountId | "11112222333"          | expected the form
            recipientAccountId | 111122223333           | is of type NUMBER
            eventName          | {"a": 1}               | is of type OBJECT
            userIdentity       | "root"                 | is of type STRING
            userIdentity       | null                   | is missing
            errorMessage       | ["AccessDenied"]       | is of type ARRAY
            awsRegion          | "eu west"              | expected the form
            """)
    void setsAsideWhatIsOfAnotherForm(String field, String value, String reason) throws IOException {
        ObjectNode changed = fixture("sso-user.json");
        changed.set(field, JSON.readTree(value));

        assertDead(changed, reason);
    }

    @Test
    @DisplayName("R18 sets aside what is too long, too deep or too large, with its id")
    void setsAsideWhatExceedsBounds() {
        ObjectNode tooLong = fixture("sso-user.json").put("errorMessage", "x".repeat(8_193));
        ObjectNode tooDeep = fixture("sso-user.json");
        ObjectNode level = tooDeep;
        for (int depth = 0; depth < 100; depth++) {
            level = level.putObject("requestParameters");
        }
        ObjectNode tooLarge = fixture("sso-user.json").put("additionalEventData", "x".repeat(2_000_000));

        assertDead(tooLong, "expected at most 8192");
        assertDead(tooDeep, "nested deeper than 60");
        assertDead(tooLarge, "too large");
    }

    @Test
    @DisplayName("R18 handles the records before and after a poisoned one")
    void handlesNextRecord() {
        String body = "{\"Records\": [" + fixture("sso-user.json") + ", 7, null, {\"eventID\": \"e-1\"}, "
                + fixture("throttled.json") + "]}";

        List<CloudTrailItem> items = read(body);

        assertThat(items)
                .hasExactlyElementsOfTypes(
                        DeniedCall.class, DeadLetter.class, DeadLetter.class, DeadLetter.class, OtherCall.class);
        assertThat(((DeadLetter) items.get(3)).eventId()).isEqualTo("e-1");
    }

    @Test
    @DisplayName("R18 keeps control characters out of free texts")
    void replacesControlCharacters() {
        String hostile = fixture("sso-user.json")
                .put("userAgent", "a\u0000b\r\nERROR forged SURROGATE line")
                .toString()
                .replace("SURROGATE", "\\ud800");

        DeniedCall denied = (DeniedCall) read(hostile).get(0);

        assertThat(denied.call().userAgent()).isEqualTo("a\ufffdb\ufffd\ufffdERROR forged \ufffd line");
    }

    @ParameterizedTest(name = "R18 {0}")
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "7",
                "\"text\"",
                "null",
                "{}",
                "{\"a\": 1}",
                "{\"Records\": {}}",
                "{\"Records\": []} {}",
                "{\"eventID\": \"a\", \"eventID\": \"b\"}"
            })
    void refusesBodyOfAnotherForm(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(UnreadableBodyException.class);
    }

    @Test
    void readsEmptyLogFile() {
        assertThat(read("{\"Records\": []}")).isEmpty();
    }

    @Test
    @DisplayName("R19 reads the record inside an envelope that agrees with it")
    void readsEnvelope() {
        DeniedCall denied = (DeniedCall) only(envelope());

        assertThat(denied.call().accountId()).isEqualTo("111122223333");
    }

    @ParameterizedTest(name = "R19 envelope with {0} = {1}")
    @CsvSource({
        "account, 444455556666, \"account\"",
        "region, us-east-1, \"region\"",
        "source, aws.iam, \"source\"",
        "source, acme.s3, \"source\"",
        "detail-type, AWS Console Sign In via CloudTrail, is of type"
    })
    void setsAsideDisagreeingEnvelope(String field, String value, String reason) {
        assertDead(envelope().put(field, value), reason);
    }

    @ParameterizedTest(name = "R19 envelope without {0}")
    @ValueSource(strings = {"account", "region", "source", "detail", "detail-type"})
    void setsAsideIncompleteEnvelope(String field) {
        ObjectNode envelope = envelope();
        envelope.remove(field);

        assertThat(only(envelope)).isInstanceOf(DeadLetter.class);
    }

    @ParameterizedTest(name = "samples/{0} is denied {1}")
    @CsvSource({
        "denied-s3-delete-bucket.json, s3:DeleteBucket, YES",
        "denied-iam-create-access-key-dev.json, iam:CreateAccessKey, YES",
        "denied-gamelift.json, gamelift:CreateFleet, YES",
        "denied-by-permissions-boundary.json, s3:PutBucketPolicy, NO",
        "eventbridge-envelope.json, s3:DeleteBucket, YES"
    })
    void readsSamples(String file, String action, DenialCause.Answer answer) throws IOException {
        var items = reader.read(Files.readAllBytes(Path.of("samples", file)));

        assertThat(items).singleElement().isInstanceOfSatisfying(DeniedCall.class, denied -> {
            assertThat(denied.action().permission()).contains(PermissionName.parse(action));
            assertThat(denied.call().identity().name()).isEqualTo("alice@acme.example");
            assertThat(denied.cause()
                            .liftable(Way.SCP_EXEMPTION, Set.of("p-drawbrdg1"))
                            .answer())
                    .isEqualTo(answer);
        });
    }

    @Test
    void readsSampleLogFile() throws IOException {
        assertThat(reader.read(Files.readAllBytes(Path.of("samples", "log-file.json"))))
                .hasExactlyElementsOfTypes(OtherCall.class, OtherCall.class, DeniedCall.class);
    }

    private void assertDead(JsonNode body, String reason) {
        assertThat(only(body)).isInstanceOfSatisfying(DeadLetter.class, dead -> assertThat(dead.reason())
                .contains(reason)
                .hasSizeLessThanOrEqualTo(500)
                .matches("[ -~]*"));
    }

    private DeniedCall denied(String file) {
        return (DeniedCall) only(fixture(file));
    }

    private CloudTrailItem only(JsonNode body) {
        List<CloudTrailItem> items = read(body.toString());
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    private List<CloudTrailItem> read(String body) {
        return reader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode envelope() {
        ObjectNode envelope = JSON.createObjectNode()
                .put("version", "0")
                .put("detail-type", "AWS API Call via CloudTrail")
                .put("source", "aws.s3")
                .put("account", "111122223333")
                .put("region", "eu-west-1");
        envelope.set("detail", fixture("sso-user.json"));
        return envelope;
    }

    private static ObjectNode issuer(ObjectNode call) {
        return (ObjectNode) call.path("userIdentity").path("sessionContext").path("sessionIssuer");
    }

    static ObjectNode fixture(String file) {
        try (InputStream stream = CloudTrailReaderTests.class.getResourceAsStream("/cloudtrail/" + file)) {
            return (ObjectNode) JSON.readTree(Objects.requireNonNull(stream));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
