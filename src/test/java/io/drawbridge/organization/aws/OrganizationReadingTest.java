package io.drawbridge.organization.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSnapshot.Assignable;
import io.drawbridge.organization.OrganizationSnapshot.Place;
import io.drawbridge.organization.OrganizationSnapshot.TaggedSet;
import io.drawbridge.organization.OrganizationSnapshot.User;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.SyncDesk;
import io.drawbridge.organization.SyncReport;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.Stage;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import software.amazon.awssdk.services.identitystore.model.Email;
import software.amazon.awssdk.services.ssoadmin.model.InstanceMetadata;

/**
 * Reading an organization from moto.
 *
 * <p>What moto does not do is answered in front of it by stubs that we shaped from AWS's API reference: tags of permission
 * sets, disabled users, throttling, failures.
 */
@DisplayName("A reading of the organization")
@SuppressWarnings("NullAway.Init")
class OrganizationReadingTest extends Stage {
    private static final String MANAGEMENT = "123456789012";
    private static final String MANAGED = "{\"Tags\": [{\"Key\": \"drawbridge\", \"Value\": \"managed\"}]}";
    private static final String TAGS = "SWBExternalService.ListTagsForResource";
    private static final Map<String, AwsProperties.Rate> PLENTY = Map.of(
            "organizations:List", AwsUnderTest.PLENTY,
            "sso", AwsUnderTest.PLENTY,
            "identitystore", AwsUnderTest.PLENTY);

    private final WireMockServer front =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    @Autowired
    private SyncDesk sync;

    @Autowired
    private Scopes scopes;

    @Autowired
    private PermissionSets permissionSets;

    private static InstanceMetadata instance;
    private static String root;
    private static String workloads;
    private static String sandbox;
    private static String app;
    private static String nora;

    private AwsConnections connections;
    private AwsConnection acme;

    /** Made once for all: moto takes seconds for each account that is made, and for forgetting it. */
    @BeforeAll
    static void anOrganization() {
        Moto moto = Moto.server().reset();
        try (AwsConnections some = connections(moto.endpoint(), tenant(null, null))) {
            AwsConnection made = some.demand(Cast.ACME);
            instance = made.ssoAdmin().listInstances(request -> {}).instances().get(0);
            made.organizations().createOrganization(request -> request.featureSet("ALL"));
            root = made.organizations().listRoots().roots().get(0).id();
            workloads = unit(made, root, "Workloads");
            sandbox = unit(made, root, "Sandbox");
            app = made.organizations()
                    .createAccount(request -> request.accountName("app").email("app@acme.example"))
                    .createAccountStatus()
                    .accountId();
            move(made, root, workloads);
            for (int each = 0; each < 103; each++) {
                user(made, "user-" + each + "@acme.example");
            }
            nora = user(made, "Nora@acme.example");
            join(made, group(made, "engineers"), nora);
            join(made, group(made, "auditors"), nora);
        }
    }

    @BeforeEach
    void aFrontOfMoto() {
        front.start();
        front.stubFor(any(anyUrl())
                .atPriority(10)
                .willReturn(aResponse().proxiedFrom(Moto.server().endpoint().toString())));
        front.stubFor(answer(TAGS, "{\"Tags\": []}").atPriority(9));
        connections = connections(
                URI.create("http://127.0.0.1:" + front.port()),
                tenant(instance.instanceArn(), instance.identityStoreId()));
        acme = connections.demand(Cast.ACME);
    }

    @AfterEach
    void closeEverything() {
        connections.close();
        front.stop();
    }

    @Test
    @DisplayName("R40 has the tree as it is: root, units in units and on many pages, accounts where they lie")
    void hasTheTree() {
        String production = unit(acme, workloads, "Production");
        for (int each = 0; each < 23; each++) {
            unit(acme, production, "Unit " + each);
        }

        OrganizationSnapshot read = read();

        assertThat(read.readAt()).isEqualTo(clock.instant());
        assertThat(read.places().get(0))
                .isEqualTo(new Place(new ScopeId(root), null, Scope.Kind.ORGANIZATION, "Root", true, false));
        assertThat(read.places())
                .contains(
                        place(workloads, root, Scope.Kind.ORGANIZATIONAL_UNIT, "Workloads", true),
                        place(production, workloads, Scope.Kind.ORGANIZATIONAL_UNIT, "Production", true),
                        place(app, workloads, Scope.Kind.ACCOUNT, "app", true));
        assertThat(read.places())
                .filteredOn(place -> new ScopeId(production).equals(place.parent()))
                .hasSize(23);
        assertThat(read.places()).filteredOn(Place::management).singleElement().satisfies(place -> assertThat(
                        place.id())
                .isEqualTo(new ScopeId(MANAGEMENT)));
    }

    @Test
    @DisplayName(
            "R55 has accounts on many pages, and takes those that are not active as closed, by the state before the status")
    void hasAccountsOnManyPages() {
        String accounts = "AWSOrganizationsV20161128.ListAccountsForParent";
        front.stubFor(answer(
                        accounts,
                        "{\"Accounts\": [%s, %s], \"NextToken\": \"more\"}"
                                .formatted(
                                        account("300000000001", "ACTIVE", "ACTIVE"),
                                        account("300000000002", "ACTIVE", "PENDING_CLOSURE")))
                .withRequestBody(matchingJsonPath("$.ParentId", equalTo(sandbox)))
                .withRequestBody(matchingJsonPath("$.NextToken", absent())));
        front.stubFor(answer(
                        accounts,
                        "{\"Accounts\": [%s, %s, %s]}"
                                .formatted(
                                        account("300000000003", "SUSPENDED", "SUSPENDED"),
                                        account("300000000004", "ACTIVE", null),
                                        account("300000000005", "PENDING_CLOSURE", null)))
                .withRequestBody(matchingJsonPath("$.ParentId", equalTo(sandbox)))
                .withRequestBody(matchingJsonPath("$.NextToken", equalTo("more"))));

        assertThat(read().places())
                .filteredOn(place -> new ScopeId(sandbox).equals(place.parent()))
                .extracting(place -> place.id().value(), Place::open)
                .containsExactly(
                        tuple("300000000001", true),
                        tuple("300000000002", false),
                        tuple("300000000003", false),
                        tuple("300000000004", true),
                        tuple("300000000005", false));
    }

    @Test
    @DisplayName("R12 has all users with their names, addresses and groups, on many pages")
    void hasThePeople() {
        List<User> users = read().users();

        assertThat(users).hasSize(104);
        assertThat(users)
                .filteredOn(user -> user.userName().equals("Nora@acme.example"))
                .containsExactly(new User(
                        "Nora@acme.example",
                        "Nora North",
                        "primary.Nora@acme.example",
                        nora,
                        true,
                        Set.of("engineers", "auditors")));
    }

    @Test
    @DisplayName("R57 has the permission sets that carry the tag, and knows the others as not Drawbridge's")
    void hasThePermissionSets() {
        String database = permissionSet("Database", "PT4H");
        String other = permissionSet("Other", null);
        front.stubFor(answer(TAGS, "{\"Tags\": [{\"Key\": \"team\", \"Value\": \"data\"}], \"NextToken\": \"more\"}")
                .withRequestBody(matchingJsonPath("$.ResourceArn", equalTo(database)))
                .withRequestBody(matchingJsonPath("$.NextToken", absent())));
        front.stubFor(answer(TAGS, MANAGED)
                .withRequestBody(matchingJsonPath("$.ResourceArn", equalTo(database)))
                .withRequestBody(matchingJsonPath("$.NextToken", equalTo("more"))));
        front.stubFor(answer(TAGS, MANAGED.replace("managed", "no"))
                .withRequestBody(matchingJsonPath("$.ResourceArn", equalTo(other))));

        Assignable read = Objects.requireNonNull(read().permissionSets());

        assertThat(read.tagged())
                .containsExactly(new TaggedSet(
                        new PermissionSetName("Database"), database, "About Database", Duration.ofHours(4)));
        assertThat(read.untagged()).contains(other).doesNotContain(database);
    }

    @Test
    @DisplayName("R12 takes a user as inactive that was disabled, and as active where the store does not say")
    void knowsDisabledUsers() {
        front.stubFor(
                answer(
                        "AWSIdentityStore.ListUsers",
                        """
                        {"Users": [
                          {"UserName": "off", "UserId": "1", "IdentityStoreId": "d-1", "UserStatus": "DISABLED"},
                          {"UserName": "on", "UserId": "2", "IdentityStoreId": "d-1", "UserStatus": "ENABLED"},
                          {"UserName": "old", "UserId": "3", "IdentityStoreId": "d-1"}]}"""));

        assertThat(read().users())
                .containsExactly(
                        new User("off", "", "", "1", false, Set.of()),
                        new User("on", "", "", "2", true, Set.of()),
                        new User("old", "", "", "3", true, Set.of()));
    }

    @Test
    @DisplayName("R58 waits while AWS says that there were too many calls, and goes on")
    void waitsItsTurn() {
        String roots = "AWSOrganizationsV20161128.ListRoots";
        front.stubFor(failure(roots, "TooManyRequestsException", "Slow down.")
                .inScenario("throttled")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("over"));

        assertThat(read().places()).contains(place(app, workloads, Scope.Kind.ACCOUNT, "app", true));

        front.verify(2, postRequestedFor(anyUrl()).withHeader("X-Amz-Target", equalTo(roots)));
    }

    @Test
    @DisplayName("R58 is given up when it takes too long, and says where it was")
    void doesNotWaitForEver() {
        front.stubFor(failure("AWSIdentityStore.ListGroups", "ThrottlingException", "Slow down."));

        assertThatExceptionOfType(OrganizationUnreadableException.class)
                .isThrownBy(() -> source(Duration.ofSeconds(1)).read(Cast.ACME))
                .withMessageContaining("PT1S");
    }

    @Test
    @DisplayName("R56 is none if a page of it fails, and says what AWS said")
    void isNoneIfAPageFails() {
        front.stubFor(failure("AWSIdentityStore.ListUsers", "AccessDeniedException", "No.")
                .withRequestBody(matchingJsonPath("$.NextToken")));

        assertThatExceptionOfType(OrganizationUnreadableException.class)
                .isThrownBy(this::read)
                .withMessageContaining("ListUsers")
                .withMessageContaining("AccessDeniedException: No.");
    }

    @Test
    @DisplayName("R56 is none if an account of the organization was met nowhere in it")
    void isNoneIfAnAccountIsMissing() {
        front.stubFor(answer(
                "AWSOrganizationsV20161128.ListAccounts",
                "{\"Accounts\": [" + account("111122223333", "ACTIVE", "ACTIVE") + "]}"));

        assertThatExceptionOfType(OrganizationUnreadableException.class)
                .isThrownBy(this::read)
                .withMessageContaining("111122223333");
    }

    @Test
    @DisplayName("R56 is none if there is no root")
    void isNoneWithoutARoot() {
        front.stubFor(answer("AWSOrganizationsV20161128.ListRoots", "{\"Roots\": []}"));
        front.stubFor(answer("AWSOrganizationsV20161128.ListAccounts", "{\"Accounts\": []}"));

        assertThatExceptionOfType(OrganizationUnreadableException.class)
                .isThrownBy(this::read)
                .withMessageContaining("0 roots");
    }

    @Test
    @DisplayName("R70 is of one tenant: another has none while it is not connected")
    void needsAConnection() {
        assertThatExceptionOfType(NotConnectedException.class)
                .isThrownBy(() -> source(Duration.ofMinutes(1)).read(Cast.GLOBEX))
                .withMessageContaining("drawbridge.aws.tenants.globex");
        assertThat(source(Duration.ofMinutes(1)).tenants()).containsExactly(Cast.ACME);
    }

    @Test
    @DisplayName("R57 R42 is applied: tree, people and permission sets are here, and what moves later follows")
    void isApplied() {
        permissionSet("Billing", "PT4H");
        front.stubFor(answer(TAGS, MANAGED));

        SyncReport first = sync.apply(Cast.ACME, read(), AuditTrail.DRAWBRIDGE, true);

        assertThat(first.applied()).isTrue();
        assertThat(scopes.account(Cast.ACME, app))
                .hasValueSatisfying(path -> assertThat(path).hasToString(root + "/" + workloads + "/" + app));
        assertThat(people.find(Cast.ACME, new PersonId("nora@acme.example")))
                .hasValueSatisfying(
                        person -> assertThat(person.groups()).containsExactlyInAnyOrder("engineers", "auditors"));
        assertThat(permissionSets.find(Cast.ACME, new PermissionSetName("Billing")))
                .isPresent();
        assertThat(sync.apply(Cast.ACME, read(), AuditTrail.DRAWBRIDGE, false).changes())
                .isEmpty();

        move(acme, workloads, sandbox);
        SyncReport moved = sync.apply(Cast.ACME, read(), AuditTrail.DRAWBRIDGE, false);
        move(acme, sandbox, workloads);

        assertThat(moved.changes())
                .containsExactly(new SyncReport.Change(SyncReport.Kind.SCOPE_MOVED, app, workloads, sandbox));
    }

    private OrganizationSnapshot read() {
        return source(Duration.ofMinutes(1)).read(Cast.ACME);
    }

    private AwsOrganization source(Duration patience) {
        return new AwsOrganization(connections, new SyncProperties(Duration.ofMinutes(15), patience), clock);
    }

    private static MappingBuilder answer(String call, String body) {
        return post(anyUrl())
                .withHeader("X-Amz-Target", equalTo(call))
                .willReturn(aResponse()
                        .withHeader("Content-Type", "application/x-amz-json-1.1")
                        .withBody(body));
    }

    private static MappingBuilder failure(String call, String code, String message) {
        return post(anyUrl())
                .withHeader("X-Amz-Target", equalTo(call))
                .willReturn(aResponse()
                        .withStatus(400)
                        .withHeader("Content-Type", "application/x-amz-json-1.1")
                        .withBody("{\"__type\": \"" + code + "\", \"Message\": \"" + message + "\", \"message\": \""
                                + message + "\"}"));
    }

    private static Place place(String id, String parent, Scope.Kind kind, String name, boolean open) {
        return new Place(new ScopeId(id), new ScopeId(parent), kind, name, open, false);
    }

    /** An account as AWS writes it. */
    private static String account(String id, String status, @Nullable String state) {
        return "{\"Id\": \"" + id + "\", \"Name\": \"" + id + "\", \"Status\": \"" + status + "\""
                + (state == null ? "" : ", \"State\": \"" + state + "\"") + "}";
    }

    private static String unit(AwsConnection aws, String parent, String name) {
        return aws.organizations()
                .createOrganizationalUnit(request -> request.parentId(parent).name(name))
                .organizationalUnit()
                .id();
    }

    private static void move(AwsConnection aws, String from, String to) {
        aws.organizations()
                .moveAccount(
                        request -> request.accountId(app).sourceParentId(from).destinationParentId(to));
    }

    private static String user(AwsConnection aws, String name) {
        return aws.identityStore()
                .createUser(request -> request.identityStoreId(instance.identityStoreId())
                        .userName(name)
                        .displayName("Nora North")
                        .name(each -> each.givenName("Nora").familyName("North"))
                        .emails(email("second." + name, false), email("primary." + name, true)))
                .userId();
    }

    private static Email email(String address, boolean primary) {
        return Email.builder().value(address).primary(primary).build();
    }

    private static String group(AwsConnection aws, String name) {
        return aws.identityStore()
                .createGroup(request ->
                        request.identityStoreId(instance.identityStoreId()).displayName(name))
                .groupId();
    }

    private static void join(AwsConnection aws, String group, String user) {
        aws.identityStore().createGroupMembership(request -> request.identityStoreId(instance.identityStoreId())
                .groupId(group)
                .memberId(member -> member.userId(user)));
    }

    private String permissionSet(String name, @Nullable String sessions) {
        return acme.ssoAdmin()
                .createPermissionSet(request -> request.instanceArn(instance.instanceArn())
                        .name(name)
                        .description("About " + name)
                        .sessionDuration(sessions))
                .permissionSet()
                .permissionSetArn();
    }

    private static AwsConnections connections(URI endpoint, AwsProperties.Tenant tenant) {
        return new AwsUnderTest(Clock.systemUTC()).connections(endpoint, Map.of("acme", tenant), PLENTY);
    }

    private static AwsProperties.Tenant tenant(@Nullable String instance, @Nullable String store) {
        return new AwsProperties.Tenant(
                MANAGEMENT,
                null,
                null,
                "eu-central-1",
                null,
                instance,
                store,
                "DrawbridgeMember",
                List.of(),
                List.of(),
                null);
    }
}
