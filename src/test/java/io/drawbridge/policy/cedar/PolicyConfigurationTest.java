package io.drawbridge.policy.cedar;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.People;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.TenantScopes;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PolicyConfigurationTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(PolicyConfiguration.class)
            .withBean(Clock.class, Clock::systemUTC)
            .withBean(People.class, Judges::people)
            .withBean(TenantScopes.class, Judges::scopes);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void runsThePoliciesOfTheApplicationUnlessToldOtherwise() {
        application.run(context -> assertThat(context.getBean(AccessPolicies.class)
                        .running(Judges.ACME)
                        .policies())
                .hasSize(5));
    }

    @Test
    @DisplayName("R27 A wrong policy stops the start")
    void wrongPolicyStopsTheStart() {
        Judges.write(folder, "permit(principal, action, resource)");

        application
                .withPropertyValues("drawbridge.policies.location=" + folder.toUri())
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("acme/rules.cedar:1:36"));
    }

    @Test
    void wrongSettingsStopTheStart() {
        application
                .withPropertyValues("drawbridge.policies.location=https://example.org/policies/")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("must be a classpath: or file: folder"));
        application
                .withPropertyValues("drawbridge.policies.refresh=PT0.5S")
                .run(context ->
                        assertThat(context).hasFailed().getFailure().rootCause().hasMessageContaining("at least PT1S"));
    }
}
