package io.drawbridge.web;

import io.drawbridge.grant.DriftWorkflow;
import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantNotices;
import io.drawbridge.grant.GrantWorkflow;
import io.drawbridge.grant.ReconciliationLimits;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ChatDirectory;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.Seal;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.DecisionQuestion;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.Judgement;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DeniedCallIntake;
import io.drawbridge.request.EscalationDesk;
import io.drawbridge.request.JudgingDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestNotices;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.stage.IdleEngine;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The window over the real domain and its tables, without engine, judge, mail and cloud records.
 *
 * <p>In place of the engine, each step follows at once; in place of the judge, everything needs approval, for 8 h at most.
 */
@EnableAutoConfiguration(
        excludeName = {
            "org.camunda.bpm.spring.boot.starter.CamundaBpmAutoConfiguration",
            "org.camunda.bpm.spring.boot.starter.rest.CamundaBpmRestJerseyAutoConfiguration",
            "org.camunda.bpm.spring.boot.starter.webapp.CamundaBpmWebappAutoConfiguration"
        })
@ComponentScan({
    "io.drawbridge.identity",
    "io.drawbridge.organization",
    "io.drawbridge.request",
    "io.drawbridge.grant",
    "io.drawbridge.audit",
    "io.drawbridge.web.api",
    "io.drawbridge.web.security"
})
@Import({ApiUnderTest.PagesInShort.class, IdleEngine.class})
class ApiUnderTest {
    static final Instant NOW = Instant.parse("2026-01-15T09:00:00Z");

    /** Switched by tests that want the policy to have changed its mind. */
    static volatile boolean policyDenies;

    @Bean
    Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    @Bean
    RequestWorkflow stepAtOnce(
            ObjectProvider<JudgingDesk> judging,
            ObjectProvider<EscalationDesk> escalation,
            ObjectProvider<GrantDesk> grants) {
        return new RequestWorkflow() {
            @Override
            public void start(AccessRequest request) {
                if (judging.getObject().judgeOnArrival(request.id()) == JudgingDesk.Outcome.REQUIRE) {
                    escalation.getObject().askApprovers(request.id());
                }
            }

            @Override
            public void answered(AccessRequest request) {
                if (request.status() == RequestStatus.REQUESTED
                        && judging.getObject().judge(request.id()) == JudgingDesk.Outcome.REQUIRE) {
                    escalation.getObject().askApprovers(request.id());
                }
            }

            @Override
            public void decided(AccessRequest request) {
                if (request.status() == RequestStatus.APPROVED) {
                    grants.getObject().open(request.id());
                }
            }

            @Override
            public void withdrawn(AccessRequest request) {}

            @Override
            public void reviewed(AccessRequest request) {}

            @Override
            public void approversChanged(AccessRequest request, List<String> people) {}

            @Override
            public Clocks clocks(RequestId request) {
                return new Clocks(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(24)));
            }

            @Override
            public java.util.Set<RequestId> running(java.util.Collection<RequestId> requests) {
                return java.util.Set.of();
            }

            @Override
            public Map<RequestId, Clocks> clocks(Collection<RequestId> requests) {
                Map<RequestId, Clocks> clocks = new HashMap<>();
                requests.forEach(request -> clocks.put(request, clocks(request)));
                return clocks;
            }
        };
    }

    @Bean
    GrantWorkflow revokeAtOnce(ObjectProvider<GrantDesk> grants) {
        return (Grant grant) -> grants.getObject().beginRevocation(grant.id());
    }

    @Bean
    DriftWorkflow nobodyWaits() {
        return finding -> {};
    }

    @Bean
    ReconciliationLimits usualLimits() {
        return ReconciliationLimits.DEFAULT;
    }

    @Bean
    RequestNotices silentRequestNotices() {
        return silent(RequestNotices.class);
    }

    @Bean
    GrantNotices silentGrantNotices() {
        return silent(GrantNotices.class);
    }

    @Bean
    ChannelPost silentChannelPost() {
        return silent(ChannelPost.class);
    }

    @Bean
    ChatDirectory silentChatDirectory() {
        return silent(ChatDirectory.class);
    }

    @Bean
    Seal silentSeal() {
        return silent(Seal.class);
    }

    private static <T> T silent(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }

    @Bean
    AccessPolicies requireEverywhere() {
        return new AccessPolicies() {
            @Override
            public Judgement judge(AccessQuestion question) {
                if (policyDenies || question.duration().compareTo(AccessDuration.parse("PT8H")) > 0) {
                    return new Judgement(false, null, List.of(), List.of(), null, null, List.of(), "0", "{}");
                }
                return allowed();
            }

            @Override
            public Judgement judge(DecisionQuestion question) {
                return allowed();
            }

            private Judgement allowed() {
                return new Judgement(
                        true,
                        ApprovalMode.REQUIRE,
                        List.of("require-protected"),
                        List.of(),
                        null,
                        AccessDuration.parse("PT8H"),
                        List.of(),
                        "0",
                        "{}");
            }

            @Override
            public PolicySetView running(TenantId tenant) {
                return new PolicySetView(
                        "0",
                        NOW,
                        "",
                        List.of(new PolicyView(
                                "require-protected",
                                "permit",
                                "require",
                                0L,
                                false,
                                null,
                                "PT8H",
                                null,
                                "require-protected.cedar",
                                1,
                                "")));
            }

            @Override
            public List<Optional<Evaluation>> replay(TenantId tenant, PolicyProposal proposal, List<String> evidence) {
                return evidence.stream()
                        .map(kept -> Optional.<Evaluation>empty())
                        .toList();
            }

            @Override
            public Evaluation evaluate(TenantId tenant, EvaluationQuestion question) {
                if ("broken".equals(question.policies())) {
                    throw new InvalidPolicyException(
                            List.of(new InvalidPolicyException.Problem("policies", "p", 3, 7, "unexpected token")));
                }
                return new Evaluation(
                        false,
                        null,
                        List.of(question.principal().type() + "|"
                                + question.principal().id()),
                        List.of(),
                        null,
                        null,
                        List.of());
            }
        };
    }

    @Bean
    @Primary
    PermissionCatalogue smallCatalogue() {
        List<PermissionCatalogue.CataloguedService> services = List.of(
                new PermissionCatalogue.CataloguedService(
                        "s3", "Amazon S3", List.of(permission("s3:DeleteBucket"), permission("s3:PutBucketPolicy"))),
                new PermissionCatalogue.CataloguedService("iam", "IAM", List.of(permission("iam:CreateUser"))));
        return new PermissionCatalogue() {
            @Override
            public List<CataloguedService> services() {
                return services;
            }

            @Override
            public Optional<CataloguedService> service(String service) {
                return services.stream()
                        .filter(each -> each.service().equals(service))
                        .findFirst();
            }

            @Override
            public Optional<CataloguedPermission> find(String service, String action) {
                return service(service).flatMap(each -> each.permissions().stream()
                        .filter(known -> known.name().action().equalsIgnoreCase(action))
                        .findFirst());
            }
        };
    }

    /** In place of the pages: a login that shows its token, and a page of a request. */
    @TestComponent
    @RestController
    static class PagesInShort {
        @GetMapping(
                path = {"/login", "/requests/{id}"},
                produces = "text/html")
        String page(CsrfToken token) {
            return token.getToken();
        }

        @GetMapping("/camunda/app/tasklist")
        String tasklist() {
            return "Tasklist";
        }
    }

    private static PermissionCatalogue.CataloguedPermission permission(String name) {
        return new PermissionCatalogue.CataloguedPermission(PermissionName.parse(name), "Group", "It is privileged.");
    }

    @Bean
    DeniedCallIntake countingIntake() {
        return new DeniedCallIntake() {
            @Override
            public Receipt receive(Caller caller, String body) {
                if (!body.startsWith("{")) {
                    throw new UnreadableBodyException("The body is no record.");
                }
                return new Receipt(1, 0, 0, 1, 0, List.of(new Outcome("e-1", "not_denied", null, "It went through.")));
            }

            @Override
            public List<DeadLetter> deadLetters(Caller caller, int limit) {
                return List.of();
            }
        };
    }
}
