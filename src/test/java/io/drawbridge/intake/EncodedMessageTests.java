package io.drawbridge.intake;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.drawbridge.intake.CloudTrailRecords.GLOBEX;
import static io.drawbridge.intake.CloudTrailRecords.PROD;
import static io.drawbridge.intake.CloudTrailRecords.aDenial;
import static io.drawbridge.intake.CloudTrailRecords.logFile;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.Liftable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * EC2's encoded messages, opened by an STS that is ours.
 *
 * <p>moto 5.2.1 has no DecodeAuthorizationMessage. The answers have the shape of the AWS STS API Reference, version
 * 2011-06-15; the document inside has the fields that it names, in the form in which EC2 gives them.
 */
@DisplayName("An encoded message")
class EncodedMessageTests {
    private static final String SEALED = "AbC-dEf_0123456789AbC-dEf_0123456789";
    private static final String ALICE =
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Engineer_0a1b2c3d4e5f6071/alice@acme.example";

    private static WireMockServer sts;
    private static IntakeHouse house;
    private static int resets;

    @BeforeAll
    static void build() {
        sts = new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
        sts.start();
        house = new IntakeHouse(
                IntakeHouse.memory(),
                Map.of(
                        "drawbridge.aws.endpoint", sts.baseUrl(),
                        "drawbridge.aws.tenants.acme.account-id", "123456789012",
                        "drawbridge.aws.tenants.acme.region", "eu-west-1",
                        "drawbridge.aws.quotas.sts.per-second", "1000",
                        "drawbridge.aws.quotas.sts.burst", "1000",
                        "drawbridge.intake.decode.timeout", "1s"));
    }

    @AfterAll
    static void pullDown() {
        house.close();
        sts.stop();
    }

    @BeforeEach
    void reset() {
        fresh();
        sts.resetAll();
        sts.stubFor(
                post(urlEqualTo("/"))
                        .withRequestBody(containing("Action=AssumeRole"))
                        .willReturn(
                                xml(
                                        200,
                                        """
                        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
                        <Credentials><AccessKeyId>ASIATEST</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
                        <SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
                        </AssumeRoleResult></AssumeRoleResponse>""")));
    }

    @Test
    @DisplayName("R11 names the action, where the table would have named another")
    void namesTheAction() {
        decodes(document(true, "ec2:GetPasswordData", ALICE));

        DeniedCallIntake.Outcome outcome = house.handIn(encoded("RunInstances"));

        assertThat(outcome.outcome()).isEqualTo("opened");
        assertThat(house.request(outcome).entitlement()).hasToString("ec2:GetPasswordData");
        sts.verify(
                1,
                postRequestedFor(urlEqualTo("/"))
                        .withRequestBody(containing("Action=DecodeAuthorizationMessage"))
                        .withRequestBody(containing("EncodedMessage=" + SEALED))
                        .withHeader("X-Amz-Security-Token", matching("token")));
    }

    @Test
    @DisplayName("R15 that tells of a deny may be lifted by an exemption, shown as unknown, and by no assignment")
    void tellsOfADeny() {
        decodes(document(true, "ec2:GetPasswordData", ALICE));

        DeniedCallIntake.Outcome outcome = house.handIn(encoded("GetPasswordData"));
        assertThat(outcome.outcome()).isEqualTo("opened");
        assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.UNKNOWN);

        assigns();
        decodes(document(true, "ec2:TerminateInstances", ALICE));
        assertThat(house.handIn(encoded("TerminateInstances")).outcome()).isEqualTo("cannot_help");
    }

    @Test
    @DisplayName("R15 that tells of a missing allow is lifted by no exemption, and may be by an assignment")
    void tellsOfAMissingAllow() {
        decodes(document(false, "ec2:GetPasswordData", ALICE));

        DeniedCallIntake.Outcome none = house.handIn(encoded("GetPasswordData"));
        assertThat(none.outcome()).isEqualTo("cannot_help");
        assertThat(house.told()).hasSize(1);

        assigns();
        DeniedCallIntake.Outcome outcome = house.handIn(encoded("GetPasswordData"));
        assertThat(outcome.outcome()).isEqualTo("opened");
        assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.UNKNOWN);
    }

    @Test
    @DisplayName("R11, R15 does not overrule a cause that the message names in clear")
    void clearCauseStands() {
        decodes(document(true, "ec2:GetPasswordData", ALICE));
        String clear = "You are not authorized to perform this operation. User: " + ALICE
                + " is not authorized to perform: ec2:GetPasswordData on resource: x with an explicit deny in a session"
                + " policy. Encoded authorization failure message: " + SEALED;

        assertThat(house.handIn(denied("GetPasswordData", clear)).outcome()).isEqualTo("cannot_help");

        sts.verify(0, postRequestedFor(urlEqualTo("/")));
    }

    @Test
    @DisplayName("R19 of another caller is not believed, nor one that allows, nor one of another form")
    void unusable() {
        for (String document : List.of(
                document(false, "ec2:GetPasswordData", ALICE.replace("alice", "bob")),
                document(false, "ec2:GetPasswordData", ALICE).replace("\"allowed\":false", "\"allowed\":true"),
                "{\"context\":{\"action\":\"ec2:TerminateInstances\"}}",
                "no JSON",
                "")) {
            decodes(document);
            fresh();

            DeniedCallIntake.Outcome outcome = house.handIn(encoded("GetPasswordData"));

            assertThat(outcome.outcome()).as(document).isEqualTo("opened");
            assertThat(house.request(outcome).entitlement()).hasToString("ec2:GetPasswordData");
            assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.UNKNOWN);
        }
        asked(5);
    }

    @Test
    @DisplayName("R19 of an account that is not the tenant's is not opened: nobody is sent there")
    void othersAccounts() {
        decodes(document(true, "ec2:GetPasswordData", ALICE));

        assertThat(house.handIn(encoded("GetPasswordData").in(GLOBEX)).outcome())
                .isEqualTo("unknown_account");

        sts.verify(0, postRequestedFor(urlEqualTo("/")));
    }

    @Test
    @DisplayName("R11 that AWS cannot read leaves the action to the table and the cause unknown")
    void invalid() {
        sts.stubFor(decoding().willReturn(error(400, "InvalidAuthorizationMessageException")));

        for (int number = 0; number < 2; number++) {
            fresh();
            DeniedCallIntake.Outcome outcome = house.handIn(encoded("GetPasswordData"));
            assertThat(outcome.outcome()).isEqualTo("opened");
            assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.UNKNOWN);
        }

        asked(2);
    }

    @Test
    @DisplayName("R11 that was cut at 1 KB is not sent to AWS at all")
    void truncated() {
        decodes(document(false, "ec2:GetPasswordData", ALICE));

        DeniedCallIntake.Outcome outcome = house.handIn(denied(
                "GetPasswordData",
                ("You are not authorized to perform this operation. Encoded authorization failure message: "
                                + SEALED.repeat(40))
                        .substring(0, 1_024)));

        assertThat(outcome.outcome()).isEqualTo("opened");
        asked(0);
    }

    @Test
    @DisplayName("R18 that AWS refuses to open stops no intake, and is not asked for again for a minute")
    void refused() {
        sts.stubFor(decoding().willReturn(error(403, "AccessDenied")));

        assertThat(house.handIn(encoded("GetPasswordData")).outcome()).isEqualTo("opened");
        assertThat(house.handIn(encoded("GetPasswordData")).outcome()).isEqualTo("joined");
        asked(1);

        house.clock().moveBy(Duration.ofMinutes(1));
        assertThat(house.handIn(encoded("GetPasswordData")).outcome()).isEqualTo("joined");
        asked(2);
    }

    @Test
    @DisplayName("R18 stops no intake while STS is busy, and waits no longer for one that is silent than its time")
    void busyAndSilent() {
        sts.stubFor(decoding().willReturn(error(400, "Throttling")));
        assertThat(house.handIn(encoded("GetPasswordData")).outcome()).isEqualTo("opened");
        asked(1);

        house.clock().moveBy(Duration.ofMinutes(1));
        sts.stubFor(decoding().willReturn(aResponse().withFixedDelay(20_000)));
        String file = logFile(IntStream.range(0, 50)
                .mapToObj(number -> encoded("GetPasswordData"))
                .toArray(CloudTrailRecords[]::new));
        long start = System.nanoTime();
        assertThat(house.handIn(file).joined()).isEqualTo(50);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        asked(2);

        house.clock().moveBy(Duration.ofMinutes(1));
        sts.stubFor(decoding().willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        assertThat(house.handIn(encoded("GetPasswordData")).outcome()).isEqualTo("joined");
    }

    /** As it was, at a later moment, when every pause that a test before began is over. */
    private static void fresh() {
        house.reset();
        house.clock().moveBy(Duration.ofHours(1).multipliedBy(++resets));
    }

    private static CloudTrailRecords encoded(String event) {
        return denied(
                event,
                "You are not authorized to perform this operation. Encoded authorization failure message: " + SEALED);
    }

    private static CloudTrailRecords denied(String event, String message) {
        return aDenial()
                .of("ec2:" + event)
                .with("errorCode", "Client.UnauthorizedOperation")
                .with("errorMessage", message);
    }

    private static String document(boolean explicitDeny, String action, String caller) {
        return "{\"allowed\":false,\"explicitDeny\":" + explicitDeny
                + ",\"matchedStatements\":{\"items\":[]},\"failures\":{\"items\":[]},\"context\":{\"principal\":{\"id\":"
                + "\"AROADRAWBRIDGE:alice@acme.example\",\"arn\":\"" + caller + "\"},\"action\":\"" + action
                + "\",\"resource\":\"arn:aws:ec2:eu-west-1:" + PROD
                + ":instance/i-0123456789abcdef0\",\"conditions\":{\"items\":[]}}}";
    }

    private static void decodes(String document) {
        sts.stubFor(decoding()
                .willReturn(xml(
                        200,
                        "<DecodeAuthorizationMessageResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                                + "<DecodeAuthorizationMessageResult><DecodedMessage>"
                                + document.replace("&", "&amp;").replace("<", "&lt;")
                                + "</DecodedMessage></DecodeAuthorizationMessageResult>"
                                + "</DecodeAuthorizationMessageResponse>")));
    }

    private static com.github.tomakehurst.wiremock.client.MappingBuilder decoding() {
        return post(urlEqualTo("/")).withRequestBody(containing("Action=DecodeAuthorizationMessage"));
    }

    private static void asked(int times) {
        sts.verify(
                times,
                postRequestedFor(urlEqualTo("/")).withRequestBody(containing("Action=DecodeAuthorizationMessage")));
    }

    private static ResponseDefinitionBuilder error(int status, String code) {
        return xml(
                status,
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>"
                        + code + "</Code><Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>");
    }

    private static ResponseDefinitionBuilder xml(int status, String body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "text/xml")
                .withBody(body);
    }

    private static void assigns() {
        house.inTransaction(() -> house.controls()
                .set(
                        IntakeHouse.ACME,
                        new Controls.ScopeControl(
                                new ScopeId(PROD),
                                "ec2",
                                Control.PROTECTED,
                                List.of(),
                                Way.ACCOUNT_ASSIGNMENT,
                                new PermissionSetName("Operator"))));
    }
}
