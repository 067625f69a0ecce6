package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.AccessPolicies.PolicyView;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFilesTest {
    private static final String VALID = "@id(\"valid\") permit(principal, action, resource);\n";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @DisplayName("R27 A wrong policy does not start, and the message names file, line, column, policy and reason")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    @id("x") permit(principal, action = Drawbridge::Action::"request_access", resource);   | 3 | 28 | x | ==
                    @id("x") permit(principal, action, resource) when { context.duratoin > 3 };            | 3 | 53 | x | duratoin
                    @id("ü") permit(principal, action, resource) when { "ü" == context.typo };             | 3 | 60 | ü | typo
                    @id("x") permit(principal, action, resource)                                           | 3 | 45 | x | unexpected end
                    @id("x") permit(principal, action == Drawbridge::Action::"request", resource);         | 3 | 38 | x | request
                    @id("x") permit(principal in Drawbridge::Team::"a", action, resource);                 | 3 | 30 | x | Team
                    @id("x") permit(principal == ?principal, action, resource);                            | 3 | 30 | x | template
                    permit(principal, action, resource);                                                   | 3 | 1  |   | no @id
                    @id permit(principal, action, resource);                                               | 3 | 1  |   | @id
                    @id("x") @aproval_mode("auto") permit(principal, action, resource);                    | 3 | 10 | x | perhaps @approval_mode
                    @id("x") @nonsense("auto") permit(principal, action, resource);                        | 3 | 10 | x | no annotation @nonsense
                    @id("x") @approval_mode("Auto") permit(principal, action, resource);                   | 3 | 10 | x | no mode
                    @id("x") @priority("high") permit(principal, action, resource);                        | 3 | 10 | x | whole number
                    @id("x") @priority(" 1") permit(principal, action, resource);                          | 3 | 10 | x | whole number
                    @id("x") @priority permit(principal, action, resource);                                | 3 | 10 | x | whole number
                    @id("x") @approval_timeout("4h") permit(principal, action, resource);                  | 3 | 10 | x | ISO 8601
                    @id("x") @approval_timeout("PT0S") permit(principal, action, resource);                | 3 | 10 | x | out of range
                    @id("x") @max_duration("8 hours") permit(principal, action, resource);                 | 3 | 10 | x | ISO 8601
                    @id("x") @advice("") forbid(principal, action, resource);                              | 3 | 10 | x | @advice
                    @id("x") @approval_mode("auto") forbid(principal, action, resource);                   | 3 | 10 | x | no meaning on a forbid
                    @id("x") @max_duration("PT1H") forbid(principal, action, resource);                    | 3 | 10 | x | no meaning on a forbid
                    @id("x") @max_duration("PT1H") permit(principal, action == Drawbridge::Action::"approve_request", resource); | 3 | 10 | x | approve_request
                    @id("x") @id("y") permit(principal, action, resource);                                 | 3 | 10 | y | duplicate annotation
                    @id("valid") permit(principal, action, resource);                                      | 3 | 1  | valid | taken by the policy at acme/rules.cedar:2
                    """)
    void wrongPolicyDoesNotStart(String wrong, int line, int column, String policy, String reason) {
        Judges.write(folder, "// A comment; with a semicolon.\n" + VALID + wrong + "\n");

        InvalidPolicyException invalid = catchThrowableOfType(InvalidPolicyException.class, () -> Judges.over(folder));

        assertThat(invalid).as(wrong).isNotNull();
        Problem problem = invalid.problems().get(0);
        assertThat(problem.message()).contains(reason);
        assertThat(problem.policy()).isEqualTo(policy == null ? "" : policy);
        assertThat(List.of(problem.line(), problem.column()))
                .as(problem.toString())
                .isEqualTo(List.of(line, column));
        assertThat(problem.source()).isEqualTo("acme/rules.cedar");
        assertThat(invalid).hasMessageContaining("acme/rules.cedar:" + line + ":" + column);
    }

    @Test
    @DisplayName("R27 Everything that is wrong is named at once")
    void allProblemsAreNamed() throws IOException {
        Judges.write(
                folder,
                "@id(\"a\") @priority(\"x\") permit(principal, action, resource);\npermit(principal, action, resource);");
        Files.createDirectories(folder.resolve("globex"));
        Files.writeString(folder.resolve("globex/b.cedar"), "@id(\"b\") permit(principal, actoin, resource);");

        InvalidPolicyException invalid = catchThrowableOfType(InvalidPolicyException.class, () -> Judges.over(folder));

        assertThat(invalid.problems())
                .extracting(problem -> problem.source() + ":" + problem.line())
                .containsExactlyInAnyOrder("acme/rules.cedar:1", "acme/rules.cedar:2", "globex/b.cedar:1");
    }

    @Test
    @DisplayName("R27 A wrong schema does not start")
    void wrongSchemaDoesNotStart() throws IOException {
        Judges.write(folder, VALID);
        Path schema = folder.resolve(PolicySources.SCHEMA_FILE);
        String ours = Files.readString(schema);

        Files.writeString(schema, "namespace Drawbridge {\n  entity User in [ };\n}");
        assertThatThrownBy(() -> Judges.over(folder)).hasMessageContaining("drawbridge.cedarschema:2:20");
        Files.writeString(schema, ours.replace("\"mfa\": Bool,", ""));
        assertThatThrownBy(() -> Judges.over(folder)).hasMessageContaining("does not fit what Drawbridge asks");
        Files.delete(schema);
        assertThatThrownBy(() -> Judges.over(folder)).hasMessageContaining("There is no such file");
    }

    @Test
    @DisplayName("R27 A valid change replaces the running set")
    void validChangeIsTaken() {
        try (CedarAccessPolicies policies = Judges.over(Judges.write(folder, VALID))) {
            String before = policies.running(Judges.ACME).hash();

            Judges.write(folder, VALID.replace("permit", "forbid"));
            policies.refresh();

            assertThat(policies.running(Judges.ACME).hash()).isNotEqualTo(before);
            assertThat(policies.judge(Judges.question()).allowed()).isFalse();
        }
    }

    @Test
    @DisplayName("R27 An invalid change does not replace the running set, and the next valid one does")
    void invalidChangeIsNotTaken() throws IOException {
        try (CedarAccessPolicies policies = Judges.over(Judges.write(folder, VALID))) {
            String before = policies.running(Judges.ACME).hash();

            Judges.write(folder, VALID + "permit(");
            policies.refresh();

            assertThat(policies.running(Judges.ACME).hash()).isEqualTo(before);
            assertThat(policies.judge(Judges.question()).allowed()).isTrue();

            Files.delete(folder.resolve(PolicySources.SCHEMA_FILE));
            policies.refresh();
            assertThat(policies.judge(Judges.question()).allowed()).isTrue();

            Judges.write(folder, VALID.replace("valid", "newer"));
            policies.refresh();
            assertThat(policies.judge(Judges.question()).policies()).containsExactly("newer");
        }
    }

    @Test
    void policiesWithinTheApplicationAreFound() {
        try (CedarAccessPolicies policies = new CedarAccessPolicies(
                new org.springframework.core.io.support.PathMatchingResourcePatternResolver(),
                "classpath:/policies/",
                java.time.Clock.systemUTC(),
                Judges.people(),
                Judges.scopes())) {
            assertThat(policies.running(Judges.ACME).policies())
                    .extracting(PolicyView::id)
                    .containsExactly(
                            "approve-as-assigned",
                            "auto-dev",
                            "break-glass",
                            "never-stop-logging",
                            "require-protected");
            assertThat(policies.running(new TenantId("globex")).policies()).hasSize(2);
            assertThat(policies.running(new TenantId("nobody")).policies()).isEmpty();
        }
    }

    @Test
    void viewShowsWhatPeopleRead() {
        try (CedarAccessPolicies policies = Judges.over(Judges.POLICIES)) {
            List<PolicyView> views = policies.running(Judges.ACME).policies();
            PolicyView guardRail = views.get(3);
            PolicyView emergency = views.get(2);

            assertThat(guardRail.guardRail()).isTrue();
            assertThat(guardRail.mode()).isNull();
            assertThat(guardRail.priority()).isNull();
            assertThat(guardRail.effect()).isEqualTo("forbid");
            assertThat(emergency.priority()).isEqualTo(200L);
            assertThat(emergency.mode()).isEqualTo("break_glass");
            assertThat(emergency.file()).isEqualTo("acme/break-glass.cedar");
            assertThat(emergency.line()).isEqualTo(2);
            assertThat(emergency.text()).startsWith("@id(\"break-glass\")").endsWith(";");
        }
    }
}
