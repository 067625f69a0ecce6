package io.drawbridge.grant.aws.assignment;

import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.ACME;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DATABASE;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DEV;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.PROD;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.READER;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudContract;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.Lease;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.Moto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.identitystore.IdentitystoreClient;
import software.amazon.awssdk.services.ssoadmin.SsoAdminClient;
import software.amazon.awssdk.services.ssoadmin.model.AccountAssignment;
import software.amazon.awssdk.services.ssoadmin.model.InstanceMetadata;
import software.amazon.awssdk.services.ssoadmin.model.PrincipalType;
import software.amazon.awssdk.services.ssoadmin.model.TargetType;

/** Account assignments against the contract of all clouds, on moto through the real SDK, and what is their own. */
@DisplayName("Account assignments")
@SuppressWarnings("NullAway.Init")
class AccountAssignmentsContractOnMotoTest extends CloudContract {
    private static final Answer NO =
            Answer.error(400, "AccessDeniedException", "User is not authorized to perform this");

    private FaultyAws proxy;
    private AssignmentsUnderTest under;
    private SsoAdminClient secondClient;
    private IdentitystoreClient store;
    private String instance;
    private String storeId;
    private String alice;
    private boolean slow;

    @BeforeEach
    void anEmptyIdentityCenter() {
        Moto moto = Moto.server().reset();
        proxy = new FaultyAws(moto.endpoint());
        under = new AssignmentsUnderTest(
                new io.drawbridge.stage.TestClock(), proxy.endpoint(), AssignmentsUnderTest.plenty(), null);
        secondClient = SsoAdminClient.builder()
                .endpointOverride(moto.endpoint())
                .credentialsProvider(Moto.credentials())
                .region(Region.EU_CENTRAL_1)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        store = IdentitystoreClient.builder()
                .endpointOverride(moto.endpoint())
                .credentialsProvider(Moto.credentials())
                .region(Region.EU_CENTRAL_1)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        InstanceMetadata there =
                secondClient.listInstances(request -> {}).instances().get(0);
        instance = there.instanceArn();
        storeId = there.identityStoreId();
        under.addSet(DATABASE, permissionSet(DATABASE), false);
        under.addSet(READER, permissionSet(READER), false);
        // Alice is known to Drawbridge; the workers are to be looked up.
        alice = user("alice@acme.example");
        under.userIds.put("alice@acme.example", alice);
        IntStream.range(0, 8).forEach(number -> user("worker-" + number + "@acme.example"));
        slow = false;
    }

    @AfterEach
    void close() {
        under.close();
        proxy.close();
        secondClient.close();
        store.close();
    }

    @Override
    protected Way way() {
        return Way.ACCOUNT_ASSIGNMENT;
    }

    @Override
    protected Entitlement entitlement() {
        return DATABASE;
    }

    @Override
    protected Entitlement anotherEntitlement() {
        return READER;
    }

    @Override
    protected Identity worker(int number) {
        return AssignmentsUnderTest.user("worker-" + number);
    }

    /** A slow AWS has a round before each call, so that what was asked for is under way there, and not only with us. */
    @Override
    protected Cloud cloud() {
        if (slow) {
            under.worker.round(ACME);
        }
        return under.cloud;
    }

    @Override
    protected void suffer(Trouble trouble) {
        proxy.throttle(trouble == Trouble.THROTTLED);
        proxy.answerProperly();
        if (trouble == Trouble.OPENING_FAILS) {
            proxy.answer("CreateAccountAssignment", NO);
        }
        if (trouble == Trouble.CLOSING_FAILS) {
            proxy.answer("DeleteAccountAssignment", NO);
        }
        slow = trouble == Trouble.SLOW;
        proxy.takeTime(slow);
    }

    @Override
    protected void timePasses() {
        for (int round = 0; round < 12; round++) {
            under.rounds(1, Duration.ofSeconds(10));
            if (round >= 2) {
                proxy.finish();
            }
        }
    }

    @Override
    protected boolean hasAccess(Lease lease) {
        String user = store.getUserId(request -> request.identityStoreId(storeId)
                        .alternateIdentifier(alternate -> alternate.uniqueAttribute(attribute -> attribute
                                .attributePath("userName")
                                .attributeValue(software.amazon.awssdk.core.document.Document.fromString(
                                        lease.identity().name())))))
                .userId();
        return list(lease.account(), (PermissionSetName) lease.entitlement()).stream()
                .anyMatch(assignment -> assignment.principalId().equals(user));
    }

    @Override
    protected int objects() {
        int objects = 0;
        for (ScopeId account : List.of(PROD, DEV)) {
            for (PermissionSetName set : List.of(DATABASE, READER)) {
                objects += list(account, set).size();
            }
        }
        return objects;
    }

    @Test
    @DisplayName("R50 is outside of every transaction: what it was asked for stays asked when the caller fails")
    void keepsWhatItWasAskedForWhenTheCallerFails() {
        Lease lease = lease(PROD, "alice", DATABASE);

        new TransactionTemplate(under.aws.transactions()).executeWithoutResult(transaction -> {
            cloud().open(lease);
            transaction.setRollbackOnly();
        });
        timePasses();

        assertThat(hasAccess(lease)).isTrue();
    }

    @Test
    @DisplayName("R50 finds an assignment whose answer was lost, and makes no second one")
    void findsWhatItMadeWithoutAnAnswer() {
        Lease lease = lease(PROD, "alice", DATABASE);
        proxy.loseAnswers("CreateAccountAssignment", 1);

        cloud().open(lease);
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(objects()).isOne();
        assertThat(proxy.calls("CreateAccountAssignment")).isOne();
    }

    @Test
    @DisplayName("R53 takes back an assignment whose answer was lost, if it is not wanted any more")
    void takesBackWhatItMadeWithoutAnAnswer() {
        Lease lease = lease(PROD, "alice", DATABASE);
        proxy.loseAnswers("CreateAccountAssignment", 1);
        cloud().open(lease);
        under.worker.round(ACME);
        assertThat(hasAccess(lease)).isTrue();

        cloud().close(lease);
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R53 finds that a removal was done whose answer was lost")
    void findsWhatItRemovedWithoutAnAnswer() {
        Lease lease = lease(PROD, "alice", DATABASE);
        cloud().open(lease);
        timePasses();
        proxy.loseAnswers("DeleteAccountAssignment", 1);

        cloud().close(lease);
        timePasses();

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName(
            "R50 adopts an assignment of a permission set of ours that is there already, and takes it back at the end")
    void adoptsWhatIsThere() {
        Lease lease = lease(PROD, "alice", DATABASE);
        assign(PROD, DATABASE, PrincipalType.USER, alice);
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);

        cloud().open(lease);
        timePasses();
        assertThat(objects()).isOne();
        cloud().close(lease);
        timePasses();

        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R51 does not believe what it saw before it was asked: what somebody removed by hand is made again")
    void looksAgainWhenItIsAskedAgain() {
        Lease lease = lease(PROD, "alice", DATABASE);
        cloud().open(lease);
        timePasses();
        secondClient.deleteAccountAssignment(request -> request.instanceArn(instance)
                .permissionSetArn(arn(DATABASE))
                .targetType(TargetType.AWS_ACCOUNT)
                .targetId(PROD.value())
                .principalType(PrincipalType.USER)
                .principalId(alice));

        cloud().open(lease(PROD, "alice", DATABASE));
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        timePasses();

        assertThat(hasAccess(lease)).isTrue();
    }

    @Test
    @DisplayName("R50 has one worker at a time, whichever node: two at once make no second assignment")
    void worksOnOneNodeAtATime() throws Exception {
        AssignmentWorker other = under.anotherNode();
        List<Lease> leases = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            Lease lease = new Lease(
                    io.drawbridge.grant.GrantId.random(),
                    ACME,
                    PROD,
                    worker(number),
                    DATABASE,
                    Way.ACCOUNT_ASSIGNMENT,
                    java.time.Instant.parse("2999-01-15T14:00:00Z"));
            leases.add(lease);
            cloud().open(lease);
        }
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> working = new ArrayList<>();
            for (AssignmentWorker node : List.of(under.worker, other)) {
                working.add(nodes.submit(() -> IntStream.range(0, 5).forEach(round -> node.round(ACME))));
            }
            for (Future<?> work : working) {
                work.get(60, TimeUnit.SECONDS);
            }
        } finally {
            nodes.shutdownNow();
        }
        timePasses();

        assertThat(leases).allMatch(this::hasAccess);
        assertThat(objects()).isEqualTo(8);
        assertThat(proxy.calls("CreateAccountAssignment")).isEqualTo(8);
    }

    @Test
    @DisplayName(
            "R57 lists what is assigned to groups through a permission set of ours, and nothing of another's; removes both kinds")
    void listsWhatIsOurs() {
        PermissionSetName foreign = new PermissionSetName("Administrator");
        String group = store.createGroup(
                        request -> request.identityStoreId(storeId).displayName("engineers"))
                .groupId();
        String worker = user("zoe@acme.example");
        assign(PROD, DATABASE, PrincipalType.GROUP, group);
        assign(DEV, READER, PrincipalType.USER, worker);
        assign(PROD, foreign, permissionSet(foreign), PrincipalType.USER, worker);

        Cloud.Inventory inventory = cloud().inventory(ACME);

        assertThat(inventory.ours())
                .extracting(Cloud.Held::objectKey)
                .containsExactlyInAnyOrder(
                        PROD + "|permission-set/DatabaseAdministrator|GROUP:" + group,
                        DEV + "|permission-set/Reader|SSO_USER:zoe@acme.example");
        inventory.ours().forEach(held -> cloud().remove(ACME, held));
        timePasses();
        assertThat(objects()).isZero();
        assertThat(cloud().inventory(ACME).ours()).isEmpty();
        assertThat(list(PROD, foreign)).hasSize(1);
    }

    @Test
    @DisplayName("R56 names the grant of what it made, and an inventory that cannot be complete is none")
    void namesTheGrant() {
        Lease lease = lease(PROD, "alice", DATABASE);
        cloud().open(lease);
        timePasses();

        assertThat(cloud().inventory(ACME).ours()).singleElement().satisfies(held -> assertThat(held.grant())
                .isEqualTo(lease.grant()));
        proxy.answer("ListPermissionSetsProvisionedToAccount", NO);
        assertThatExceptionOfType(CloudException.class)
                .isThrownBy(() -> cloud().inventory(ACME))
                .withMessageContaining("AccessDeniedException")
                .withMessageContaining("Allow it in the policies of the role");
    }

    @Test
    @DisplayName(
            "R50 says at once what can never be: a machine, an unknown person or permission set, the management account")
    void saysWhatCanNeverBe() {
        Lease machine = new Lease(
                io.drawbridge.grant.GrantId.random(),
                ACME,
                PROD,
                new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::111122223333:role/deploy", "deploy"),
                DATABASE,
                Way.ACCOUNT_ASSIGNMENT,
                java.time.Instant.parse("2999-01-15T14:00:00Z"));

        for (Lease never : List.of(
                machine,
                lease(PROD, "nobody", DATABASE),
                lease(PROD, "alice", new PermissionSetName("Unknown")),
                lease(new ScopeId(AssignmentsUnderTest.MANAGEMENT), "alice", DATABASE))) {
            assertThatExceptionOfType(CloudException.Impossible.class).isThrownBy(() -> cloud().open(never));
            assertThatCode(() -> cloud().close(never)).doesNotThrowAnyException();
            assertThat(cloud().presenceOf(never)).isEqualTo(Cloud.Presence.ABSENT);
        }
        timePasses();
        assertThat(objects()).isZero();
    }

    @Test
    @DisplayName("R52 says how late a removal may be, by what waits before it; and how long its sessions may go on")
    void saysHowLateItMayBe() {
        Lease lease = lease(PROD, "alice", DATABASE);
        assertThat(cloud().ending(lease)).isEqualTo(new Cloud.Ending(false, Duration.ZERO));
        cloud().open(lease);
        timePasses();
        cloud().close(lease);

        assertThat(cloud().ending(lease).byItself()).isFalse();
        assertThat(under.book.waitingRemovals(ACME)).isOne();
        timePasses();
        assertThat(under.book.waitingRemovals(ACME)).isZero();
        assertThat(cloud().sessionsUntil(lease, under.clock.instant()))
                .contains(under.clock.instant().plus(Duration.ofHours(4)));
        Lease never = lease(PROD, "alice", READER);
        cloud().close(never);
        assertThat(cloud().sessionsUntil(never, under.clock.instant())).isEmpty();
    }

    private List<AccountAssignment> list(ScopeId account, PermissionSetName set) {
        return secondClient
                .listAccountAssignments(request ->
                        request.instanceArn(instance).accountId(account.value()).permissionSetArn(arn(set)))
                .accountAssignments();
    }

    private String arn(PermissionSetName set) {
        PermissionSets.PermissionSet ours = under.sets.get(set);
        return ours != null
                ? ours.arn()
                : secondClient.listPermissionSets(request -> request.instanceArn(instance)).permissionSets().stream()
                        .filter(arn -> secondClient
                                .describePermissionSet(
                                        request -> request.instanceArn(instance).permissionSetArn(arn))
                                .permissionSet()
                                .name()
                                .equals(set.name()))
                        .findFirst()
                        .orElseThrow();
    }

    private void assign(ScopeId account, PermissionSetName set, PrincipalType type, String principal) {
        assign(account, set, arn(set), type, principal);
    }

    private void assign(ScopeId account, PermissionSetName set, String arn, PrincipalType type, String principal) {
        assertThat(arn).as("%s", set).isNotBlank();
        secondClient.createAccountAssignment(request -> request.instanceArn(instance)
                .permissionSetArn(arn)
                .targetType(TargetType.AWS_ACCOUNT)
                .targetId(account.value())
                .principalType(type)
                .principalId(principal));
    }

    /** AWS provisions a permission set when it is assigned; moto has to be told. */
    private String permissionSet(PermissionSetName name) {
        String arn = secondClient
                .createPermissionSet(request -> request.instanceArn(instance).name(name.name()))
                .permissionSet()
                .permissionSetArn();
        secondClient.provisionPermissionSet(
                request -> request.instanceArn(instance).permissionSetArn(arn).targetType("ALL_PROVISIONED_ACCOUNTS"));
        return arn;
    }

    private String user(String name) {
        return store.createUser(request -> request.identityStoreId(storeId)
                        .userName(name)
                        .displayName(name)
                        .name(part -> part.givenName("a").familyName("b")))
                .userId();
    }
}
