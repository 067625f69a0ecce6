package io.drawbridge.web.pages;

import io.drawbridge.grant.DriftWorkflow;
import io.drawbridge.grant.GrantWorkflow;
import io.drawbridge.grant.ReconciliationLimits;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestJourney;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.stage.IdleEngine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.thymeleaf.ThymeleafAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Pages, desks and database with the demo organisations; the judge, the engine and the intake are fakes. */
@ImportAutoConfiguration({
    AopAutoConfiguration.class,
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    SecurityAutoConfiguration.class,
    ThymeleafAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    WebMvcAutoConfiguration.class
})
@ComponentScan({
    "io.drawbridge.audit",
    "io.drawbridge.grant",
    "io.drawbridge.identity",
    "io.drawbridge.notification",
    "io.drawbridge.organization",
    "io.drawbridge.request",
    "io.drawbridge.web.pages"
})
@Import(IdleEngine.class)
class PagesHouse {
    static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    @Bean
    SecurityFilterChain pages(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(calls -> calls.requestMatchers("/login", "/css/**", "/js/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(login -> login.loginPage("/login"))
                .build();
    }

    @Bean
    Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    @Bean
    SignedIn signedIn(People people) {
        return request -> {
            Person person = people.find(new PersonId(String.valueOf(request.getRemoteUser())))
                    .orElseThrow();
            return new Caller(person, person.tenant(), request.getRemoteAddr(), false);
        };
    }

    @Bean
    FakePolicies policies() {
        return new FakePolicies();
    }

    @Bean
    FakeWorkflow requestWorkflow() {
        return new FakeWorkflow();
    }

    @Bean
    RequestJourney requestJourney() {
        return request -> List.of();
    }

    @Bean
    GrantWorkflow grantWorkflow() {
        return grant -> {};
    }

    @Bean
    DriftWorkflow driftWorkflow() {
        return finding -> {};
    }

    @Bean
    ReconciliationLimits reconciliationLimits() {
        return ReconciliationLimits.DEFAULT;
    }

    @Bean
    @Primary
    PermissionCatalogue oneService() {
        return new OneService();
    }

    @Bean
    DeniedCallIntake intake() {
        return new NothingDenied();
    }

    /** Sends everything up to eight hours to the approvers, unless told to deny. */
    static final class FakePolicies implements AccessPolicies {
        boolean denying;

        @Override
        public Judgement judge(AccessQuestion question) {
            return denying
                    ? new Judgement(
                            false,
                            null,
                            List.of("freeze"),
                            List.of(),
                            null,
                            null,
                            List.of("Nothing moves on <b>Fridays</b>."),
                            "h",
                            "{}")
                    : new Judgement(
                            true,
                            ApprovalMode.REQUIRE,
                            List.of("require-protected"),
                            List.of(),
                            null,
                            AccessDuration.of(Duration.ofHours(8)),
                            List.of(),
                            "h",
                            "{}");
        }

        @Override
        public Judgement judge(DecisionQuestion question) {
            return new Judgement(
                    true, ApprovalMode.REQUIRE, List.of("deciders"), List.of(), null, null, List.of(), "h", "{}");
        }

        @Override
        public PolicySetView running(io.drawbridge.identity.TenantId tenant) {
            return new PolicySetView("h", NOW, "", List.of());
        }

        @Override
        public List<Optional<Evaluation>> replay(
                io.drawbridge.identity.TenantId tenant, PolicyProposal proposal, List<String> evidence) {
            throw new UnsupportedOperationException("Nobody replays here.");
        }

        @Override
        public Evaluation evaluate(io.drawbridge.identity.TenantId tenant, EvaluationQuestion question) {
            throw new UnsupportedOperationException("No page asks free questions.");
        }
    }

    /** An engine that does nothing but keep its clocks. */
    static final class FakeWorkflow implements RequestWorkflow {
        final Map<RequestId, Clocks> clocks = new HashMap<>();

        @Override
        public void start(AccessRequest request) {}

        @Override
        public void answered(AccessRequest request) {}

        @Override
        public void decided(AccessRequest request) {}

        @Override
        public void withdrawn(AccessRequest request) {}

        @Override
        public void reviewed(AccessRequest request) {}

        @Override
        public void approversChanged(AccessRequest request, List<String> people) {}

        @Override
        public Clocks clocks(RequestId request) {
            return clocks.getOrDefault(request, Clocks.NONE);
        }

        @Override
        public java.util.Set<RequestId> running(java.util.Collection<RequestId> requests) {
            return java.util.Set.of();
        }

        @Override
        public Map<RequestId, Clocks> clocks(Collection<RequestId> requests) {
            return clocks;
        }
    }

    private static final class OneService implements PermissionCatalogue {
        private static final CataloguedPermission DELETE =
                new CataloguedPermission(PermissionName.parse("s3:DeleteBucket"), "delete", "Data is lost.");

        @Override
        public List<CataloguedService> services() {
            return List.of(new CataloguedService("s3", "Amazon S3", List.of(DELETE)));
        }

        @Override
        public Optional<CataloguedService> service(String service) {
            return services().stream()
                    .filter(each -> each.service().equals(service))
                    .findFirst();
        }

        @Override
        public Optional<CataloguedPermission> find(String service, String action) {
            return Optional.of(DELETE).filter(each -> each.name().toString().equalsIgnoreCase(service + ":" + action));
        }
    }

    private static final class NothingDenied implements DeniedCallIntake {
        @Override
        public Receipt receive(Caller caller, String body) {
            throw new UnsupportedOperationException("No page hands in events.");
        }

        @Override
        public List<DeadLetter> deadLetters(Caller caller, int limit) {
            if (!caller.isAdministrator()) {
                throw new ForbiddenException("Only an administrator reads dead letters.");
            }
            return List.of(new DeadLetter(1, NOW, null, "is no record", "<script>alert(1)</script>"));
        }
    }
}
