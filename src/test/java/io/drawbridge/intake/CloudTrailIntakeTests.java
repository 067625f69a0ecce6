package io.drawbridge.intake;

import static io.drawbridge.intake.CloudTrailRecords.DEV;
import static io.drawbridge.intake.CloudTrailRecords.GLOBEX;
import static io.drawbridge.intake.CloudTrailRecords.PROD;
import static io.drawbridge.intake.CloudTrailRecords.aDenial;
import static io.drawbridge.intake.CloudTrailRecords.logFile;
import static io.drawbridge.intake.CloudTrailRecords.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The intake")
class CloudTrailIntakeTests {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final AccessDuration HOUR = AccessDuration.of(Duration.ofHours(1));
    private static final PersonId BOB = new PersonId("bob@acme.example");
    private static final String BOUNDARY = "because no permissions boundary allows the s3:DeleteBucket action";

    private static IntakeHouse house;

    @BeforeAll
    static void build() {
        house = IntakeHouse.inMemory();
    }

    @AfterAll
    static void pullDown() {
        house.close();
    }

    @BeforeEach
    void reset() {
        house.reset();
    }

    @Test
    @DisplayName("R10 opens a request for a denied call of a protected service, and asks the person why")
    void opens() {
        DeniedCallIntake.Receipt receipt = house.handIn(sample("denied-s3-delete-bucket.json"));

        assertThat(receipt)
                .returns(1, DeniedCallIntake.Receipt::received)
                .returns(1, DeniedCallIntake.Receipt::opened)
                .returns(0, DeniedCallIntake.Receipt::ignored);
        AccessRequest request = house.request(receipt.outcomes().get(0));
        assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
        assertThat(request.requester()).hasToString("alice@acme.example");
        assertThat(request.identity())
                .isEqualTo(new Identity(
                        Identity.Type.SSO_USER,
                        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Engineer_0a1b2c3d4e5f6071/alice@acme.example",
                        "alice@acme.example"));
        assertThat(request.account()).hasToString(PROD);
        assertThat(request.entitlement()).hasToString("s3:DeleteBucket");
        assertThat(request.origin()).isEqualTo(AccessRequest.Origin.EVENT);
        assertThat(request.confirmed()).isFalse();
        assertThat(request.liftable()).isEqualTo(Liftable.YES);
        assertThat(request.identityUsers()).isEmpty();
        assertThat(house.told()).containsExactly("justify alice@acme.example");
    }

    @Test
    @DisplayName("R10 reads EventBridge's envelope and the console's calls alike")
    void opensFromEnvelope() {
        assertThat(house.handIn(sample("eventbridge-envelope.json")).opened()).isEqualTo(1);
        assertThat(house.handIn(sample("denied-iam-create-access-key-dev.json")).opened())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("R11, R15 opens for a message without cause, shown as unknown")
    void opensWithoutCause() {
        DeniedCallIntake.Outcome outcome = house.handIn(aDenial()
                .of("ec2:GetPasswordData")
                .with("errorCode", "Client.UnauthorizedOperation")
                .with("errorMessage", "You are not authorized to perform this operation. Encoded failure message: x1"));

        assertThat(house.request(outcome).entitlement()).hasToString("ec2:GetPasswordData");
        assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.UNKNOWN);
    }

    @Test
    @DisplayName("R11 takes the spelling of the catalogue, so that one permission is one request")
    void takesCanonicalSpelling() {
        house.handIn(aDenial().of("s3:DeleteBucket"));
        DeniedCallIntake.Outcome other = house.handIn(aDenial().of("s3:deletebucket"));

        assertThat(other.outcome()).isEqualTo("joined");
        assertThat(house.request(other).entitlement()).hasToString("s3:DeleteBucket");
    }

    @Test
    @DisplayName("R12 asks the owner of a role, and keeps the names of who used it")
    void opensForOwner() {
        DeniedCallIntake.Outcome outcome =
                house.handIn(aDenial().byRole("deploy", "carol@acme.example").sourceIdentity("dave@acme.example"));

        AccessRequest request = house.request(outcome);
        assertThat(request.requester()).isEqualTo(BOB);
        assertThat(request.identity())
                .isEqualTo(new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::111122223333:role/deploy", "deploy"));
        assertThat(request.identityUsers()).containsExactlyInAnyOrder("carol@acme.example", "dave@acme.example");
        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(house.told()).isEmpty();
    }

    @Test
    @DisplayName("R12 asks the owner of an IAM user by pattern")
    void opensForOwnerOfUser() {
        house.owners().replace(IntakeHouse.ACME, List.of(new Owners.Owner("arn:aws:iam::111122223333:user/*", BOB)));

        DeniedCallIntake.Outcome outcome = house.handIn(aDenial().byUser("ci/build"));

        assertThat(house.request(outcome).requester()).isEqualTo(BOB);
        assertThat(house.request(outcome).identity().type()).isEqualTo(Identity.Type.IAM_USER);
    }

    @Test
    @DisplayName("R12, R32 opens for a person whom nobody knows here; nobody is asked why")
    void opensForUnknownPerson() {
        DeniedCallIntake.Outcome outcome = house.handIn(aDenial().by("Zoe@Acme.Example"));

        assertThat(house.request(outcome).requester()).hasToString("zoe@acme.example");
        assertThat(house.request(outcome).status()).isEqualTo(RequestStatus.PENDING);
        assertThat(house.told()).isEmpty();
    }

    @Test
    @DisplayName("R19 keeps a source identity that is somebody else than the person")
    void keepsForeignSourceIdentity() {
        DeniedCallIntake.Outcome same = house.handIn(aDenial().sourceIdentity("ALICE@acme.example"));
        assertThat(house.request(same).identityUsers()).isEmpty();

        DeniedCallIntake.Outcome other = house.handIn(aDenial().sourceIdentity("bob@acme.example"));
        assertThat(house.request(other).identityUsers()).containsExactly("bob@acme.example");
    }

    @Test
    @DisplayName("R28 counts as opened although the policy denies at once; the next denial cools down")
    void opensAndIsDenied() {
        house.policy().denies = true;

        DeniedCallIntake.Outcome first = house.handIn(aDenial());

        assertThat(first.outcome()).isEqualTo("opened");
        assertThat(house.request(first).status()).isEqualTo(RequestStatus.DENIED);
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("cooling_down");
    }

    @Test
    @DisplayName("R5 names the request that expired before")
    void namesExpiredRequest() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());
        house.move(first, request -> {
            request.sendToApprovers(house.clock().instant());
            request.expire(house.clock().instant());
        });

        DeniedCallIntake.Outcome second = house.handIn(aDenial());

        assertThat(second.outcome()).isEqualTo("opened");
        assertThat(house.request(second).previous())
                .contains(house.request(first).id());
    }

    @Test
    @DisplayName("R13 counts attempts while the request is open: many denials are one request and one notice")
    void joins() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());

        for (int i = 0; i < 200; i++) {
            DeniedCallIntake.Outcome next = house.handIn(aDenial());
            assertThat(next.outcome()).isEqualTo("joined");
            assertThat(next.requestId()).isEqualTo(first.requestId());
        }

        assertThat(house.count("access_request")).isEqualTo(1);
        assertThat(house.request(first).attempts()).isEqualTo(201);
        assertThat(house.told()).hasSize(1);
    }

    @Test
    @DisplayName("R13 joins a pending request, and another permission set or spelling of the same person")
    void joinsPending() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());
        house.move(first, request -> request.sendToApprovers(house.clock().instant()));

        assertThat(house.handIn(aDenial().byPermissionSet("Admin_1111111111111111", "Alice@ACME.example"))
                        .outcome())
                .isEqualTo("joined");
        assertThat(house.handIn(aDenial().of("s3:PutBucketPolicy")).outcome()).isEqualTo("opened");
        assertThat(house.handIn(aDenial().in(DEV)).outcome()).isEqualTo("opened");
    }

    @Test
    @DisplayName("R13 joins what the person asked for by hand")
    void joinsManualRequest() {
        AccessRequest asked = house.openingDesk()
                .ask(
                        house.caller("alice@acme.example"),
                        new io.drawbridge.request.AskForAccess(
                                PROD, "s3:DeleteBucket", null, null, "Old bucket.", false, null, null));

        DeniedCallIntake.Outcome outcome = house.handIn(aDenial());

        assertThat(outcome.outcome()).isEqualTo("joined");
        assertThat(outcome.requestId()).isEqualTo(asked.id().value());
    }

    @Test
    @DisplayName("R19 lets the users of an identity grow, but not without end")
    void boundsUsers() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial().byRole("deploy", "job-0"));
        String body = logFile(IntStream.rangeClosed(1, 150)
                .mapToObj(job -> aDenial().byRole("deploy", "job-" + job))
                .toArray(CloudTrailRecords[]::new));

        assertThat(house.handIn(body).joined()).isEqualTo(150);
        house.handIn(aDenial().byRole("deploy", "Carol@acme.example"));

        assertThat(house.request(first).attempts()).isEqualTo(152);
        assertThat(house.request(first).identityUsers()).hasSize(101).contains("job-0", "job-99", "Carol@acme.example");
    }

    @Test
    @DisplayName("R13 opens nothing for the same event, and names the request that it opened then")
    void knowsDuplicates() {
        DeniedCallIntake.Outcome first =
                house.handIn(sample("denied-s3-delete-bucket.json")).outcomes().get(0);

        DeniedCallIntake.Receipt again = house.handIn(sample("denied-s3-delete-bucket.json"));

        assertThat(again.ignored()).isEqualTo(1);
        assertThat(again.outcomes().get(0).outcome()).isEqualTo("duplicate");
        assertThat(again.outcomes().get(0).requestId()).isEqualTo(first.requestId());
        assertThat(house.request(first).attempts()).isEqualTo(1);
    }

    @Test
    @DisplayName("R13 knows the same event twice in one log file, in whatever account it claims to be")
    void knowsDuplicatesInOneFile() {
        DeniedCallIntake.Receipt receipt = house.handIn(logFile(
                aDenial().eventId("e-1"),
                aDenial().eventId("e-1"),
                aDenial().eventId("e-1").in(DEV)));

        assertThat(receipt.outcomes())
                .extracting(DeniedCallIntake.Outcome::outcome)
                .containsExactly("opened", "duplicate", "duplicate");
    }

    @Test
    @DisplayName("R19 keeps the events of tenants apart")
    void keepsTenantsApart() {
        house.handIn(aDenial().eventId("e-1"));
        house.database()
                .sql("update person_role set role = 'ADMINISTRATOR' where person_id = 'gus@globex.example'")
                .update();

        DeniedCallIntake.Receipt receipt = house.intake()
                .receive(
                        house.caller("gus@globex.example"),
                        aDenial()
                                .in(GLOBEX)
                                .by("gina@globex.example")
                                .eventId("e-1")
                                .json());

        assertThat(receipt.opened()).isEqualTo(1);
        house.database()
                .sql("update person_role set role = 'REQUESTER' where person_id = 'gus@globex.example'")
                .update();
    }

    @Test
    @DisplayName("R10 ignores calls that succeeded or were throttled, and keeps nothing of them")
    void ignoresOtherCalls() {
        DeniedCallIntake.Receipt receipt = house.handIn(sample("log-file.json"));

        assertThat(receipt.outcomes())
                .extracting(DeniedCallIntake.Outcome::outcome)
                .containsExactly("not_denied", "not_denied", "no_owner");
        assertThat(receipt.ignored()).isEqualTo(3);
        assertThat(house.count("intake_event")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"s3:GetObject", "lambda:DeleteFunction", "s3:NoSuchAction"})
    @DisplayName("R10 ignores what no control closes: ")
    void ignoresWhatIsNotPrivileged(String permission) {
        assertThat(house.handIn(aDenial().of(permission)).outcome()).isEqualTo("not_privileged");
        assertThat(house.count("access_request")).isZero();
    }

    @Test
    @DisplayName("R10 goes by the control of the account: a control below overrides one above")
    void goesByNearestControl() {
        control(PROD, "s3", Control.NONE);

        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("not_privileged");
        assertThat(house.handIn(aDenial().in(DEV)).outcome()).isEqualTo("opened");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "alice@acme.example",
                "ALICE@acme.example",
                "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Engineer_*/alice@acme.example",
                "arn:aws:iam::111122223333:role/aws-reserved/*"
            })
    @DisplayName("R10 ignores the exempt: ")
    void ignoresExempt(String exempt) {
        control(PROD, "s3", Control.PROTECTED, exempt);

        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("exempt");
        assertThat(house.handIn(aDenial().byRole("deploy", "alice@acme.example"))
                        .outcome())
                .as("a session name exempts nobody")
                .isEqualTo("opened");
    }

    @Test
    @DisplayName("R16 tells the person once in 15 min that the service is disabled, whatever the permission")
    void tellsOfDisabledService() {
        assertThat(house.handIn(sample("denied-gamelift.json"))
                        .outcomes()
                        .get(0)
                        .outcome())
                .isEqualTo("disabled");
        assertThat(house.handIn(aDenial().of("gamelift:NoSuchAction")).outcome())
                .isEqualTo("disabled");
        assertThat(house.told()).containsExactly("serviceDisabled alice@acme.example gamelift 111122223333");

        house.clock().moveBy(Duration.ofMinutes(15).minus(SECOND));
        house.handIn(aDenial().of("gamelift:CreateFleet"));
        assertThat(house.told()).hasSize(1);

        house.clock().moveBy(SECOND);
        house.handIn(aDenial().of("gamelift:CreateFleet"));
        house.handIn(aDenial().of("gamelift:CreateFleet"));
        assertThat(house.told()).hasSize(2);

        house.handIn(aDenial().of("gamelift:CreateFleet").in(DEV));
        assertThat(house.told()).hasSize(3);
        assertThat(house.count("access_request")).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"zoe@acme.example", "intake@acme.example", "gina@globex.example"})
    @DisplayName("R16, R19 tells nobody who cannot be reached, no service, and nobody of another tenant: ")
    void tellsNobodyElse(String name) {
        assertThat(house.handIn(aDenial().of("gamelift:CreateFleet").by(name)).outcome())
                .isEqualTo("disabled");
        assertThat(house.handIn(aDenial().because(BOUNDARY).by(name)).outcome()).isEqualTo("cannot_help");

        assertThat(house.told()).isEmpty();
    }

    @Test
    @DisplayName("R16 tells nobody who has left")
    void tellsNobodyWhoLeft() {
        house.database()
                .sql("update person set active = false where id = 'alice@acme.example'")
                .update();

        house.handIn(aDenial().of("gamelift:CreateFleet"));

        assertThat(house.told()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "because no permissions boundary allows the s3:DeleteBucket action",
        "because no session policy allows the s3:DeleteBucket action",
        "with an explicit deny in a resource-based policy",
        "because no service control policy allows the s3:DeleteBucket action",
        "with an explicit deny in a service control policy: arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-someother1",
        "with an explicit deny in a service control policy: arn:aws:organizations::999900001111:policy/o-acmeexample/service_control_policy/p-Some_Other1",
        "because no identity-based policy allows the s3:DeleteBucket action"
    })
    @DisplayName("R15 opens nothing that no grant could lift, and tells the person what blocked the call: ")
    void cannotHelp(String because) {
        DeniedCallIntake.Outcome outcome = house.handIn(aDenial().because(because));

        assertThat(outcome.outcome()).isEqualTo("cannot_help");
        assertThat(house.count("access_request")).isZero();
        assertThat(house.told())
                .containsExactly("cannotHelp alice@acme.example s3:DeleteBucket 111122223333 " + outcome.reason());
        assertThat(house.audited()).containsExactly("intake.cannot_help");
    }

    @Test
    @DisplayName(
            "R15 opens for a missing allow where a permission set would be assigned, and for no service control policy")
    void assignmentLiftsMissingAllows() {
        assigns("s3");

        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("cannot_help");
        assertThat(house.handIn(aDenial().because(BOUNDARY)).outcome()).isEqualTo("cannot_help");
        DeniedCallIntake.Outcome outcome =
                house.handIn(aDenial().because("because no identity-based policy allows the s3:DeleteBucket action"));

        assertThat(outcome.outcome()).isEqualTo("opened");
        assertThat(house.request(outcome).liftable()).isEqualTo(Liftable.YES);
        assertThat(house.handIn(aDenial().of("s3:PutBucketPolicy").because("")).outcome())
                .isEqualTo("opened");
    }

    @Test
    @DisplayName(
            "R15 opens nothing for a role or an IAM user where a permission set would be assigned, and tells the owner why")
    void assignmentHelpsNoMachine() {
        assigns("s3");
        CloudTrailRecords denial = aDenial()
                .byRole("deploy", "job-1")
                .because("because no identity-based policy allows the s3:DeleteBucket action");

        DeniedCallIntake.Outcome outcome = house.handIn(denial);

        assertThat(outcome.outcome()).isEqualTo("cannot_help");
        assertThat(outcome.reason()).contains("only a user of IAM Identity Center can be assigned one");
        assertThat(house.handIn(aDenial().byUser("deploy").because("")).outcome())
                .isEqualTo("cannot_help");
        assertThat(house.told())
                .containsExactly("cannotHelp bob@acme.example s3:DeleteBucket 111122223333 " + outcome.reason());
        assertThat(house.count("access_request")).isZero();
    }

    @Test
    @DisplayName("R15 tells once in 15 min a person, permission, account and cause")
    void tellsOnceWhatBlocked() {
        house.handIn(sample("denied-by-permissions-boundary.json"));
        house.handIn(aDenial().of("s3:PutBucketPolicy").because(BOUNDARY.replace("DeleteBucket", "PutBucketPolicy")));
        assertThat(house.told()).hasSize(1);

        house.clock().moveBy(Duration.ofMinutes(15).minus(SECOND));
        house.handIn(aDenial().of("s3:PutBucketPolicy").because(BOUNDARY.replace("DeleteBucket", "PutBucketPolicy")));
        assertThat(house.told()).hasSize(1);
        house.clock().moveBy(SECOND);
        house.handIn(aDenial().of("s3:PutBucketPolicy").because(BOUNDARY.replace("DeleteBucket", "PutBucketPolicy")));
        assertThat(house.told()).hasSize(2);

        house.handIn(aDenial().because(BOUNDARY));
        house.handIn(aDenial().because(BOUNDARY).in(DEV));
        house.handIn(aDenial().because("with an explicit deny in a permissions boundary"));
        house.handIn(aDenial().because("with an explicit deny in a resource-based policy"));
        assertThat(house.told()).as("boundary again is the same cause").hasSize(5);
    }

    @Test
    @DisplayName("R15 tells the owner of a role")
    void tellsOwnerWhatBlocked() {
        house.handIn(aDenial().byRole("deploy", "job-1").because(BOUNDARY));
        house.handIn(aDenial().byRole("nobodys", "job-1").because(BOUNDARY));

        assertThat(house.told()).singleElement().asString().startsWith("cannotHelp bob@acme.example");
    }

    @Test
    @DisplayName("R12 opens nothing without an owner; that is counted, and audited once in 15 min a role")
    void opensNothingWithoutOwner() {
        double before = counted("no_owner");

        for (int i = 0; i < 5; i++) {
            assertThat(house.handIn(aDenial().byRole("ci/Deployer", "job-" + i)).outcome())
                    .isEqualTo("no_owner");
        }
        assertThat(house.handIn(aDenial().byUser("build")).outcome()).isEqualTo("no_owner");

        assertThat(counted("no_owner") - before).isEqualTo(6);
        assertThat(house.audited()).containsExactly("intake.no_owner", "intake.no_owner");
        assertThat(house.trail().of(IntakeHouse.ACME, "arn:aws:iam::111122223333:role/ci/Deployer"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.actor()).isEqualTo("intake@acme.example"));
    }

    @Test
    @DisplayName("R12 opens nothing for the root user, and says why")
    void opensNothingForRoot() {
        DeniedCallIntake.Outcome outcome = house.handIn(aDenial().byRoot());

        assertThat(outcome.outcome()).isEqualTo("no_owner");
        assertThat(outcome.reason()).contains("root user");
    }

    @Test
    @DisplayName("R11 opens nothing for an action that cannot be mapped; counted, and audited once in 15 min")
    void opensNothingUnmapped() {
        double before = counted("unmapped_action");

        for (int i = 0; i < 3; i++) {
            assertThat(house.handIn(aDenial()
                                    .with("eventSource", "never-heard-of.example.com")
                                    .with("eventName", "DoIt")
                                    .with("errorMessage", "Access Denied"))
                            .outcome())
                    .isEqualTo("unmapped_action");
        }

        assertThat(counted("unmapped_action") - before).isEqualTo(3);
        assertThat(house.audited()).containsExactly("intake.unmapped_action");
    }

    @Test
    @DisplayName("R14 opens nothing between the decision and the grant, nor while the grant lives")
    void opensNothingWhileGranted() {
        DeniedCallIntake.Outcome first = approved();
        assertThat(house.handIn(aDenial()).outcome()).as("no grant yet").isEqualTo("granted");

        house.grant(first, grant -> {});
        assertThat(house.handIn(aDenial()).outcome()).as("PROVISIONING").isEqualTo("granted");

        house.grant(first, grant -> grant.activate(house.clock().instant()));
        house.clock().moveBy(Duration.ofMinutes(10));
        DeniedCallIntake.Outcome active = house.handIn(aDenial());
        assertThat(active.outcome()).as("ACTIVE").isEqualTo("granted");
        assertThat(active.requestId()).isEqualTo(first.requestId());
        assertThat(house.count("access_request")).isEqualTo(1);
    }

    @Test
    @DisplayName("R14 does not wait for a grant whose time is over")
    void waitsNotForever() {
        approved();

        house.clock().moveBy(Duration.ofHours(1).minus(SECOND));
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("granted");
        house.clock().moveBy(SECOND);
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("opened");
    }

    @ParameterizedTest(name = "{0} s after it became active: {1}")
    @CsvSource({"119, granted", "120, opened", "121, opened"})
    @DisplayName("R14 opens nothing for 2 min after a grant became active, though it is over already: ")
    void opensNothingDuringPropagation(int seconds, String expected) {
        DeniedCallIntake.Outcome first = approved();
        Instant active = house.clock().instant();
        house.grant(first, grant -> {
            grant.activate(active);
            grant.revoke(active.plusSeconds(10));
        });
        house.clock().setTo(active.plusSeconds(seconds));
        assertThat(house.handIn(aDenial().eventId("r-" + seconds)).outcome())
                .as("REVOKING")
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} s after it became active: {1}")
    @CsvSource({"119, granted", "120, opened", "121, opened"})
    @DisplayName("R14 opens nothing for 2 min after a grant became active, though it is gone already: ")
    void opensNothingDuringPropagationOfRevoked(int seconds, String expected) {
        DeniedCallIntake.Outcome first = approved();
        Instant active = house.clock().instant();
        house.grant(first, grant -> {
            grant.activate(active);
            grant.revoke(active.plusSeconds(10));
            grant.removed(active.plusSeconds(11), null);
        });
        house.clock().setTo(active.plusSeconds(seconds));
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo(expected);
    }

    @Test
    @DisplayName("R14 goes by the tenant's propagation time")
    void goesByPropagationSetting() {
        house.settings(rules -> rules.propagation = Duration.ofSeconds(30));

        opensNothingDuringPropagationOfRevoked(30, "opened");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"DENIED", "ABANDONED", "CANCELLED"})
    @DisplayName("R14 opens nothing for 15 min after ")
    void coolsDown(RequestStatus end) {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());
        Instant ended = house.clock().instant().plusSeconds(60);
        house.move(first, request -> {
            switch (end) {
                case DENIED -> {
                    request.sendToApprovers(ended);
                    request.deny(BOB, "No.", ended);
                }
                case ABANDONED -> request.abandon(ended);
                default -> request.cancel(ended);
            }
        });

        house.clock().setTo(ended.plus(Duration.ofMinutes(15)).minus(SECOND));
        DeniedCallIntake.Outcome cooling = house.handIn(aDenial());
        assertThat(cooling.outcome()).isEqualTo("cooling_down");
        assertThat(cooling.requestId()).isEqualTo(first.requestId());
        assertThat(house.handIn(aDenial().of("s3:PutBucketPolicy")).outcome())
                .as("another permission")
                .isEqualTo("opened");

        house.clock().setTo(ended.plus(Duration.ofMinutes(15)));
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("opened");
    }

    @Test
    @DisplayName("R14 does not cool down after a justification that did not come, and goes by the tenant's setting")
    void coolsDownOnlyWhenSaid() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());
        house.move(first, request -> request.expireJustification(house.clock().instant()));
        DeniedCallIntake.Outcome second = house.handIn(aDenial());
        assertThat(second.outcome()).isEqualTo("opened");

        house.settings(rules -> rules.coolDown = Duration.ZERO);
        house.move(second, request -> request.cancel(house.clock().instant()));
        assertThat(house.handIn(aDenial()).outcome()).isEqualTo("opened");
    }

    @Test
    @DisplayName("R19 opens at most 20 requests an identity and hour; denials beyond are audited once")
    void limitsRate() {
        house.settings(rules -> rules.most = 3);
        List<String> permissions = List.of("s3:DeleteBucket", "s3:PutBucketPolicy", "iam:CreateAccessKey");
        permissions.forEach(
                each -> assertThat(house.handIn(aDenial().of(each)).outcome()).isEqualTo("opened"));

        assertThat(house.handIn(aDenial().of("iam:CreateUser")).outcome()).isEqualTo("rate_limited");
        assertThat(house.handIn(aDenial().of("iam:CreateUser").in(DEV)).outcome())
                .isEqualTo("rate_limited");
        assertThat(house.handIn(aDenial().of("s3:DeleteBucket")).outcome()).isEqualTo("joined");
        assertThat(house.handIn(aDenial().of("iam:CreateUser").by("mallory@acme.example"))
                        .outcome())
                .isEqualTo("opened");
        assertThat(house.audited().stream().filter("intake.rate_limited"::equals))
                .hasSize(1);

        house.clock().moveBy(Duration.ofHours(1).minus(SECOND));
        assertThat(house.handIn(aDenial().of("iam:CreateUser")).outcome()).isEqualTo("rate_limited");
        house.clock().moveBy(SECOND);
        assertThat(house.handIn(aDenial().of("iam:CreateUser")).outcome()).isEqualTo("opened");
    }

    @Test
    @DisplayName("R18 puts what cannot be read with the dead letters, and handles the next")
    void keepsDeadLetters() {
        DeniedCallIntake.Receipt receipt = house.handIn(logFile(
                aDenial().of("s3:DeleteBucket"),
                aDenial().with("eventVersion", "2.0").eventId("poison-1"),
                aDenial().without("userIdentity").eventId("poison-2"),
                aDenial().of("s3:PutBucketPolicy")));

        assertThat(receipt)
                .returns(4, DeniedCallIntake.Receipt::received)
                .returns(2, DeniedCallIntake.Receipt::opened)
                .returns(0, DeniedCallIntake.Receipt::ignored)
                .returns(2, DeniedCallIntake.Receipt::deadLettered);
        List<DeniedCallIntake.DeadLetter> letters = house.intake().deadLetters(house.caller("erin@acme.example"), 10);
        assertThat(letters).extracting(DeniedCallIntake.DeadLetter::eventId).containsExactly("poison-2", "poison-1");
        assertThat(letters.get(1).reason()).contains("eventVersion");
        assertThat(letters.get(1).body()).contains("\"eventVersion\":\"2.0\"");
        assertThat(letters.get(1).receivedAt()).isEqualTo(house.clock().instant());
        assertThat(house.intake().deadLetters(house.caller("erin@acme.example"), 1))
                .hasSize(1);
        assertThat(house.audited().stream().filter("intake.dead_letter"::equals))
                .hasSize(1);
    }

    @Test
    @DisplayName(
            "R18 gets over a record whose handling fails, keeps nothing else of it, and takes it when it comes again")
    void getsOverPoison() {
        house.policy().breaks = "s3:PutBucketPolicy";
        String body = logFile(
                aDenial().of("s3:DeleteBucket"),
                aDenial().of("s3:PutBucketPolicy").eventId("poison"),
                aDenial().of("iam:CreateAccessKey"));

        DeniedCallIntake.Receipt receipt = house.handIn(body);

        assertThat(receipt.outcomes())
                .extracting(DeniedCallIntake.Outcome::outcome)
                .containsExactly("opened", "dead_letter", "opened");
        assertThat(house.count("access_request")).isEqualTo(2);
        assertThat(house.intake().deadLetters(house.caller("erin@acme.example"), 10))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.eventId()).isEqualTo("poison");
                    assertThat(letter.reason())
                            .contains("IllegalStateException")
                            .doesNotContain("judge");
                    assertThat(letter.body()).contains("PutBucketPolicy");
                });

        house.policy().breaks = "";
        assertThat(house.handIn(body).outcomes())
                .extracting(DeniedCallIntake.Outcome::outcome)
                .containsExactly("duplicate", "opened", "duplicate");
    }

    @Test
    @DisplayName("R18 cuts the body of a dead letter, and stores what no database takes")
    void cutsBodies() {
        house.handIn(aDenial()
                .with("eventVersion", "9")
                .with("userAgent", "\u0000\uD800" + "x".repeat(70_000))
                .json());

        assertThat(house.intake().deadLetters(house.caller("erin@acme.example"), 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.body()).hasSize(64 * 1024));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[]", "{}", "{\"Records\": 1}", "null"})
    @DisplayName("R18 refuses a body that is none of the three forms")
    void refusesOtherBodies(String body) {
        assertThatThrownBy(() -> house.handIn(body)).isInstanceOf(DeniedCallIntake.UnreadableBodyException.class);
        assertThat(house.count("dead_letter")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice@acme.example", "mallory@acme.example", "oscar@acme.example", "victor@acme.example"})
    @DisplayName("R19 takes events from the intake and administrators only")
    void refusesOthers(String name) {
        assertThatThrownBy(() ->
                        house.intake().receive(house.caller(name), aDenial().json()))
                .isInstanceOf(ForbiddenException.class);
        assertThatThrownBy(() -> house.intake().deadLetters(house.caller(name), 10))
                .isInstanceOf(ForbiddenException.class);
        assertThat(house.count("access_request")).isZero();
    }

    @Test
    @DisplayName("R19 takes events from an administrator; the intake reads no dead letters")
    void takesFromAdministrator() {
        assertThat(house.intake()
                        .receive(house.caller("erin@acme.example"), aDenial().json())
                        .opened())
                .isEqualTo(1);
        assertThatThrownBy(() -> house.intake().deadLetters(house.caller("intake@acme.example"), 10))
                .isInstanceOf(ForbiddenException.class);
    }

    @Test
    @DisplayName("R19 shows the dead letters of the own tenant only")
    void keepsDeadLettersApart() {
        house.handIn(aDenial().with("eventVersion", "9").json());
        io.drawbridge.identity.Caller erin = house.caller("erin@acme.example");
        io.drawbridge.identity.Person elsewhere = new io.drawbridge.identity.Person(
                erin.id(),
                new TenantId("globex"),
                "Erin",
                "erin@acme.example",
                erin.person().groups(),
                erin.person().roles(),
                true,
                "");

        assertThat(house.intake()
                        .deadLetters(
                                new io.drawbridge.identity.Caller(elsewhere, new TenantId("globex"), null, false), 10))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {GLOBEX, "000000000000"})
    @DisplayName("R19 counts a record only if its account is one of the caller's tenant")
    void refusesForeignAccounts(String account) {
        assertThat(house.handIn(aDenial().in(account)).outcome()).isEqualTo("unknown_account");
        assertThat(house.count("access_request")).isZero();
    }

    @Test
    @DisplayName("R19 counts a record only for the account of the identity itself")
    void refusesForeignIdentities() {
        assertThat(house.handIn(aDenial().in(GLOBEX).receivedBy(PROD)).outcome())
                .as("an identity of another tenant")
                .isEqualTo("unknown_account");
        assertThat(house.handIn(aDenial().in(DEV).receivedBy(PROD)).outcome())
                .as("an identity of another account of the same tenant")
                .isEqualTo("unknown_account");
    }

    @Test
    @DisplayName("R19 believes no envelope that disagrees with the record inside")
    void refusesLyingEnvelopes() {
        assertThat(house.handIn(aDenial().envelope("aws.s3", DEV)).deadLettered())
                .isEqualTo(1);
        assertThat(house.handIn(aDenial().envelope("aws.iam", PROD)).deadLettered())
                .isEqualTo(1);
        assertThat(house.handIn(aDenial().envelope("aws.s3", PROD)).opened()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AWSReservedSSO_Engineer_0a1b2c3d4e5f6071",
                "aws-reserved-x/sso.amazonaws.com/AWSReservedSSO_Engineer_0a1b2c3d4e5f6071"
            })
    @DisplayName("R12, R19 takes no role for a person that only bears such a name")
    void refusesPosingRoles(String role) {
        assertThat(house.handIn(aDenial().byRole(role, "alice@acme.example")).outcome())
                .isEqualTo("no_owner");
    }

    @Test
    @DisplayName("R19 takes a session name for a name only: no owner and no joined person comes from it")
    void refusesSessionNameTricks() {
        DeniedCallIntake.Outcome outcome = house.handIn(aDenial().byRole("deploy", "BOB@acme.example"));

        assertThat(house.request(outcome).requester()).isEqualTo(BOB);
        assertThat(house.request(outcome).identityUsers()).containsExactly("BOB@acme.example");
        assertThat(house.handIn(aDenial()
                                .byRole("deploy", "x")
                                .sourceIdentity("y".repeat(256))
                                .json())
                        .deadLettered())
                .as("a source identity longer than AWS allows")
                .isEqualTo(1);
        assertThat(house.handIn(aDenial()
                                .byRole("deploy", "a'; drop table told; --")
                                .json())
                        .deadLettered())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("R11 counts each record by what became of it")
    void countsOutcomes() {
        double opened = counted("opened");
        double joined = counted("joined");
        double dead = counted("dead_letter");

        house.handIn(logFile(aDenial(), aDenial(), aDenial(), aDenial().with("eventVersion", "9")));

        assertThat(counted("opened") - opened).isEqualTo(1);
        assertThat(counted("joined") - joined).isEqualTo(2);
        assertThat(counted("dead_letter") - dead).isEqualTo(1);
    }

    /** A request of Alice's, just approved for an hour. */
    private static DeniedCallIntake.Outcome approved() {
        DeniedCallIntake.Outcome first = house.handIn(aDenial());
        Instant now = house.clock().instant();
        house.move(first, request -> {
            request.sendToApprovers(now);
            request.approve(BOB, "Go on.", HOUR, now);
        });
        return first;
    }

    private static void assigns(String service) {
        house.inTransaction(() -> house.controls()
                .set(
                        IntakeHouse.ACME,
                        new Controls.ScopeControl(
                                new ScopeId(PROD),
                                service,
                                Control.PROTECTED,
                                List.of(),
                                Way.ACCOUNT_ASSIGNMENT,
                                new PermissionSetName("StorageAdministrator"))));
    }

    private static void control(String account, String service, Control control, String... exempt) {
        house.inTransaction(() -> house.controls()
                .set(
                        IntakeHouse.ACME,
                        new Controls.ScopeControl(new ScopeId(account), service, control, List.of(exempt))));
    }

    private static double counted(String outcome) {
        return house.meters()
                .counter("drawbridge.intake.records", "outcome", outcome)
                .count();
    }
}
