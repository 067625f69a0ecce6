package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.AwsProperties;
import io.drawbridge.organization.aws.AwsUnderTest;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.TestClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The adapter with all that it stands on: an empty database, a clock moved by hand, and people, sets and accounts by hand. */
final class AssignmentsUnderTest implements AutoCloseable {
    static final TenantId ACME = AwsUnderTest.ACME;
    static final String DELEGATED = "123456789012";
    static final String MANAGEMENT = "999988887777";
    static final ScopeId PROD = new ScopeId("111122223333");
    static final ScopeId DEV = new ScopeId("444455556666");
    static final PermissionSetName DATABASE = new PermissionSetName("DatabaseAdministrator");
    static final PermissionSetName READER = new PermissionSetName("Reader");

    final TestClock clock;
    final AwsUnderTest aws;
    final AwsConnections connections;
    final AssignmentBook book;
    final AssignmentWorker worker;
    final AccountAssignments cloud;
    final Map<PermissionSetName, PermissionSets.PermissionSet> sets = new LinkedHashMap<>();
    final Map<String, String> userIds = new LinkedHashMap<>();

    private final AssignmentProperties properties;

    AssignmentsUnderTest(
            TestClock clock, URI endpoint, Map<String, AwsProperties.Rate> quotas, @Nullable String instance) {
        this.clock = clock;
        clock.setTo(TestClock.START);
        properties = new AssignmentProperties(Duration.ofMillis(500), 10, 10_240);
        aws = new AwsUnderTest(clock);
        connections = aws.connections(endpoint, Map.of("acme", tenant(instance)), quotas);
        book = new AssignmentBook(aws.database(), aws.transactions());
        cloud = new AccountAssignments(
                book,
                new IdentityCenters(connections),
                sessionPolicies(),
                new SetsByHand(),
                new PeopleByHand(),
                new ScopesByHand(),
                aws.quotas(new AwsProperties(endpoint, Duration.ofSeconds(10), Map.of(), quotas)),
                clock);
        worker = anotherNode();
    }

    /** Quotas that nobody waits for. */
    static Map<String, AwsProperties.Rate> plenty() {
        Map<String, AwsProperties.Rate> quotas = new LinkedHashMap<>();
        for (String api : List.of(
                "sso",
                "sso:Assignment",
                "identitystore",
                "organizations:List",
                "organizations:CreatePolicy",
                "organizations:UpdatePolicy",
                "organizations:DescribePolicy",
                "organizations:AttachPolicy",
                "organizations:DetachPolicy",
                "organizations:DeletePolicy")) {
            quotas.put(api, AwsUnderTest.PLENTY);
        }
        return quotas;
    }

    /** A worker as another node has it. */
    AssignmentWorker anotherNode() {
        return new AssignmentWorker(
                book,
                new IdentityCenters(connections),
                new SetsByHand(),
                aws.fences(),
                sessionPolicies(),
                properties,
                clock);
    }

    void addSet(PermissionSetName name, String arn, boolean closesSessions) {
        sets.put(name, new PermissionSets.PermissionSet(name, arn, "For tests.", Duration.ofHours(4), closesSessions));
    }

    /** So many rounds, some time apart. */
    void rounds(int rounds, Duration apart) {
        for (int round = 0; round < rounds; round++) {
            worker.round(ACME);
            clock.moveBy(apart);
        }
    }

    static Lease lease(ScopeId account, String person, PermissionSetName set) {
        return new Lease(
                GrantId.random(),
                ACME,
                account,
                user(person),
                set,
                Way.ACCOUNT_ASSIGNMENT,
                Instant.parse("2999-01-15T14:00:00Z"));
    }

    static Identity user(String person) {
        return new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/" + person, person + "@acme.example");
    }

    @Override
    public void close() {
        connections.close();
    }

    private SessionPolicies sessionPolicies() {
        return new SessionPolicies(book, connections, aws.database(), aws.transactions(), properties, clock);
    }

    private static AwsProperties.Tenant tenant(@Nullable String instance) {
        return new AwsProperties.Tenant(
                DELEGATED,
                null,
                null,
                "eu-central-1",
                MANAGEMENT,
                instance,
                instance == null ? null : "d-0123456789",
                "DrawbridgeMember",
                List.of("arn:aws:iam::" + DELEGATED + ":role/Drawbridge"),
                List.of("arn:aws:iam::111122223333:role/BreakGlass"),
                null);
    }

    private final class SetsByHand implements PermissionSets {
        @Override
        public List<PermissionSet> of(TenantId tenant) {
            return tenant.equals(ACME) ? List.copyOf(sets.values()) : List.of();
        }

        @Override
        public Optional<PermissionSet> find(TenantId tenant, PermissionSetName name) {
            return of(tenant).stream().filter(set -> set.name().equals(name)).findFirst();
        }

        @Override
        public void save(TenantId tenant, PermissionSet permissionSet) {
            sets.put(permissionSet.name(), permissionSet);
        }

        @Override
        public void remove(TenantId tenant, PermissionSetName name) {
            sets.remove(name);
        }
    }

    private final class PeopleByHand implements People {
        @Override
        public Optional<Person> find(PersonId id) {
            return of(ACME).stream().filter(person -> person.id().equals(id)).findFirst();
        }

        @Override
        public List<Person> of(TenantId tenant) {
            List<Person> people = new ArrayList<>();
            userIds.forEach((name, id) ->
                    people.add(new Person(new PersonId(name), ACME, name, name, Set.of(), Set.of(), true, id)));
            return people;
        }

        @Override
        public Optional<String> passwordHash(PersonId id) {
            return Optional.empty();
        }

        @Override
        public List<TenantId> tenants() {
            return List.of(ACME);
        }
    }

    private static final class ScopesByHand implements Scopes {
        @Override
        public List<Scope> of(TenantId tenant) {
            ScopeId root = new ScopeId("r-acme");
            return List.of(
                    new Scope(root, ACME, null, Scope.Kind.ORGANIZATION, "acme", "", null),
                    account(root, new ScopeId(MANAGEMENT)),
                    account(root, PROD),
                    account(root, DEV));
        }

        private static Scope account(ScopeId root, ScopeId id) {
            return new Scope(id, ACME, root, Scope.Kind.ACCOUNT, id.value(), "", null);
        }

        @Override
        public Optional<Scope> find(TenantId tenant, ScopeId scope) {
            return of(tenant).stream().filter(each -> each.id().equals(scope)).findFirst();
        }

        @Override
        public Optional<ScopePath> path(TenantId tenant, ScopeId scope) {
            return Optional.empty();
        }

        @Override
        public Set<ScopeId> subtree(TenantId tenant, ScopeId scope) {
            return Set.of(scope);
        }

        @Override
        public void setSelfApproval(TenantId tenant, ScopeId scope, @Nullable Boolean selfApproval) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void save(Scope scope) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(TenantId tenant, ScopeId scope) {
            throw new UnsupportedOperationException();
        }
    }
}
