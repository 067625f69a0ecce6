package io.drawbridge.grant.aws.assignment;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.ACME;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DATABASE;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DEV;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.PROD;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.drawbridge.grant.Cloud.Held;
import io.drawbridge.grant.Cloud.Presence;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.Lease;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What AWS answers and moto does not.
 *
 * <p>The answers are ours, shaped from the IAM Identity Center API Reference: CreateAccountAssignment, DeleteAccountAssignment,
 * their two statuses, ListAccountAssignments, and "Common Errors".
 */
@DisplayName("Account assignments, by what AWS answers,")
@SuppressWarnings("NullAway.Init")
class AwsAnswersTest {
    private static final String SET = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef";
    private static final String INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    private static final String ALICE = "94482488-3041-7026-18f3-be45837cd0e4";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private WireMockServer aws;
    private AssignmentsUnderTest under;

    @BeforeEach
    void anAwsThatIsTold() {
        aws = new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
        aws.start();
        under = new AssignmentsUnderTest(
                new TestClock(), java.net.URI.create(aws.baseUrl()), AssignmentsUnderTest.plenty(), INSTANCE);
        under.addSet(DATABASE, SET, false);
        under.userIds.put("alice@acme.example", ALICE);
    }

    @AfterEach
    void close() {
        under.close();
        aws.stop();
    }

    @Test
    @DisplayName("R51 follows a creation from IN_PROGRESS to SUCCEEDED, and calls it there when AWS lists it")
    void followsACreationToItsEnd() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED);
        aws.stubFor(
                in(Scenario.STARTED, "asked", on("CreateAccountAssignment")).willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(in("asked", "nearly", on("DescribeAccountAssignmentCreationStatus"))
                .willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(in("nearly", "done", on("DescribeAccountAssignmentCreationStatus"))
                .willReturn(creation("SUCCEEDED", "")));
        aws.stubFor(in("done", "shown", on("ListAccountAssignments")).willReturn(list()));
        listed("shown", ALICE);

        under.cloud.open(lease);
        List<Presence> said = said(lease, 8);

        // AWS is eventually consistent: its list shows it one look after the request has succeeded.
        assertThat(said)
                .startsWith(Presence.CHANGING, Presence.CHANGING, Presence.CHANGING)
                .endsWith(Presence.PRESENT);
        assertThat(calls("CreateAccountAssignment")).isOne();
        assertThat(under.cloud.requestIds(lease.tenant(), lease.objectKey()))
                .singleElement()
                .asString()
                .isNotBlank();
        aws.verify(postRequestedFor(urlEqualTo("/"))
                .withHeader("X-Amz-Target", equalTo("SWBExternalService.CreateAccountAssignment"))
                .withRequestBody(matchingJsonPath("$.InstanceArn", equalTo(INSTANCE)))
                .withRequestBody(matchingJsonPath("$.PermissionSetArn", equalTo(SET)))
                .withRequestBody(matchingJsonPath("$.TargetId", equalTo(PROD.value())))
                .withRequestBody(matchingJsonPath("$.TargetType", equalTo("AWS_ACCOUNT")))
                .withRequestBody(matchingJsonPath("$.PrincipalType", equalTo("USER")))
                .withRequestBody(matchingJsonPath("$.PrincipalId", equalTo(ALICE))));
    }

    @Test
    @DisplayName("R51 says why AWS has failed at a creation, leaves it at that, and tries anew when it is asked again")
    void saysWhyACreationFailed() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED);
        aws.stubFor(on("CreateAccountAssignment").willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentCreationStatus")
                .willReturn(creation("FAILED", "The trust policy of a role could not be written.")));

        under.cloud.open(lease);
        under.rounds(20, Duration.ofSeconds(10));

        assertThatExceptionOfType(CloudException.Refused.class)
                .isThrownBy(() -> under.cloud.presenceOf(lease))
                .withMessageContaining("The trust policy of a role could not be written.")
                .withMessageContaining("DatabaseAdministrator")
                .isNotInstanceOf(CloudException.Impossible.class);
        assertThat(calls("CreateAccountAssignment")).isOne();
        under.cloud.open(lease);
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.CHANGING);
        under.rounds(3, SECOND);
        assertThat(calls("CreateAccountAssignment")).isEqualTo(2);
    }

    @Test
    @DisplayName("R53 says why AWS has failed at a removal, and goes on trying without being asked")
    void goesOnTryingToRemove() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED, ALICE);
        aws.stubFor(on("DeleteAccountAssignment").willReturn(deletion("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentDeletionStatus")
                .willReturn(deletion("FAILED", "The role is in use elsewhere.")));

        under.cloud.close(lease);
        under.rounds(3, Duration.ZERO);
        assertThatExceptionOfType(CloudException.Refused.class)
                .isThrownBy(() -> under.cloud.presenceOf(lease))
                .withMessageContaining("The role is in use elsewhere.");
        under.rounds(30, Duration.ofSeconds(30));
        assertThat(calls("DeleteAccountAssignment")).isBetween(5, 31);

        aws.stubFor(in(Scenario.STARTED, "gone", on("DescribeAccountAssignmentDeletionStatus"))
                .willReturn(deletion("SUCCEEDED", "")));
        listed("gone");
        under.rounds(10, Duration.ofSeconds(30));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
    }

    @Test
    @DisplayName("R58 waits where another operation is under way: ConflictException is never a failure")
    void waitsOutConflicts() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED);
        aws.stubFor(on("CreateAccountAssignment")
                .willReturn(error(409, "ConflictException", "An operation is in progress.")));

        under.cloud.open(lease);
        assertThat(said(lease, 60)).containsOnly(Presence.CHANGING);
        assertThat(calls("CreateAccountAssignment")).isBetween(4, 20);

        aws.stubFor(
                in(Scenario.STARTED, "there", on("CreateAccountAssignment")).willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentCreationStatus").willReturn(creation("SUCCEEDED", "")));
        listed("there", ALICE);
        under.rounds(10, Duration.ofSeconds(60));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.PRESENT);
    }

    @Test
    @DisplayName("R58 waits, longer each time, while AWS says ThrottlingException; that is never a failure")
    void waitsOutThrottling() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED, ALICE);
        aws.stubFor(on("DeleteAccountAssignment").willReturn(error(400, "ThrottlingException", "Rate exceeded")));

        under.cloud.close(lease);
        assertThat(said(lease, 120)).containsOnly(Presence.CHANGING);
        assertThat(calls("DeleteAccountAssignment")).isBetween(4, 20);

        aws.stubFor(
                in(Scenario.STARTED, "gone", on("DeleteAccountAssignment")).willReturn(deletion("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentDeletionStatus").willReturn(deletion("SUCCEEDED", "")));
        listed("gone");
        under.rounds(10, Duration.ofSeconds(60));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
    }

    @Test
    @DisplayName(
            "R50 says that what AWS does not know can never be assigned: a user, an account, a permission set that is no more")
    void saysThatWhatVanishedCannotBeAssigned() {
        Lease byCall = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED);
        aws.stubFor(on("CreateAccountAssignment")
                .willReturn(error(400, "ResourceNotFoundException", "User " + ALICE + " not found")));
        under.cloud.open(byCall);
        under.rounds(3, SECOND);
        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> under.cloud.presenceOf(byCall))
                .withMessageContaining("User " + ALICE + " not found")
                .withMessageContaining("Check that the user, the account and the permission set still exist.");

        Lease byStatus = lease(DEV, "alice", DATABASE);
        aws.stubFor(on("CreateAccountAssignment").willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentCreationStatus")
                .willReturn(creation("FAILED", "Received a 404 status error: Not supported user.")));
        under.cloud.open(byStatus);
        under.rounds(4, SECOND);
        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> under.cloud.presenceOf(byStatus))
                .withMessageContaining("404");

        under.userIds.put("bob@acme.example", "bob-id");
        Lease byList = lease(PROD, "bob", DATABASE);
        aws.stubFor(on("ListAccountAssignments")
                .willReturn(error(400, "ResourceNotFoundException", "Account " + PROD + " not found")));
        aws.stubFor(on("ListPermissionSets").willReturn(json("{\"PermissionSets\":[]}")));
        under.cloud.open(byList);
        under.rounds(3, SECOND);
        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> under.cloud.presenceOf(byList))
                .withMessageContaining("Account " + PROD + " not found");
    }

    @Test
    @DisplayName("R53 a removal is done where account or permission set are no more, and says so")
    void isGoneWhereTheAccountIsGone() {
        Lease lease = lease(PROD, "alice", DATABASE);
        aws.stubFor(on("ListAccountAssignments")
                .willReturn(error(400, "ResourceNotFoundException", "Account " + PROD + " not found")));
        aws.stubFor(on("ListPermissionSets").willReturn(json("{\"PermissionSets\":[]}")));

        under.cloud.close(lease);
        under.rounds(3, SECOND);

        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
        assertThat(under.book.find(lease.objectKey()).orElseThrow().remark).contains("Account " + PROD + " not found");
    }

    @Test
    @DisplayName(
            "R51 does not take it for gone where the instance itself cannot be read, or AWS cannot read its own key")
    void isNotGoneWhereTheInstanceIsUnknown() {
        Lease lease = lease(PROD, "alice", DATABASE);
        aws.stubFor(
                on("ListAccountAssignments").willReturn(error(400, "ResourceNotFoundException", "Instance not found")));
        aws.stubFor(on("ListPermissionSets").willReturn(error(400, "ResourceNotFoundException", "Instance not found")));
        under.cloud.close(lease);
        under.rounds(20, Duration.ofSeconds(60));
        assertThatExceptionOfType(CloudException.class)
                .isThrownBy(() -> under.cloud.presenceOf(lease))
                .withMessageContaining("Instance not found");

        aws.stubFor(on("ListAccountAssignments")
                .willReturn(json("{\"__type\":\"ResourceNotFoundException\",\"Message\":\"Key not found\","
                                + "\"Reason\":\"KMS_KeyNotFoundException\"}")
                        .withStatus(400)));
        aws.stubFor(on("ListPermissionSets").willReturn(json("{\"PermissionSets\":[]}")));
        under.rounds(20, Duration.ofSeconds(60));
        assertThatExceptionOfType(CloudException.class)
                .isThrownBy(() -> under.cloud.presenceOf(lease))
                .withMessageContaining("ResourceNotFoundException");
    }

    @Test
    @DisplayName("R53 a removal is done where the user is no more, although AWS still lists it and cannot remove it")
    void isGoneWhereTheUserIsGone() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED, ALICE);
        aws.stubFor(on("DeleteAccountAssignment")
                .willReturn(error(400, "ResourceNotFoundException", "User " + ALICE + " not found")));
        aws.stubFor(onStore("DescribeUser")
                .willReturn(json("{\"UserId\":\"" + ALICE + "\",\"UserName\":\"alice\","
                        + "\"IdentityStoreId\":\"d-0123456789\"}")));

        under.cloud.close(lease);
        under.rounds(5, SECOND);
        assertThatExceptionOfType(CloudException.Refused.class).isThrownBy(() -> under.cloud.presenceOf(lease));

        aws.stubFor(onStore("DescribeUser").willReturn(error(400, "ResourceNotFoundException", "USER not found.")));
        under.rounds(20, Duration.ofSeconds(30));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
        assertThat(under.book.find(lease.objectKey()).orElseThrow().remark).contains("no longer knows");
    }

    @Test
    @DisplayName(
            "R50 asks again for a creation whose answer was lost and which is not yet listed: AWS makes one of two")
    void asksAgainWhereTheAnswerWasLost() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED);
        aws.stubFor(in(Scenario.STARTED, "asked", on("CreateAccountAssignment"))
                .willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        listed("asked");
        aws.stubFor(in("asked", "there", on("CreateAccountAssignment")).willReturn(creation("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentCreationStatus").willReturn(creation("SUCCEEDED", "")));
        listed("there", ALICE);

        under.cloud.open(lease);
        List<Presence> said = said(lease, 20);

        assertThat(said).startsWith(Presence.CHANGING).endsWith(Presence.PRESENT);
        assertThat(calls("CreateAccountAssignment")).isEqualTo(2);
    }

    @Test
    @DisplayName("R53 says that AWS is in trouble when it was so three times, and goes on with a removal by itself")
    void waitsOutTrouble() {
        Lease lease = lease(PROD, "alice", DATABASE);
        listed(Scenario.STARTED, ALICE);
        aws.stubFor(on("DeleteAccountAssignment").willReturn(error(500, "InternalServerException", "Out of order")));

        under.cloud.close(lease);
        under.rounds(20, Duration.ofSeconds(10));
        assertThatExceptionOfType(CloudException.Refused.class)
                .isThrownBy(() -> under.cloud.presenceOf(lease))
                .withMessageContaining("InternalServerException: Out of order");
        assertThat(calls("DeleteAccountAssignment")).isGreaterThan(3);

        aws.stubFor(
                in(Scenario.STARTED, "gone", on("DeleteAccountAssignment")).willReturn(deletion("IN_PROGRESS", "")));
        aws.stubFor(on("DescribeAccountAssignmentDeletionStatus").willReturn(deletion("SUCCEEDED", "")));
        listed("gone");
        under.rounds(20, Duration.ofSeconds(10));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
    }

    @Test
    @DisplayName("R56 reads every page: of the permission sets of an account, and of who has them")
    void readsEveryPage() {
        aws.stubFor(on("ListPermissionSetsProvisionedToAccount")
                .withRequestBody(matchingJsonPath("$.AccountId", equalTo(DEV.value())))
                .willReturn(json("{\"PermissionSets\":[]}")));
        aws.stubFor(on("ListPermissionSetsProvisionedToAccount")
                .withRequestBody(matchingJsonPath("$[?(!@.NextToken && @.AccountId == '" + PROD + "')]"))
                .willReturn(json("{\"PermissionSets\":[\"" + SET + "-other\"],\"NextToken\":\"two\"}")));
        aws.stubFor(on("ListPermissionSetsProvisionedToAccount")
                .withRequestBody(matchingJsonPath("$.NextToken", equalTo("two")))
                .willReturn(json("{\"PermissionSets\":[\"" + SET + "\"]}")));
        aws.stubFor(on("ListAccountAssignments")
                .withRequestBody(matchingJsonPath("$[?(!@.NextToken)]"))
                .willReturn(json("{\"AccountAssignments\":[" + assignment("somebody") + "],\"NextToken\":\"two\"}")));
        aws.stubFor(on("ListAccountAssignments")
                .withRequestBody(matchingJsonPath("$.NextToken", equalTo("two")))
                .willReturn(list(ALICE)));
        aws.stubFor(onStore("DescribeUser").willReturn(error(400, "ResourceNotFoundException", "USER not found.")));
        Lease lease = lease(PROD, "alice", DATABASE);

        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.PRESENT);
        assertThat(under.cloud.inventory(ACME).ours())
                .extracting(Held::objectKey)
                .containsExactlyInAnyOrder(
                        lease.objectKey(), PROD + "|permission-set/DatabaseAdministrator|SSO_USER:somebody");
    }

    private List<Presence> said(Lease lease, int rounds) {
        List<Presence> said = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            under.rounds(1, Duration.ofSeconds(2));
            said.add(under.cloud.presenceOf(lease));
        }
        return said;
    }

    private int calls(String operation) {
        return aws.countRequestsMatching(postRequestedFor(urlEqualTo("/"))
                        .withHeader("X-Amz-Target", equalTo("SWBExternalService." + operation))
                        .build())
                .getCount();
    }

    /** What AWS lists while the story has come so far. */
    private void listed(String state, String... users) {
        aws.stubFor(in(state, state, on("ListAccountAssignments")).willReturn(list(users)));
    }

    private static MappingBuilder on(String operation) {
        return post(urlEqualTo("/")).withHeader("X-Amz-Target", equalTo("SWBExternalService." + operation));
    }

    private static MappingBuilder onStore(String operation) {
        return post(urlEqualTo("/")).withHeader("X-Amz-Target", equalTo("AWSIdentityStore." + operation));
    }

    private static MappingBuilder in(String state, String next, MappingBuilder stub) {
        return stub.inScenario("the assignment").whenScenarioStateIs(state).willSetStateTo(next);
    }

    private static ResponseDefinitionBuilder list(String... users) {
        List<String> assignments = new ArrayList<>();
        for (String user : users) {
            assignments.add(assignment(user));
        }
        return json("{\"AccountAssignments\":[" + String.join(",", assignments) + "]}");
    }

    private static String assignment(String user) {
        return "{\"AccountId\":\"" + PROD + "\",\"PermissionSetArn\":\"" + SET
                + "\",\"PrincipalType\":\"USER\",\"PrincipalId\":\"" + user + "\"}";
    }

    private static ResponseDefinitionBuilder creation(String status, String reason) {
        return status("AccountAssignmentCreationStatus", status, reason);
    }

    private static ResponseDefinitionBuilder deletion(String status, String reason) {
        return status("AccountAssignmentDeletionStatus", status, reason);
    }

    private static ResponseDefinitionBuilder status(String field, String status, String reason) {
        return json("{\"" + field + "\":{\"Status\":\"" + status
                + "\",\"RequestId\":\"11111111-2222-3333-4444-555555555555\",\"FailureReason\":\"" + reason
                + "\",\"TargetId\":\"" + PROD + "\",\"TargetType\":\"AWS_ACCOUNT\",\"PermissionSetArn\":\"" + SET
                + "\",\"PrincipalType\":\"USER\",\"PrincipalId\":\"" + ALICE + "\",\"CreatedDate\":1.7684784E9}}");
    }

    private static ResponseDefinitionBuilder error(int status, String type, String message) {
        return json("{\"__type\":\"" + type + "\",\"Message\":\"" + message + "\"}")
                .withStatus(status);
    }

    private static ResponseDefinitionBuilder json(String body) {
        return aResponse()
                .withStatus(200)
                .withHeader("Content-Type", "application/x-amz-json-1.1")
                .withBody(body);
    }
}
