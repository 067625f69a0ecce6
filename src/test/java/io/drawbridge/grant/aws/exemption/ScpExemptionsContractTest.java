package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudContract;
import io.drawbridge.grant.Lease;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The contract of all clouds for the way by exemption, through the real SDK on moto; a second client looks what is open. */
@DisplayName("The way by exemption")
@SuppressWarnings("NullAway.Init")
class ScpExemptionsContractTest extends CloudContract {
    private final TestClock clock = new TestClock();
    private ScpStage stage;
    private AnnotationConfigApplicationContext node;
    private final Map<String, String> roles = new HashMap<>();

    @BeforeEach
    void anEmptyOrganization() {
        clock.setTo(TestClock.START);
        stage = new ScpStage(clock);
        node = stage.node(Map.of());
        ScpStage.round(node);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Override
    protected Cloud cloud() {
        return node.getBean(ScpExemptions.class);
    }

    @Override
    protected ScopeId prod() {
        return stage.prod;
    }

    @Override
    protected ScopeId dev() {
        return stage.dev;
    }

    @Override
    protected Identity worker(int number) {
        Identity worker = super.worker(number);
        roles.computeIfAbsent(worker.arn(), arn -> stage.role(stage.prod, worker.name()));
        return worker;
    }

    @Override
    protected void suffer(Trouble trouble) {
        stage.proxy.fault(call -> switch (trouble) {
            case OPENING_FAILS, CLOSING_FAILS ->
                call.operation().equals("UpdatePolicy")
                        ? Optional.of(Answer.error(500, "ServiceException", "AWS Organizations is down."))
                        : Optional.empty();
            case THROTTLED ->
                call.operation().endsWith("Policy")
                        ? Optional.of(Answer.error(400, "TooManyRequestsException", "Too many requests."))
                        : Optional.empty();
            case NONE, SLOW -> Optional.empty();
        });
    }

    @Override
    protected void timePasses() {
        clock.moveBy(Duration.ofMinutes(1));
        ScpStage.round(node);
    }

    @Override
    protected boolean hasAccess(Lease lease) {
        String action = lease.entitlement().toString();
        return lease.identity().type() == Identity.Type.SSO_USER
                ? stage.allowsUser(lease.account(), ScpStage.userId(1), action, clock.instant())
                : stage.allowsRole(
                        lease.account(),
                        roles.getOrDefault(lease.identity().arn(), "AROANOBODY0000000000"),
                        action,
                        clock.instant());
    }

    @Override
    protected int objects() {
        return cloud().inventory(ScpStage.ACME).ours().size();
    }
}
