package io.drawbridge.organization.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.organization.ScopeId;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.organizations.model.PolicyType;

/** The connection to AWS, on moto; its quotas and fences. */
@DisplayName("A connection to AWS")
class AwsConnectionsTest {
    private static final String MANAGEMENT = "123456789012";

    private final TestClock clock = new TestClock();
    private AwsUnderTest aws;

    @BeforeEach
    void anEmptyDatabase() {
        clock.setTo(TestClock.START);
        aws = new AwsUnderTest(clock);
    }

    @Test
    @DisplayName("R57 reaches each API of the tenant, and a member account by the role for members there")
    void reachesEachApi() {
        Moto moto = Moto.server().reset();
        try (AwsConnections connections = aws.connections(
                moto.endpoint(), Map.of("acme", tenant("arn:aws:iam::" + MANAGEMENT + ":role/Drawbridge")), Map.of())) {
            AwsConnection acme = connections.demand(AwsUnderTest.ACME);
            acme.organizations().createOrganization(request -> request.featureSet("ALL"));

            assertThat(acme.call("organizations:List", Urgency.ORDINARY, () -> acme.organizations()
                                    .listRoots())
                            .roots())
                    .singleElement()
                    .satisfies(root -> assertThat(root.id()).startsWith("r-"));
            assertThat(acme.organizations()
                            .listPolicies(request -> request.filter(PolicyType.SERVICE_CONTROL_POLICY))
                            .policies())
                    .isNotEmpty();
            assertThat(acme.ssoAdmin().listInstances(request -> {}).instances()).hasSize(1);
            acme.iam(new ScopeId("111122223333")).createRole(request -> request.roleName("deploy")
                    .assumeRolePolicyDocument("{\"Version\":\"2012-10-17\",\"Statement\":[]}"));
            assertThat(acme.iam(new ScopeId("111122223333")).listRoles().roles())
                    .hasSize(1);
            assertThat(acme.iam(new ScopeId("444455556666")).listRoles().roles())
                    .isEmpty();
            assertThat(acme.sts(new ScopeId("111122223333")).getCallerIdentity().account())
                    .isEqualTo("111122223333");
        }
    }

    @Test
    @DisplayName("R58 lets through as many calls as the quota has, on all nodes together, and more as time passes")
    void keepsWithinTheQuota() {
        AwsProperties properties = properties(Map.of("sso", new AwsProperties.Rate(2, 3)));
        List<AwsQuotas> nodes = List.of(aws.quotas(properties), aws.quotas(properties));

        for (int call = 0; call < 3; call++) {
            nodes.get(call % 2).take(MANAGEMENT, "sso", Urgency.ORDINARY);
        }
        nodes.forEach(node -> assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> node.take(MANAGEMENT, "sso", Urgency.ORDINARY)));
        nodes.get(0).take("444455556666", "sso", Urgency.ORDINARY);
        nodes.get(0).take(MANAGEMENT, "iam", Urgency.ORDINARY);

        clock.moveBy(Duration.ofMillis(500));
        nodes.get(1).take(MANAGEMENT, "sso", Urgency.ORDINARY);
        assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> nodes.get(0).take(MANAGEMENT, "sso", Urgency.ORDINARY))
                .satisfies(
                        busy -> assertThat(busy.retryAfter()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(1)));
    }

    @Test
    @DisplayName("R58 lets a revocation go first: while one waits, nobody else gets a token")
    void letsRevocationsGoFirst() {
        AwsQuotas quotas = aws.quotas(properties(Map.of("sso", new AwsProperties.Rate(1, 1))));
        quotas.take(MANAGEMENT, "sso", Urgency.ORDINARY);
        assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> quotas.take(MANAGEMENT, "sso", Urgency.REVOCATION));

        clock.moveBy(Duration.ofSeconds(1));
        assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> quotas.take(MANAGEMENT, "sso", Urgency.ORDINARY));
        quotas.take(MANAGEMENT, "sso", Urgency.REVOCATION);

        clock.moveBy(Duration.ofSeconds(1));
        quotas.take(MANAGEMENT, "sso", Urgency.ORDINARY);
    }

    @Test
    @DisplayName("R58 forgets a revocation that waited and never came back")
    void forgetsARevocationThatNeverCameBack() {
        AwsQuotas quotas = aws.quotas(properties(Map.of("sso", new AwsProperties.Rate(1, 1))));
        quotas.take(MANAGEMENT, "sso", Urgency.ORDINARY);
        assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> quotas.take(MANAGEMENT, "sso", Urgency.REVOCATION));

        clock.moveBy(Duration.ofSeconds(3));
        quotas.take(MANAGEMENT, "sso", Urgency.ORDINARY);
    }

    @Test
    @DisplayName("R58 believes AWS when it says that there were too many calls")
    void believesAws() {
        AwsQuotas quotas = aws.quotas(properties(Map.of("sso", new AwsProperties.Rate(10, 10))));
        quotas.exhausted(MANAGEMENT, "sso");

        assertThatExceptionOfType(AwsBusyException.class)
                .isThrownBy(() -> quotas.take(MANAGEMENT, "sso", Urgency.REVOCATION));
        clock.moveBy(Duration.ofMillis(100));
        quotas.take(MANAGEMENT, "sso", Urgency.REVOCATION);
    }

    @Test
    @DisplayName("R50 has fences that one node holds at a time, each holder of a later generation than the last")
    void fencesOneNode() {
        Fences one = aws.fences();
        Fences other = aws.fences();
        Fences.Fence first = one.hold("writer", Duration.ofSeconds(10)).orElseThrow();

        assertThat(other.hold("writer", Duration.ofSeconds(10))).isEmpty();
        assertThat(other.hold("another", Duration.ofSeconds(10))).isPresent();
        assertThat(one.hold("writer", Duration.ofSeconds(10)))
                .hasValueSatisfying(again -> assertThat(again.generation()).isEqualTo(first.generation()));
        clock.moveBy(Duration.ofSeconds(10));
        Fences.Fence second = other.hold("writer", Duration.ofSeconds(10)).orElseThrow();

        assertThat(second.generation()).isEqualTo(first.generation() + 1);
        assertThat(one.keep(first, Duration.ofSeconds(10))).isFalse();
        clock.moveBy(Duration.ofSeconds(9));
        assertThat(other.keep(second, Duration.ofSeconds(10))).isTrue();
        clock.moveBy(Duration.ofSeconds(9));
        assertThat(one.hold("writer", Duration.ofSeconds(10))).isEmpty();
        other.release(second);
        assertThat(one.hold("writer", Duration.ofSeconds(10))).isPresent();
        assertThat(other.keep(second, Duration.ofSeconds(10))).isFalse();
    }

    private static AwsProperties properties(Map<String, AwsProperties.Rate> quotas) {
        return new AwsProperties(null, Duration.ofSeconds(10), Map.of(), quotas);
    }

    private static AwsProperties.Tenant tenant(String role) {
        return new AwsProperties.Tenant(
                MANAGEMENT,
                role,
                "external",
                "eu-central-1",
                MANAGEMENT,
                null,
                null,
                "DrawbridgeMember",
                List.of(role),
                List.of("arn:aws:iam::111122223333:role/BreakGlass"),
                null);
    }
}
