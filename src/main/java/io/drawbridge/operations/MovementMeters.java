package io.drawbridge.operations;

import io.drawbridge.grant.GrantMoved;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.request.Decision;
import io.drawbridge.request.RequestMoved;
import io.drawbridge.request.RequestStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Counts what requests and grants become, once each, after it is committed, on the node that did it: the sum over all
 * nodes is the whole.
 *
 * <p>Times have buckets and no quantiles: buckets of several nodes can be added, quantiles cannot.
 */
@Component
class MovementMeters implements TenantFigures {
    private static final String NOBODY = "none";

    private final MeterRegistry meters;
    private final Set<TenantId> known = ConcurrentHashMap.newKeySet();

    MovementMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void watch(TenantId tenant) {
        if (!known.add(tenant)) {
            return;
        }
        for (RequestStatus status : RequestStatus.values()) {
            requests(tenant, status);
        }
        for (ApprovalMode mode : ApprovalMode.values()) {
            decisions(tenant, RequestStatus.APPROVED, mode, by(mode));
        }
        decisions(tenant, RequestStatus.DENIED, null, Decision.By.POLICY);
        decisions(tenant, RequestStatus.DENIED, ApprovalMode.REQUIRE, Decision.By.APPROVER);
        requestToDecision(tenant);
        approvalToActive(tenant);
        endToRevoked(tenant);
    }

    @TransactionalEventListener
    void count(RequestMoved moved) {
        requests(moved.tenant(), moved.to()).increment();
        if (moved.to() == RequestStatus.APPROVED || moved.to() == RequestStatus.DENIED) {
            decisions(moved.tenant(), moved.to(), moved.mode(), moved.decidedBy())
                    .increment();
            requestToDecision(moved.tenant()).record(between(moved.createdAt(), moved.at()));
        }
    }

    @TransactionalEventListener
    void count(GrantMoved moved) {
        if (moved.to() == GrantState.ACTIVE) {
            approvalToActive(moved.tenant()).record(between(moved.startsAt(), moved.at()));
        } else if (moved.to() == GrantState.REVOKED) {
            endToRevoked(moved.tenant()).record(between(moved.overAt(), moved.at()));
        }
    }

    private static Decision.By by(ApprovalMode mode) {
        return mode == ApprovalMode.REQUIRE ? Decision.By.APPROVER : Decision.By.POLICY;
    }

    private Counter requests(TenantId tenant, RequestStatus status) {
        return Counter.builder("drawbridge.requests")
                .description("Requests that have entered the status")
                .tag("tenant", tenant.value())
                .tag("status", status.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private Counter decisions(
            TenantId tenant, RequestStatus outcome, @Nullable ApprovalMode mode, Decision.@Nullable By by) {
        return Counter.builder("drawbridge.decisions")
                .description("Requests approved and denied, by mode; a denial by policy has no mode")
                .tag("tenant", tenant.value())
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .tag("mode", mode == null ? NOBODY : mode.word())
                .tag("by", by == null ? NOBODY : by.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private Timer requestToDecision(TenantId tenant) {
        return Timer.builder("drawbridge.request.to.decision")
                .description("From the request to its approval or denial")
                .tag("tenant", tenant.value())
                .serviceLevelObjectives(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(15),
                        Duration.ofMinutes(30),
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        Duration.ofHours(4),
                        Duration.ofHours(8),
                        Duration.ofHours(24))
                .register(meters);
    }

    private Timer approvalToActive(TenantId tenant) {
        return Timer.builder("drawbridge.approval.to.active")
                .description("From the decision until the cloud has confirmed the access")
                .tag("tenant", tenant.value())
                .serviceLevelObjectives(promptly())
                .register(meters);
    }

    private Timer endToRevoked(TenantId tenant) {
        return Timer.builder("drawbridge.end.to.revoked")
                .description("From the end of a grant until the cloud has confirmed that the access is gone")
                .tag("tenant", tenant.value())
                .serviceLevelObjectives(promptly())
                .register(meters);
    }

    private static Duration[] promptly() {
        return new Duration[] {
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1)
        };
    }

    /** Clocks of two nodes may differ a little; nothing takes less than no time. */
    private static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }
}
