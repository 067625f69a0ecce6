package io.drawbridge.grant.aws.assignment;

import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.ACME;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DATABASE;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.READER;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Cloud.Presence;
import io.drawbridge.grant.Lease;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.organizations.OrganizationsClient;
import software.amazon.awssdk.services.organizations.model.PolicySummary;
import software.amazon.awssdk.services.organizations.model.PolicyType;
import software.amazon.awssdk.services.ssoadmin.SsoAdminClient;

/** Sessions are closed with the grant where the permission set says so; on moto, seen by a second client. */
@DisplayName("Sessions of account assignments")
@SuppressWarnings("NullAway.Init")
class SessionPoliciesOnMotoTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private FaultyAws proxy;
    private AssignmentsUnderTest under;
    private OrganizationsClient secondClient;
    private ScopeId account;

    @BeforeEach
    void anOrganization() {
        Moto moto = Moto.server().reset();
        proxy = new FaultyAws(moto.endpoint());
        under = new AssignmentsUnderTest(new TestClock(), proxy.endpoint(), AssignmentsUnderTest.plenty(), null);
        secondClient = OrganizationsClient.builder()
                .endpointOverride(moto.endpoint())
                .credentialsProvider(Moto.credentials())
                .region(Region.AWS_GLOBAL)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        secondClient.createOrganization(request -> request.featureSet("ALL"));
        account = new ScopeId(secondClient
                .createAccount(request -> request.accountName("prod").email("prod@acme.example"))
                .createAccountStatus()
                .accountId());
        try (SsoAdminClient sso = SsoAdminClient.builder()
                .endpointOverride(moto.endpoint())
                .credentialsProvider(Moto.credentials())
                .region(Region.EU_CENTRAL_1)
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            String instance =
                    sso.listInstances(request -> {}).instances().get(0).instanceArn();
            for (boolean closes : List.of(true, false)) {
                String arn = sso.createPermissionSet(
                                request -> request.instanceArn(instance).name(closes ? DATABASE.name() : READER.name()))
                        .permissionSet()
                        .permissionSetArn();
                under.addSet(closes ? DATABASE : READER, arn, closes);
            }
        }
        under.userIds.put("alice@acme.example", "user-alice");
        under.userIds.put("bob@acme.example", "user-bob");
    }

    @AfterEach
    void close() {
        under.close();
        proxy.close();
        secondClient.close();
    }

    @Test
    @DisplayName(
            "R51 closes sessions with the removal, and calls it gone when the policy is in force; where none are to be closed, there is none")
    void closesSessionsWithTheRemoval() {
        Lease lease = lease(account, "alice", DATABASE);
        Lease reader = lease(account, "alice", READER);
        given(lease);
        given(reader);
        Instant removed = under.clock.instant();

        ended(reader);
        assertThat(policies()).isEmpty();
        assertThat(under.cloud.sessionsUntil(reader, removed)).contains(removed.plus(Duration.ofHours(4)));
        ended(lease);

        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
        assertThat(under.cloud.sessionsUntil(lease, removed)).isEmpty();
        assertThat(policies()).singleElement().satisfies(policy -> {
            assertThat(policy.name()).isEqualTo("drawbridge-" + account + "-sessions");
            assertThat(content(policy.id()))
                    .contains("\"identitystore:UserId\":\"user-alice\"")
                    .contains("AWSReservedSSO_DatabaseAdministrator_*")
                    .contains("aws:TokenIssueTime")
                    .contains("role/BreakGlass");
            assertThat(targets(policy.id())).containsExactly(account.value());
        });
    }

    @Test
    @DisplayName("R59 removes the policy when the last session has aged out, not a second before")
    void removesThePolicyWhenSessionsHaveAgedOut() {
        Lease lease = lease(account, "alice", DATABASE);
        given(lease);
        ended(lease);
        Instant until = java.util.Objects.requireNonNull(
                under.book.find(lease.objectKey()).orElseThrow().sessionsUntil);

        under.clock.setTo(until.minusSeconds(1));
        under.worker.round(ACME);
        assertThat(policies()).hasSize(1);
        under.clock.setTo(until);
        under.worker.round(ACME);

        assertThat(policies()).isEmpty();
    }

    @Test
    @DisplayName("R54 closes no session while another lease lives, and lifts what it closed when one lives again")
    void closesNothingWhileALeaseLives() {
        Lease lease = lease(account, "alice", DATABASE);
        given(lease);
        given(lease(account, "bob", DATABASE));

        under.cloud.close(lease);
        under.cloud.open(lease(account, "alice", DATABASE));
        under.rounds(8, SECOND);
        assertThat(policies()).isEmpty();

        // It was removed, the policy could not be written, and now AWS is at a new assignment.
        proxy.answer("CreatePolicy", Answer.error(500, "ServiceException", "Out of order"));
        ended(lease);
        proxy.answerProperly();
        proxy.takeTime(true);
        under.cloud.open(lease);
        under.rounds(8, SECOND);
        assertThat(policies()).isEmpty();
        proxy.takeTime(false);
        proxy.finish();
        under.rounds(8, SECOND);

        ended(lease(account, "bob", DATABASE));
        ended(lease);
        assertThat(content(policies().get(0).id())).contains("user-alice").contains("user-bob");
        given(lease(account, "alice", DATABASE));

        assertThat(content(policies().get(0).id())).doesNotContain("user-alice").contains("user-bob");
        given(lease(account, "bob", DATABASE));
        assertThat(policies()).isEmpty();
    }

    @Test
    @DisplayName(
            "R57 writes nothing over what somebody changed, detached or deleted; tells it, and restores it when that is chosen")
    void leavesWhatSomebodyChanged() {
        Lease alice = lease(account, "alice", DATABASE);
        Lease bob = lease(account, "bob", DATABASE);
        given(alice);
        given(bob);
        ended(alice);
        assertThat(under.cloud.inventory(ACME).foreign()).isEmpty();
        List<Runnable> deeds = List.of(
                () -> secondClient.updatePolicy(
                        request -> request.policyId(policies().get(0).id())
                                .content("{\"Version\":\"2012-10-17\",\"Statement\":[]}")),
                () -> secondClient.detachPolicy(
                        request -> request.policyId(policies().get(0).id()).targetId(account.value())),
                () -> {
                    String id = policies().get(0).id();
                    secondClient.detachPolicy(request -> request.policyId(id).targetId(account.value()));
                    secondClient.deletePolicy(request -> request.policyId(id));
                });
        for (Runnable deed : deeds) {
            deed.run();

            List<Cloud.Foreign> found = under.cloud.inventory(ACME).foreign();
            assertThat(found).singleElement().satisfies(each -> {
                assertThat(each.finding()).contains("that closes sessions in account " + account);
                assertThat(each.choices()).containsExactly("restore");
            });
            under.rounds(3, SECOND);
            assertThat(under.cloud.inventory(ACME).foreign()).isEqualTo(found);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> under.cloud.putRight(ACME, found.get(0).subject(), "ignore"));
            under.cloud.putRight(ACME, found.get(0).subject(), "restore");
            under.rounds(3, SECOND);

            assertThat(under.cloud.inventory(ACME).foreign()).isEmpty();
            assertThat(content(policies().get(0).id())).contains("user-alice");
            assertThat(targets(policies().get(0).id())).containsExactly(account.value());
        }

        // Noticed before the next write as well.
        deeds.get(0).run();
        ended(bob);
        assertThat(content(policies().get(0).id())).doesNotContain("user-bob");
        assertThat(under.cloud.presenceOf(bob)).isEqualTo(Presence.ABSENT);
        assertThat(under.cloud.sessionsUntil(bob, under.clock.instant())).isPresent();
    }

    @Test
    @DisplayName("R50 finds the policy again whose writing nobody heard of, and makes no second one")
    void findsThePolicyAgain() {
        Lease lease = lease(account, "alice", DATABASE);
        given(lease);
        proxy.loseAnswers("CreatePolicy", 1);
        ended(lease);
        under.rounds(10, SECOND);

        assertThat(policies()).hasSize(1);
        assertThat(under.cloud.sessionsUntil(lease, under.clock.instant())).isEmpty();
        proxy.loseAnswers("UpdatePolicy", 1);
        Lease bob = lease(account, "bob", DATABASE);
        given(bob);
        ended(bob);
        under.rounds(10, SECOND);

        assertThat(under.cloud.inventory(ACME).foreign()).isEmpty();
        assertThat(under.cloud.sessionsUntil(bob, under.clock.instant())).isEmpty();
        assertThat(content(policies().get(0).id())).contains("user-bob");
    }

    @Test
    @DisplayName(
            "R51 does not hold a removal up where the policy cannot be written: sessions go on, and it says until when")
    void doesNotHoldARemovalUp() {
        Lease lease = lease(account, "alice", DATABASE);
        given(lease);
        proxy.answer(
                "CreatePolicy",
                Answer.error(400, "ConstraintViolationException", "You have exceeded the number of policies"));

        ended(lease);

        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
        assertThat(under.cloud.sessionsUntil(lease, under.clock.instant())).isPresent();
        proxy.answerProperly();
        under.rounds(8, Duration.ofMinutes(1));
        assertThat(policies()).hasSize(1);
        assertThat(under.cloud.sessionsUntil(lease, under.clock.instant())).isEmpty();
    }

    @Test
    @DisplayName("R51 waits two minutes at most for AWS to answer")
    void waitsTwoMinutes() {
        Lease lease = lease(account, "alice", DATABASE);
        given(lease);
        proxy.answer("CreatePolicy", Answer.error(500, "ServiceException", "Out of order"));

        ended(lease);

        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.CHANGING);
        under.rounds(60, Duration.ofSeconds(2));
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.ABSENT);
        assertThat(under.cloud.sessionsUntil(lease, under.clock.instant())).isPresent();
    }

    private void given(Lease lease) {
        under.cloud.open(lease);
        under.rounds(8, SECOND);
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Presence.PRESENT);
    }

    private void ended(Lease lease) {
        under.cloud.close(lease);
        under.rounds(8, SECOND);
    }

    private List<PolicySummary> policies() {
        return secondClient
                .listPolicies(request -> request.filter(PolicyType.SERVICE_CONTROL_POLICY))
                .policies()
                .stream()
                .filter(policy -> policy.name().startsWith("drawbridge-"))
                .toList();
    }

    private String content(String policy) {
        return secondClient
                .describePolicy(request -> request.policyId(policy))
                .policy()
                .content();
    }

    private List<String> targets(String policy) {
        return secondClient.listTargetsForPolicy(request -> request.policyId(policy)).targets().stream()
                .map(target -> target.targetId())
                .toList();
    }
}
