package io.drawbridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/** The templates are valid, fit into AWS's sizes, and allow what the product asks, nothing else. */
class TemplatesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A row of the table in docs/aws.md: action, role, purpose. */
    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+:[A-Za-z]+)` \\| `([A-Za-z]+)` \\| (.+) \\|");

    @TempDir
    Path folder;

    @Test
    @DisplayName("CloudFormation's linter finds nothing to say about any template")
    void templatesAreValid() throws Exception {
        List<String> templates;
        try (Stream<Path> files = Files.list(Template.FOLDER)) {
            templates = files.map(Path::toString)
                    .filter(file -> file.endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        assertThat(templates).hasSize(4);

        assertThat(lint(templates)).isEmpty();
    }

    @Test
    @DisplayName("service control policies, which the linter does not read, would be valid policies of a role")
    void serviceControlPoliciesAreValid() throws Exception {
        ObjectNode resources = JSON.createObjectNode();
        for (String name : List.of("Guard", "Stop")) {
            resources
                    .putObject(name)
                    .put("Type", "AWS::IAM::ManagedPolicy")
                    .putObject("Properties")
                    .set(
                            "PolicyDocument",
                            Template.read("guard.yaml").properties(name).required("Content"));
        }
        ObjectNode template = JSON.createObjectNode();
        template.set("Resources", resources);
        Path file = folder.resolve("policies.json");
        Files.writeString(file, template.toString());

        assertThat(lint(List.of(file.toString()))).isEmpty();
    }

    @Test
    @DisplayName("a missing linter aborts the check at home and fails it in CI")
    void missingLinterIsNotPassedOver() {
        assertThatThrownBy(() -> linter("", null)).hasMessageContaining("cfn-lint");
        assertThatThrownBy(() -> linter("", null)).isInstanceOf(TestAbortedException.class);
        assertThatThrownBy(() -> linter("", "true")).isInstanceOf(AssertionError.class);
    }

    @Test
    @DisplayName("each permission has a purpose, each purpose its permission, and the page says so")
    void permissionsAndPurposesAgree() throws Exception {
        TreeMap<String, String> purposes = new TreeMap<>();
        for (String line : Files.readAllLines(Template.FOLDER.resolve("calls.txt"))) {
            if (!line.startsWith("#")) {
                String[] parts = line.split(" ", 3);
                assertThat(purposes.put(parts[0] + " " + parts[1], parts[2]))
                        .as(line)
                        .isNull();
            }
        }
        TreeMap<String, String> told = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("docs/aws.md")));
        while (rows.find()) {
            told.put(rows.group(2) + " " + rows.group(1), rows.group(3));
        }
        TreeSet<String> allowed = new TreeSet<>();
        allowedActions("control.yaml", "Role").forEach(action -> allowed.add("Drawbridge " + action));
        allowedActions("member.yaml", "Member").forEach(action -> allowed.add("DrawbridgeMember " + action));

        assertThat(allowed).isEqualTo(purposes.keySet());
        assertThat(told).isEqualTo(purposes);
    }

    @Test
    @DisplayName("EventBridge's role can send events, and nothing more")
    void forwardingRoleOnlySends() {
        assertThat(allowedActions("member.yaml", "ForwardDenials")).containsExactly("events:PutEvents");
    }

    @Test
    @DisplayName("the organization delegates what Drawbridge's role may ask of AWS Organizations, to that role only")
    void delegationAgreesWithTheRole() {
        JsonNode delegation =
                Template.read("delegation.yaml").properties("Delegation").required("Content");
        TreeSet<String> ofTheRole = new TreeSet<>(allowedActions("control.yaml", "Role"));
        ofTheRole.removeIf(action -> !action.startsWith("organizations:"));

        assertThat(allowedActions(delegation)).isEqualTo(ofTheRole);
        assertThat(delegation.required("Statement")).allSatisfy(statement -> assertThat(
                        statement.at("/Condition/ArnEquals/aws:PrincipalArn").textValue())
                .isEqualTo("arn:aws:iam::222233334444:role/Drawbridge-acme"));
    }

    @Test
    @DisplayName("no action is a wildcard, and any resource is asked for only where AWS knows none")
    void wildcardsStandWhereNothingNarrowerExists() {
        TreeSet<String> ofAnyResource = new TreeSet<>();
        Stream.of(
                        documents("control.yaml", "Role"),
                        documents("member.yaml", "Member"),
                        documents("member.yaml", "ForwardDenials"))
                .flatMap(List::stream)
                .flatMap(document -> elements(document.required("Statement")))
                .filter(statement -> statement.required("Effect").textValue().equals("Allow"))
                .forEach(statement -> {
                    List<String> actions = texts(statement.required("Action"));
                    assertThat(actions).noneMatch(action -> action.contains("*"));
                    if (texts(statement.required("Resource")).contains("*")) {
                        ofAnyResource.addAll(actions);
                    }
                });

        // Service Authorization Reference: these have no resource types.
        assertThat(ofAnyResource)
                .containsExactlyInAnyOrder(
                        "organizations:DescribeOrganization",
                        "organizations:ListAccounts",
                        "organizations:ListPolicies",
                        "organizations:ListRoots",
                        "sso:ListInstances",
                        "sts:DecodeAuthorizationMessage");
    }

    @Test
    @DisplayName("opening an assignment asks for the tag on the permission set, taking back asks for none")
    void onlyTaggedPermissionSetsAreAssigned() {
        List<JsonNode> ofSets = documents("control.yaml", "Role").stream()
                .flatMap(document -> elements(document.required("Statement")))
                .filter(statement -> statement.required("Effect").textValue().equals("Allow"))
                .filter(statement -> texts(statement.required("Resource")).stream()
                        .anyMatch(resource -> resource.contains(":permissionSet/")))
                .toList();

        assertThat(ofSets)
                .filteredOn(statement -> texts(statement.required("Action")).contains("sso:CreateAccountAssignment"))
                .singleElement()
                .satisfies(statement -> assertThat(statement
                                .at("/Condition/StringEquals/aws:ResourceTag~1drawbridge")
                                .textValue())
                        .isEqualTo("managed"));
        assertThat(ofSets)
                .filteredOn(statement -> texts(statement.required("Action")).contains("sso:DeleteAccountAssignment"))
                .singleElement()
                .satisfies(statement ->
                        assertThat(statement.path("Condition").isMissingNode()).isTrue());
    }

    @Test
    @DisplayName("stopping Drawbridge forbids all that opens and leaves it the taking back")
    void stopForbidsOpeningOnly() {
        JsonNode statement = Template.read("guard.yaml")
                .properties("Stop")
                .required("Content")
                .required("Statement")
                .required(0);

        assertThat(texts(statement.required("Action")))
                .contains("sso:CreateAccountAssignment", "organizations:UpdatePolicy", "organizations:DetachPolicy")
                .doesNotContain("sso:DeleteAccountAssignment");
    }

    /**
     * Characters without white space. IAM and AWS STS quotas: 10,240 for all inline policies of a role, 2,048 for who
     * may assume it. Quotas for AWS Organizations: 5,120 for a service control policy in organizations that have not
     * got the newer 10,240; 40,000 for a delegation policy.
     */
    @ParameterizedTest(name = "{0} {1} fits into {3} characters")
    @CsvSource({
        "control.yaml, Role, Policies, 10240",
        "control.yaml, Role, AssumeRolePolicyDocument, 2048",
        "member.yaml, Member, Policies, 10240",
        "member.yaml, Member, AssumeRolePolicyDocument, 2048",
        "member.yaml, ForwardDenials, AssumeRolePolicyDocument, 2048",
        "guard.yaml, Guard, Content, 5120",
        "guard.yaml, Stop, Content, 5120",
        "delegation.yaml, Delegation, Content, 40000",
    })
    void policiesFitIntoTheirSizes(String template, String resource, String property, int most) {
        JsonNode policies = Template.read(template).properties(resource).required(property);

        int size = property.equals("Policies")
                ? elements(policies)
                        .mapToInt(policy ->
                                policy.required("PolicyDocument").toString().length())
                        .sum()
                : policies.toString().length();

        assertThat(size).isBetween(100, most);
    }

    /** What cfn-lint prints; empty if it has no error, warning or hint. */
    private static String lint(List<String> files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(linter(System.getenv("PATH"), System.getenv("CI")).toString());
        command.add("--format");
        command.add("parseable");
        command.add("--");
        command.addAll(files);
        Path output = Files.createTempFile("cfn-lint", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                fail("cfn-lint did not end within 3 minutes.");
            }
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            // 2 errors, 4 warnings, 8 hints, or several of them; silence and a failure do not go together.
            return process.exitValue() == 0 ? printed : "exit " + process.exitValue() + "\n" + printed;
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }

    private static Path linter(String path, @Nullable String ci) {
        Optional<Path> found = Stream.of(path.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, "cfn-lint"))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            String missing = "cfn-lint is not on the PATH, so the templates in aws/ are not checked. Install it.";
            if ("true".equals(ci)) {
                fail(missing);
            }
            Assumptions.abort(missing);
        }
        return found.get();
    }

    private static Set<String> allowedActions(String template, String role) {
        TreeSet<String> actions = new TreeSet<>();
        documents(template, role).forEach(document -> actions.addAll(allowedActions(document)));
        return actions;
    }

    private static Set<String> allowedActions(JsonNode document) {
        TreeSet<String> actions = new TreeSet<>();
        elements(document.required("Statement"))
                .filter(statement -> statement.required("Effect").textValue().equals("Allow"))
                .forEach(statement -> actions.addAll(texts(statement.required("Action"))));
        return actions;
    }

    private static List<JsonNode> documents(String template, String role) {
        return elements(Template.read(template).properties(role).required("Policies"))
                .map(policy -> policy.required("PolicyDocument"))
                .toList();
    }

    private static List<String> texts(JsonNode oneOrMany) {
        return oneOrMany.isTextual()
                ? List.of(oneOrMany.textValue())
                : elements(oneOrMany).map(JsonNode::textValue).toList();
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
