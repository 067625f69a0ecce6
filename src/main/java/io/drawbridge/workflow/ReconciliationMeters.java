package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.TenantId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Figures of the reconciliation, one set a tenant: what is open is read from the tables, what was done is counted. */
@Component
class ReconciliationMeters {
    private static final Set<DriftFinding.State> REPORTED = EnumSet.of(
            DriftFinding.State.OPEN,
            DriftFinding.State.HELD_BACK,
            DriftFinding.State.CONFIRMED,
            DriftFinding.State.KEPT);

    private final MeterRegistry meters;
    private final DriftFindings findings;
    private final Sweeps sweeps;
    private final Set<TenantId> watched = ConcurrentHashMap.newKeySet();

    ReconciliationMeters(MeterRegistry meters, DriftFindings findings, Sweeps sweeps) {
        this.meters = meters;
        this.findings = findings;
        this.sweeps = sweeps;
    }

    /** Shows a tenant's figures from now on; called again it changes nothing. */
    void watch(TenantId tenant) {
        if (!watched.add(tenant)) {
            return;
        }
        for (DriftFinding.Kind kind : DriftFinding.Kind.values()) {
            Gauge.builder("drawbridge.drift.open", () -> findings.count(tenant, kind, REPORTED))
                    .description(
                            "Findings that are reported and not settled; kind missing: active grants that are gone.")
                    .tag("tenant", tenant.value())
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
        Gauge.builder("drawbridge.reconciliation.last.done", () -> sweeps.lastDone(tenant)
                        .map(Instant::getEpochSecond)
                        .orElse(0L))
                .description("When everything was last compared; 0 if never.")
                .baseUnit("seconds")
                .tag("tenant", tenant.value())
                .register(meters);
    }

    @EventListener
    void count(Reconciliation done) {
        watch(done.tenant());
        add("drawbridge.drift.removed", done.removed(), done);
        add("drawbridge.reconciliation.taken.back", done.takenBack(), done);
        add("drawbridge.reconciliation.failures", done.failures().size(), done);
    }

    private void add(String name, int number, Reconciliation done) {
        meters.counter(name, "tenant", done.tenant().value()).increment(number);
    }
}
