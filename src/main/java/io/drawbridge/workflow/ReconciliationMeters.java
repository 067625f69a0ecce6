package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.TenantId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Figures of the reconciliation, one set a tenant: what is open is read from the tables, what was done is counted.
 *
 * <p>Read every 15 seconds at most, however often somebody looks, and after each sweep of this node.
 */
@Component
class ReconciliationMeters {
    /** NB. Not what is kept: that was decided, and nobody has anything to do. */
    private static final Set<DriftFinding.State> UNSETTLED =
            EnumSet.of(DriftFinding.State.OPEN, DriftFinding.State.HELD_BACK, DriftFinding.State.CONFIRMED);

    private static final Duration FRESH = Duration.ofSeconds(15);

    private final MeterRegistry meters;
    private final DriftFindings findings;
    private final Sweeps sweeps;
    private final Clock clock;
    private final Set<TenantId> watched = ConcurrentHashMap.newKeySet();
    private final Map<TenantId, Figures> read = new ConcurrentHashMap<>();

    ReconciliationMeters(MeterRegistry meters, DriftFindings findings, Sweeps sweeps, Clock clock) {
        this.clock = clock;
        this.meters = meters;
        this.findings = findings;
        this.sweeps = sweeps;
    }

    private record Figures(Instant at, Map<DriftFinding.Kind, Integer> open, long lastDone) {}

    /** Shows a tenant's figures from now on; called again it changes nothing. */
    void watch(TenantId tenant) {
        if (!watched.add(tenant)) {
            return;
        }
        for (DriftFinding.Kind kind : DriftFinding.Kind.values()) {
            Gauge.builder("drawbridge.drift.open", () -> figures(tenant).open().getOrDefault(kind, 0))
                    .description("Findings that wait for a choice or are being put right, without those that are kept;"
                            + " kind missing: active grants that are gone.")
                    .tag("tenant", tenant.value())
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        Gauge.builder("drawbridge.reconciliation.last.done", () -> figures(tenant)
                        .lastDone())
                .description("When everything was last compared; 0 if never.")
                .baseUnit("seconds")
                .tag("tenant", tenant.value())
                .register(meters);
    }

    private Figures figures(TenantId tenant) {
        Instant now = clock.instant();
        return read.compute(
                tenant,
                (key, known) -> known != null && now.isBefore(known.at().plus(FRESH)) ? known : look(tenant, now));
    }

    private Figures look(TenantId tenant, Instant now) {
        Map<DriftFinding.Kind, Integer> open = new EnumMap<>(DriftFinding.Kind.class);
        for (DriftFinding.Kind kind : DriftFinding.Kind.values()) {
            open.put(kind, findings.count(tenant, kind, UNSETTLED));
        }
        return new Figures(
                now, open, sweeps.lastDone(tenant).map(Instant::getEpochSecond).orElse(0L));
    }

    @EventListener
    void count(Reconciliation done) {
        read.remove(done.tenant());
        watch(done.tenant());
        add("drawbridge.drift.removed", done.removed(), done);
        add("drawbridge.reconciliation.taken.back", done.takenBack(), done);
        add("drawbridge.reconciliation.failures", done.failures().size(), done);
    }

    private void add(String name, int number, Reconciliation done) {
        meters.counter(name, "tenant", done.tenant().value()).increment(number);
    }
}
