package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.intake.aws.DenialCause.Answer;
import io.drawbridge.intake.aws.DenialCause.Kind;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Way;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The message of a denial")
class DenialMessageTests {

    private static final String ARN = "arn:aws:sts::111122223333:assumed-role/Deployer/pipeline-4711";
    private static final String CALL =
            "User: " + ARN + " is not authorized to perform: s3:DeleteBucket on resource: \"arn:aws:s3:::acme\"";
    private static final String OURS =
            "arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-drawbrdg1";

    @ParameterizedTest(name = "R11 {0}")
    @ValueSource(
            strings = {
                "User: " + ARN + " is not authorized to perform: s3:DeleteBucket",
                "User: " + ARN + " is not authorized to perform: s3:DeleteBucket.",
                "User: " + ARN + " is not authorized to perform: \"s3:DeleteBucket\" on resource: x",
                "User: " + ARN + " is not authorized to perform s3:DeleteBucket",
                "User: anonymous is not authorized to perform: s3:DeleteBucket because nobody may",
                "You are not authorized to perform this operation. User: " + ARN
                        + " is not authorized to perform: s3:DeleteBucket",
                "Not authorized to perform s3:DeleteBucket",
                "You are not authorized to perform: s3:DeleteBucket"
            })
    void namesAction(String text) {
        assertThat(new DenialMessage(text, ARN).action()).contains(PermissionName.parse("s3:DeleteBucket"));
    }

    @ParameterizedTest(name = "R11 {0}")
    @ValueSource(
            strings = {
                "",
                "Access Denied",
                "User: " + ARN,
                "User: " + ARN + " is not authorized to perform: s3:Delete*",
                "User: " + ARN + " is not authorized to perform: everything",
                "User: " + ARN + " is not authorized to access this resource",
                "Bucket named: User: x is not authorized to perform: iam:PassRole on resource: y",
                "You are not authorized to perform this operation. Encoded authorization failure message: AbC"
            })
    void namesNoAction(String text) {
        assertThat(new DenialMessage(text, ARN).action()).isEmpty();
    }

    @Test
    @DisplayName("R11, R19 is not misled by a session whose name holds the phrase")
    void isNotMisledBySessionName() {
        String hostile = ARN + " is not authorized to perform: s3:ListBucket on resource: x";

        var message = new DenialMessage(
                "User: " + hostile + " is not authorized to perform: s3:DeleteBucket on resource: y", hostile);

        assertThat(message.action()).contains(PermissionName.parse("s3:DeleteBucket"));
    }

    @Test
    @DisplayName("R11, R19 is not misled by a resource whose name holds the phrases")
    void isNotMisledByResourceName() {
        var message = new DenialMessage(
                "User: " + ARN + " is not authorized to perform: s3:DeleteBucket on resource: \"x User: " + ARN
                        + " is not authorized to perform: s3:ListBucket with an explicit deny in a service control policy: "
                        + OURS + "\" because no permissions boundary allows the s3:DeleteBucket action",
                ARN);

        assertThat(message.action()).contains(PermissionName.parse("s3:DeleteBucket"));
        assertThat(message.cause().kind()).isEqualTo(Kind.PERMISSIONS_BOUNDARY);
    }

    @ParameterizedTest(name = "R15 {0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            with an explicit deny in a service control policy                              | SERVICE_CONTROL_POLICY_DENY
            with an explicit deny in a resource control policy                             | RESOURCE_CONTROL_POLICY
            with an explicit deny in a permissions boundary                                | PERMISSIONS_BOUNDARY
            with an explicit deny in a session policy                                      | SESSION_POLICY
            with an explicit deny in a resource-based policy                               | RESOURCE_POLICY
            with an explicit deny in an identity-based policy                              | IDENTITY_POLICY_DENY
            with an explicit deny in a VPC endpoint policy                                 | VPC_ENDPOINT_POLICY
            with an explicit deny in the role trust policy                                 | ROLE_TRUST_POLICY
            because no service control policy allows the s3:DeleteBucket action            | SERVICE_CONTROL_POLICY_MISSING_ALLOW
            because no resource control policy allows the s3:DeleteBucket action           | RESOURCE_CONTROL_POLICY
            because no permissions boundary allows the s3:DeleteBucket action              | PERMISSIONS_BOUNDARY
            because no session policy allows the s3:DeleteBucket action                    | SESSION_POLICY
            because no resource-based policy allows the s3:DeleteBucket action             | RESOURCE_POLICY
            because no identity-based policy allows the s3:DeleteBucket action             | IDENTITY_POLICY_MISSING_ALLOW
            because no VPC endpoint policy allows the s3:DeleteBucket action               | VPC_ENDPOINT_POLICY
            because no role trust policy allows the sts:AssumeRole action                  | ROLE_TRUST_POLICY
            with an explicit deny                                                          | UNKNOWN
            with an explicit deny in a tribal policy                                       | UNKNOWN
            with an explicit deny in a service control policy and so on                    | UNKNOWN
            because                                                                        | UNKNOWN
            """)
    void namesCause(String end, Kind kind) {
        assertThat(new DenialMessage(CALL + " " + end, ARN).cause().kind()).isEqualTo(kind);
        assertThat(new DenialMessage(CALL + " " + end + ".", ARN).cause().kind())
                .isEqualTo(kind);
        assertThat(new DenialMessage(CALL + " " + end + " (Service: S3, Status Code: 403, Request ID: X1)", ARN)
                        .cause()
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    @DisplayName("R15 knows the message of a key whose policy allows nothing")
    void namesKeyPolicy() {
        assertThat(new DenialMessage(
                                CALL + " because the resource does not exist in this Region, no resource-based policies"
                                        + " allow access, or a resource-based policy explicitly denies access",
                                ARN)
                        .cause()
                        .kind())
                .isEqualTo(Kind.RESOURCE_POLICY);
    }

    @Test
    @DisplayName("R15 trusts no end of a message that may have been cut")
    void trustsNoCutEnd() {
        String end = " with an explicit deny in a service control policy: " + OURS;
        String padding = "x".repeat(1_024 - CALL.length() - end.length());

        assertThat(new DenialMessage(CALL + padding + end, ARN).cause().kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(new DenialMessage(CALL + padding.substring(1) + end, ARN)
                        .cause()
                        .kind())
                .isEqualTo(Kind.SERVICE_CONTROL_POLICY_DENY);
    }

    @ParameterizedTest(name = "R15 {0} is liftable: {1}")
    @CsvSource({
        ": arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-drawbrdg1, YES",
        ": arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-drawbrdg1., YES",
        ": arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-other001, NO",
        ": arn:aws:organizations::aws:policy/service_control_policy/p-drawbrdg1, UNKNOWN",
        ": p-drawbrdg1, UNKNOWN",
        "'', UNKNOWN"
    })
    void liftsOurPoliciesOnly(String arn, Answer answer) {
        DenialCause cause =
                new DenialMessage(CALL + " with an explicit deny in a service control policy" + arn, ARN).cause();

        assertThat(cause.liftable(Way.SCP_EXEMPTION, Set.of("p-drawbrdg1")).answer())
                .isEqualTo(answer);
    }

    @ParameterizedTest(name = "R15 {0} cannot be lifted")
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SERVICE_CONTROL_POLICY_DENY", "DENY", "UNKNOWN"})
    void liftsNothingElse(Kind kind) {
        var liftable = new DenialCause(kind, OURS).liftable(Way.SCP_EXEMPTION, Set.of("p-drawbrdg1"));

        assertThat(liftable.answer()).isEqualTo(Answer.NO);
        assertThat(liftable.reason())
                .startsWith("The call was blocked because ")
                .endsWith("No approval can help.");
    }

    @ParameterizedTest(name = "R15 by an assignment {0} is liftable: {1}")
    @CsvSource({
        "SERVICE_CONTROL_POLICY_DENY, NO",
        "SERVICE_CONTROL_POLICY_MISSING_ALLOW, NO",
        "RESOURCE_CONTROL_POLICY, NO",
        "PERMISSIONS_BOUNDARY, NO",
        "SESSION_POLICY, NO",
        "RESOURCE_POLICY, NO",
        "VPC_ENDPOINT_POLICY, NO",
        "ROLE_TRUST_POLICY, NO",
        "IDENTITY_POLICY_DENY, NO",
        "IDENTITY_POLICY_MISSING_ALLOW, YES",
        "DENY, NO",
        "MISSING_ALLOW, UNKNOWN",
        "UNKNOWN, UNKNOWN"
    })
    void assignmentLiftsMissingAllowsOnly(Kind kind, Answer answer) {
        for (String policy : new String[] {OURS, OURS.replace("p-drawbrdg1", "p-someother1"), null}) {
            var liftable = new DenialCause(kind, policy).liftable(Way.ACCOUNT_ASSIGNMENT, Set.of("p-drawbrdg1"));

            assertThat(liftable.answer()).isEqualTo(answer);
            assertThat(liftable.reason().contains("o approval can help")).isEqualTo(answer == Answer.NO);
        }
    }

    @Test
    @DisplayName("R15 knows what an exemption lifts of which only is known whether a policy denied")
    void exemptionAndUnnamedPolicies() {
        assertThat(new DenialCause(Kind.DENY, null)
                        .liftable(Way.SCP_EXEMPTION, Set.of())
                        .answer())
                .isEqualTo(Answer.UNKNOWN);
        assertThat(new DenialCause(Kind.MISSING_ALLOW, null)
                        .liftable(Way.SCP_EXEMPTION, Set.of())
                        .answer())
                .isEqualTo(Answer.NO);
    }

    @Test
    @DisplayName("R15 treats a denial without a cause as unknown")
    void knowsNothingWithoutCause() {
        assertThat(DenialCause.UNKNOWN.liftable(Way.SCP_EXEMPTION, Set.of()).answer())
                .isEqualTo(Answer.UNKNOWN);
    }

    @ParameterizedTest(name = "R10 {0} is a denial")
    @ValueSource(
            strings = {
                "AccessDenied",
                "AccessDeniedException",
                "AccessDeniedFault",
                "Client.AccessDenied",
                "Client.UnauthorizedOperation",
                "UnauthorizedOperation",
                "UnauthorizedException",
                "UnauthorizedAccess",
                "AuthorizationError",
                "NotAuthorized",
                "accessdenied"
            })
    void knowsDenials(String code) {
        assertThat(DenialCodes.isDenial("s3.amazonaws.com", code)).isTrue();
    }

    @ParameterizedTest(name = "R10 {0} is no denial")
    @ValueSource(
            strings = {
                "",
                "ThrottlingException",
                "NoSuchBucketPolicy",
                "NoSuchEntityException",
                "ExpiredToken",
                "SignatureDoesNotMatch",
                "Client.RequestLimitExceeded",
                "ValidationException"
            })
    void knowsOtherErrors(String code) {
        assertThat(DenialCodes.isDenial("s3.amazonaws.com", code)).isFalse();
    }

    @Test
    @DisplayName("R10 does not take a wrong password of an application's user for a denial")
    void passesOverWrongPassword() {
        assertThat(DenialCodes.isDenial("cognito-idp.amazonaws.com", "NotAuthorizedException"))
                .isFalse();
        assertThat(DenialCodes.isDenial("iot.amazonaws.com", "NotAuthorizedException"))
                .isTrue();
        assertThat(DenialCodes.isDenial("s3.amazonaws.com", null)).isFalse();
    }
}
