package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.grant.aws.scp.DocumentJudge;
import io.drawbridge.organization.PermissionName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * An organization in moto for the whole application: two accounts, people, a permission set, a queue with its rule; and a
 * second client, AWS's own command line, that looks at what the application has done.
 */
public final class AwsHouse {
    public static final String ALICE = "alice@acme.example";
    public static final String PERMISSION_SET = "DatabaseAdministrator";
    /** The account in which moto lets events arise; for the application it is payments-prod. */
    private static final String MOTO = "123456789012";

    private static final String MANAGEMENT = "999999999999";
    private static final String ROLE = "arn:aws:iam::" + MOTO + ":role/Drawbridge-acme";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI moto;
    private final String prod;
    private final String dev;
    private final String instance;
    private final String store;
    private final String permissionSet;
    private final String queue;
    private final Map<String, String> users = new LinkedHashMap<>();

    /** Builds the house in an empty moto. */
    public AwsHouse(URI moto) {
        this.moto = moto;
        aws("organizations", "create-organization", "--feature-set", "ALL");
        String root = aws("organizations", "list-roots").at("/Roots/0/Id").asText();
        aws("organizations", "enable-policy-type", "--root-id", root, "--policy-type", "SERVICE_CONTROL_POLICY");
        prod = MOTO;
        dev = account("payments-dev");
        JsonNode center = aws("sso-admin", "list-instances").at("/Instances/0");
        instance = center.path("InstanceArn").asText();
        store = center.path("IdentityStoreId").asText();
        for (String name : List.of("alice", "bob", "carol")) {
            users.put(
                    name + "@acme.example",
                    aws(
                                    "identitystore",
                                    "create-user",
                                    "--identity-store-id",
                                    store,
                                    "--user-name",
                                    name + "@acme.example",
                                    "--display-name",
                                    name,
                                    "--name",
                                    "GivenName=" + name + ",FamilyName=Acme")
                            .path("UserId")
                            .asText());
        }
        permissionSet = aws(
                        "sso-admin",
                        "create-permission-set",
                        "--instance-arn",
                        instance,
                        "--name",
                        PERMISSION_SET,
                        "--tags",
                        "Key=drawbridge,Value=managed")
                .at("/PermissionSet/PermissionSetArn")
                .asText();
        for (String account : List.of(prod, dev)) {
            // moto lists sets of an account only once they are provisioned there.
            aws(
                    "sso-admin",
                    "provision-permission-set",
                    "--instance-arn",
                    instance,
                    "--permission-set-arn",
                    permissionSet,
                    "--target-type",
                    "AWS_ACCOUNT",
                    "--target-id",
                    account);
        }
        queue = aws("sqs", "create-queue", "--queue-name", "denials")
                .path("QueueUrl")
                .asText();
        String queueArn = "arn:aws:sqs:eu-central-1:" + MOTO + ":denials";
        aws(
                "events",
                "put-rule",
                "--name",
                "denials",
                "--event-pattern",
                "{\"detail-type\":[\"AWS API Call via CloudTrail\"],\"detail\":{\"errorCode\":[\"AccessDenied\"]}}");
        // moto drops the account of an event that it passes on as it is; AWS does not.
        aws(
                "events",
                "put-targets",
                "--rule",
                "denials",
                "--targets",
                "[{\"Id\":\"queue\",\"Arn\":\"" + queueArn
                        + "\",\"InputTransformer\":{\"InputTemplate\":\"<aws.events.event.json>\"}}]");
    }

    public String prod() {
        return prod;
    }

    public String dev() {
        return dev;
    }

    public String userId(String person) {
        return users.getOrDefault(person, "");
    }

    /** What the application has to be told; {@code endpoint} is moto's or that of whatever stands before it. */
    public Map<String, String> properties(URI endpoint) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("drawbridge.cloud.type", "aws");
        properties.put("drawbridge.aws.endpoint", endpoint.toString());
        String acme = "drawbridge.aws.tenants.acme.";
        properties.put(acme + "account-id", MOTO);
        properties.put(acme + "role-arn", ROLE);
        properties.put(acme + "external-id", "acme-external");
        properties.put(acme + "region", "eu-central-1");
        properties.put(acme + "management-account-id", MANAGEMENT);
        properties.put(acme + "instance-arn", instance);
        properties.put(acme + "identity-store-id", store);
        properties.put(acme + "break-glass-roles[0]", "arn:aws:iam::*:role/BreakGlass");
        properties.put(
                acme + "queue-url",
                endpoint.resolve(URI.create(queue).getPath()).toString());
        properties.put("drawbridge.aws.scp.settle", "0s");
        // The organization is the demo's, with moto's accounts in it; nothing of it is to be read from moto.
        properties.put("drawbridge.aws.sync.every", "PT24H");
        return properties;
    }

    /** Tells a test's application of the house; {@code endpoint} as of {@link #properties}. */
    public void register(DynamicPropertyRegistry registry, URI endpoint) {
        System.setProperty("aws.accessKeyId", "testing");
        System.setProperty("aws.secretAccessKey", "testing");
        properties(endpoint).forEach((key, value) -> registry.add(key, () -> value));
        registry.add("drawbridge.policies.location", () -> "file:" + policies() + "/");
    }

    /** Furnishes the database when its tables are made, before anything of the application looks at it. */
    public FlywayMigrationStrategy furnishing(DataSource dataSource) {
        return flyway -> {
            flyway.migrate();
            furnish(JdbcClient.create(dataSource));
        };
    }

    /** Puts moto's accounts and people in the place of those of the demo; done already, it does nothing. */
    public void furnish(JdbcClient database) {
        furnish(database, furniture());
    }

    /** What {@link #furnish(JdbcClient, Map)} needs, for another process. */
    public Map<String, String> furniture() {
        Map<String, String> furniture = new HashMap<>();
        furniture.put("prod", prod);
        furniture.put("dev", dev);
        furniture.put("permissionSet", permissionSet);
        users.forEach((person, id) -> furniture.put("user." + person, id));
        return furniture;
    }

    public static void furnish(JdbcClient database, Map<String, String> furniture) {
        String prod = furniture.getOrDefault("prod", "");
        String dev = furniture.getOrDefault("dev", "");
        if (database.sql("select count(*) from scope where id = ?")
                        .param(prod)
                        .query(Integer.class)
                        .single()
                > 0) {
            return;
        }
        String demo = "('111122223333', '444455556666', '777788889999')";
        database.sql("delete from approver where scope_id in " + demo).update();
        database.sql("delete from identity_owner").update();
        database.sql("delete from scope where id in " + demo).update();
        account(database, prod, "ou-production", "payments-prod");
        account(database, dev, "ou-development", "payments-dev");
        database.sql(
                        "insert into approver (tenant_id, scope_id, person_id, assigned_at) values ('acme', ?, 'bob@acme.example',"
                                + " timestamp with time zone '2026-01-01 00:00:00+00')")
                .param(prod)
                .update();
        furniture.forEach((key, value) -> {
            if (key.startsWith("user.")) {
                database.sql("update person set identity_store_id = ? where id = ?")
                        .params(value, key.substring("user.".length()))
                        .update();
            }
        });
        database.sql(
                        """
                        insert into permission_set (tenant_id, name, arn, description, session_duration, closes_sessions)
                        values ('acme', ?, ?, 'Databases', 'PT1H', false)""")
                .params(PERMISSION_SET, furniture.getOrDefault("permissionSet", ""))
                .update();
    }

    private static void account(JdbcClient database, String id, String parent, String name) {
        database.sql(
                        "insert into scope (tenant_id, id, parent_id, kind, name, environment) values ('acme', ?, ?, 'ACCOUNT', ?, '')")
                .params(id, parent, name)
                .update();
    }

    /** The policies of the repository, and one that lets the permission set be asked for. */
    public static Path policies() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "aws-house-policies"));
            try (Stream<Path> files = Files.walk(Path.of("policies"))) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(each -> each.toString().contains(".cedar"))
                        .toList()) {
                    Path copy = folder.resolve(Path.of("policies").relativize(file));
                    Files.createDirectories(copy.getParent());
                    Files.write(copy, Files.readAllBytes(file));
                }
            }
            Files.writeString(
                    folder.resolve("acme").resolve("permission-sets.cedar"),
                    """
                    @id("require-database-administrator")
                    @approval_mode("require")
                    @max_duration("PT8H")
                    permit (
                      principal,
                      action == Drawbridge::Action::"request_access",
                      resource
                    )
                    when { context.permission in Drawbridge::PermissionSet::"DatabaseAdministrator" };
                    """);
            return folder.toAbsolutePath();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A call of alice that was denied in that account, on its way by EventBridge as AWS brings it. */
    public void deny(String account, String action, String eventName, String eventId) {
        String detail =
                """
                {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:alice@acme.example",
                "arn":"arn:aws:sts::%1$s:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/alice@acme.example",
                "accountId":"%1$s","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE",
                "arn":"arn:aws:iam::%1$s:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Engineer_0123456789abcdef",
                "accountId":"%1$s","userName":"AWSReservedSSO_Engineer_0123456789abcdef"},
                "attributes":{"creationDate":"2026-01-15T12:00:00Z","mfaAuthenticated":"false"}}},
                "eventTime":"2026-01-15T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"%2$s",
                "awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.23","userAgent":"aws-cli","errorCode":"AccessDenied",
                "errorMessage":"User: arn:aws:sts::%1$s:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/alice@acme.example is not authorized to perform: %3$s on resource: \\"arn:aws:s3:::invoices\\" with an explicit deny in a service control policy",
                "eventID":"%4$s","eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%1$s"}"""
                        .formatted(account, eventName, action, eventId)
                        .replace("\n", "");
        String entries;
        try {
            entries = JSON.writeValueAsString(
                    List.of(Map.of("Source", "aws.s3", "DetailType", "AWS API Call via CloudTrail", "Detail", detail)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
        assertThat(aws("events", "put-events", "--entries", entries)
                        .path("FailedEntryCount")
                        .asInt())
                .isZero();
    }

    /** The service control policies of ours on the account, as the second client reads them. */
    public List<String> documents(String account) {
        List<String> documents = new ArrayList<>();
        for (JsonNode policy : aws(
                        "organizations",
                        "list-policies-for-target",
                        "--target-id",
                        account,
                        "--filter",
                        "SERVICE_CONTROL_POLICY")
                .path("Policies")) {
            if (policy.path("Name").asText().startsWith("drawbridge-")) {
                documents.add(aws(
                                "organizations",
                                "describe-policy",
                                "--policy-id",
                                policy.path("Id").asText())
                        .at("/Policy/Content")
                        .asText());
            }
        }
        return documents;
    }

    /** Whether all documents of the account are written: none of the actions is open to anybody without a lease. */
    public boolean isClosed(String account, List<String> actions) {
        return !documents(account).isEmpty() && open(account, "carol@acme.example", actions, Instant.EPOCH) == 0;
    }

    /** Whether AWS, with the documents that it has, lets that person do that in that account at that moment. */
    public boolean allows(String account, String person, String action, Instant moment) {
        return open(account, person, List.of(action), moment) == 1;
    }

    /** How many of the actions AWS, with the documents that it has, lets that person do there at that moment. */
    public long open(String account, String person, List<String> actions, Instant moment) {
        List<String> documents = documents(account);
        if (documents.isEmpty()) {
            return 0;
        }
        DocumentJudge judge = new DocumentJudge(documents);
        Map<String, String> call = Map.of(
                "identitystore:UserId",
                userId(person),
                "aws:userid",
                "AROASSOSESSION00000000:" + person,
                "aws:PrincipalArn",
                "arn:aws:iam::" + account + ":role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Engineer_0",
                "aws:CurrentTime",
                moment.toString());
        return actions.stream()
                .filter(action -> judge.allows(PermissionName.parse(action), call))
                .count();
    }

    /** Ids of the users to whom the permission set is assigned in the account; one twice if it is assigned twice. */
    public List<String> assigned(String account) {
        List<String> assigned = new ArrayList<>();
        aws(
                        "sso-admin",
                        "list-account-assignments",
                        "--instance-arn",
                        instance,
                        "--account-id",
                        account,
                        "--permission-set-arn",
                        permissionSet)
                .path("AccountAssignments")
                .forEach(each -> assigned.add(each.path("PrincipalId").asText()));
        return assigned;
    }

    /** One call of the second client; its answer. */
    public JsonNode aws(String... call) {
        List<String> command = new ArrayList<>(
                List.of("aws", "--endpoint-url", moto.toString(), "--region", "eu-central-1", "--output", "json"));
        command.addAll(List.of(call));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("AWS_ACCESS_KEY_ID", "second", "AWS_SECRET_ACCESS_KEY", "second"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("exit of %s", List.of(call)).isZero();
            return answer.isBlank() ? JSON.createObjectNode() : JSON.readTree(answer);
        } catch (IOException missing) {
            String how = "AWS's command line is not on the PATH; install it: pip install awscli.";
            if ("true".equals(System.getenv("CI"))) {
                return fail(how);
            }
            return abort(how);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private String account(String name) {
        return aws("organizations", "create-account", "--email", name + "@acme.example", "--account-name", name)
                .at("/CreateAccountStatus/AccountId")
                .asText();
    }
}
