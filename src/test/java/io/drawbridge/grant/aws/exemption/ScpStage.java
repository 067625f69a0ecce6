package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.aws.scp.DocumentJudge;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.AwsQuotas;
import io.drawbridge.organization.aws.Fences;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.TestClock;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.organizations.OrganizationsClient;
import software.amazon.awssdk.services.organizations.model.PolicyType;
import software.amazon.awssdk.services.sts.StsClient;

/** The way by exemption on moto: what writes, a database, an organization of two accounts, and a second client that looks. */
final class ScpStage implements AutoCloseable {
    static final TenantId ACME = new TenantId("acme");
    static final String USER_PREFIX = "94482488-3041-7026-18f3-";

    final TestClock clock;
    final FaultyProxy proxy;
    final JdbcClient database;
    final ScopeId prod;
    final ScopeId dev;
    private final DriverManagerDataSource dataSource;
    private final Moto moto;
    private final OrganizationsClient second;
    private final List<AnnotationConfigApplicationContext> nodes = new ArrayList<>();

    ScpStage(TestClock clock) {
        this.clock = clock;
        moto = Moto.server().reset();
        proxy = new FaultyProxy(moto.endpoint());
        dataSource = new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
        Flyway.configure().dataSource(dataSource).load().migrate();
        database = JdbcClient.create(dataSource);
        second = OrganizationsClient.builder()
                .endpointOverride(moto.endpoint())
                .region(Region.AWS_GLOBAL)
                .credentialsProvider(Moto.credentials())
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        second.createOrganization(request -> request.featureSet("ALL"));
        String root = second.listRoots().roots().get(0).id();
        second.enablePolicyType(request -> request.rootId(root).policyType(PolicyType.SERVICE_CONTROL_POLICY));
        prod = account("prod");
        dev = account("dev");
        database.sql("insert into tenant (id, name) values ('acme', 'Acme')").update();
        scope("r-acme", null, "ORGANIZATION");
        scope(prod.value(), "r-acme", "ACCOUNT");
        scope(dev.value(), "r-acme", "ACCOUNT");
        control("r-acme", "s3", "PROTECTED");
        person("alice", 1);
        person("bob", 2);
    }

    /** A node of Drawbridge, as far as this way of granting needs one. */
    AnnotationConfigApplicationContext node(Map<String, String> settings) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        Map<String, Object> properties = new HashMap<>();
        properties.put("drawbridge.cloud.type", "aws");
        properties.put("drawbridge.aws.endpoint", proxy.endpoint().toString());
        properties.put("drawbridge.aws.tenants.acme.account-id", "123456789012");
        properties.put("drawbridge.aws.tenants.acme.region", "eu-central-1");
        properties.put("drawbridge.aws.tenants.acme.management-account-id", "123456789012");
        properties.put("drawbridge.aws.tenants.acme.own-roles[0]", "arn:aws:iam::123456789012:role/Drawbridge");
        properties.put("drawbridge.aws.tenants.acme.break-glass-roles[0]", "arn:aws:iam::*:role/BreakGlass");
        properties.put("drawbridge.aws.scp.settle", "0s");
        for (String api : List.of(
                "UpdatePolicy",
                "CreatePolicy",
                "DeletePolicy",
                "AttachPolicy",
                "DetachPolicy",
                "DescribePolicy",
                "List")) {
            plenty(properties, "organizations:" + api);
        }
        plenty(properties, "iam");
        properties.putAll(settings);
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        context.registerBean(DataSource.class, () -> dataSource);
        context.registerBean(JdbcClient.class, () -> database);
        context.registerBean(DataSourceTransactionManager.class, () -> new DataSourceTransactionManager(dataSource));
        context.registerBean(Clock.class, () -> clock);
        context.registerBean(AwsCredentialsProvider.class, Moto::credentials);
        context.register(AwsConnections.class, AwsQuotas.class, Fences.class);
        context.scan(
                "io.drawbridge.identity.jdbc",
                "io.drawbridge.organization.jdbc",
                "io.drawbridge.organization.catalogue",
                "io.drawbridge.grant.aws.exemption");
        context.refresh();
        nodes.add(context);
        return context;
    }

    private static void plenty(Map<String, Object> properties, String api) {
        properties.put("drawbridge.aws.quotas.[" + api + "].per-second", "1000000");
        properties.put("drawbridge.aws.quotas.[" + api + "].burst", "1000000");
    }

    static AwsConnection connection(AnnotationConfigApplicationContext node) {
        return node.getBean(AwsConnections.class).demand(ACME);
    }

    /** One round of the writer on that node. */
    static void round(AnnotationConfigApplicationContext node) {
        node.getBean(ScpWriter.class).round(connection(node));
    }

    static String userId(int number) {
        return USER_PREFIX + String.format("%012d", number);
    }

    /** Documents of ours that are attached to the account, as a second client sees them. */
    List<String> documents(ScopeId account) {
        return policies(account).stream()
                .map(id -> second.describePolicy(request -> request.policyId(id))
                        .policy()
                        .content())
                .toList();
    }

    /** Ids of policies of ours that are attached to the account. */
    List<String> policies(ScopeId account) {
        return second
                .listPoliciesForTarget(
                        request -> request.targetId(account.value()).filter(PolicyType.SERVICE_CONTROL_POLICY))
                .policies()
                .stream()
                .filter(policy -> policy.name().startsWith("drawbridge-"))
                .map(policy -> policy.id())
                .sorted()
                .toList();
    }

    /** How many policies of ours there are, attached or not. */
    long policiesInAll() {
        return second.listPolicies(request -> request.filter(PolicyType.SERVICE_CONTROL_POLICY)).policies().stream()
                .filter(policy -> policy.name().startsWith("drawbridge-"))
                .count();
    }

    OrganizationsClient second() {
        return second;
    }

    /** Whether AWS, with the documents that it has, would let the person through at that moment. */
    boolean allowsUser(ScopeId account, String userId, String action, Instant moment) {
        Map<String, String> context = context(account, moment);
        context.put("identitystore:UserId", userId);
        context.put("aws:userid", "AROASSOSESSION00000000:alice@acme.example");
        context.put(
                "aws:PrincipalArn",
                "arn:aws:iam::" + account + ":role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Engineer_0");
        return new DocumentJudge(documents(account)).allows(PermissionName.parse(action), context);
    }

    boolean allowsRole(ScopeId account, String uniqueId, String action, Instant moment) {
        Map<String, String> context = context(account, moment);
        context.put("aws:userid", uniqueId + ":session");
        context.put("aws:PrincipalArn", "arn:aws:iam::" + account + ":role/any");
        return new DocumentJudge(documents(account)).allows(PermissionName.parse(action), context);
    }

    private static Map<String, String> context(ScopeId account, Instant moment) {
        Map<String, String> context = new HashMap<>();
        context.put("aws:CurrentTime", moment.toString());
        context.put("aws:PrincipalAccount", account.value());
        return context;
    }

    /** A role of that account; its unique id. */
    String role(ScopeId account, String name) {
        return iam(account)
                .createRole(request -> request.roleName(name)
                        .assumeRolePolicyDocument("{\"Version\":\"2012-10-17\",\"Statement\":[]}"))
                .role()
                .roleId();
    }

    IamClient iam(ScopeId account) {
        try (StsClient sts = StsClient.builder()
                .endpointOverride(moto.endpoint())
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(Moto.credentials())
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            var keys = sts.assumeRole(request -> request.roleArn("arn:aws:iam::" + account + ":role/Any")
                            .roleSessionName("second"))
                    .credentials();
            return IamClient.builder()
                    .endpointOverride(moto.endpoint())
                    .region(Region.AWS_GLOBAL)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                            keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken())))
                    .httpClient(UrlConnectionHttpClient.create())
                    .build();
        }
    }

    void control(String scope, String service, String control) {
        database.sql("delete from control where scope_id = ? and service = ?")
                .params(scope, service)
                .update();
        database.sql("insert into control (tenant_id, scope_id, service, control) values ('acme', ?, ?, ?)")
                .params(scope, service, control)
                .update();
    }

    void person(String name, int number) {
        database.sql("insert into person (id, tenant_id, name, email, identity_store_id) values (?, 'acme', ?, ?, ?)")
                .params(name + "@acme.example", name, name + "@acme.example", userId(number))
                .update();
    }

    /** One more account of the organization, below its root. */
    ScopeId anotherAccount(String name) {
        ScopeId another = account(name);
        scope(another.value(), "r-acme", "ACCOUNT");
        return another;
    }

    private void scope(String id, @org.jspecify.annotations.Nullable String parent, String kind) {
        database.sql("insert into scope (tenant_id, id, parent_id, kind, name) values ('acme', ?, ?, ?, ?)")
                .params(id, parent, kind, id)
                .update();
    }

    private ScopeId account(String name) {
        return new ScopeId(
                second.createAccount(request -> request.accountName(name).email(name + "@acme.example"))
                        .createAccountStatus()
                        .accountId());
    }

    URI moto() {
        return moto.endpoint();
    }

    @Override
    public void close() {
        nodes.forEach(AnnotationConfigApplicationContext::close);
        second.close();
        proxy.close();
    }
}
