package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.TenantFigures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** How long denied calls take to become requests, on this node. */
@Component
class DenialTimes implements TenantFigures {
    private final MeterRegistry meters;
    private final Clock clock;

    DenialTimes(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    @Override
    public void watch(TenantId tenant) {
        Timer unused = timer(tenant);
    }

    /** A call that was denied then has opened a request, and that is committed. */
    void opened(TenantId tenant, Instant deniedAt) {
        // Clocks of AWS and of this node may differ a little.
        Duration took = Duration.between(deniedAt, clock.instant());
        timer(tenant).record(took.isNegative() ? Duration.ZERO : took);
    }

    private Timer timer(TenantId tenant) {
        return Timer.builder("drawbridge.denial.to.request")
                .description("From a denied call, by the clock of AWS, to the request that it opened")
                .tag("tenant", tenant.value())
                .serviceLevelObjectives(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(15),
                        Duration.ofMinutes(30),
                        Duration.ofHours(1))
                .register(meters);
    }
}
