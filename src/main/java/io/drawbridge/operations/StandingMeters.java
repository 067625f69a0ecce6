package io.drawbridge.operations;

import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.People;
import io.drawbridge.identity.TenantId;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.request.RequestStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * How much there is of what lives, waits, is due, stuck or overdue.
 *
 * <p>Read from the database every 15 seconds, however often somebody looks; NaN while it cannot be read, since an old
 * number would hide that. Every node shows the same: whoever adds up nodes takes the maximum of these.
 */
@Component
class StandingMeters {
    private static final Logger LOG = LoggerFactory.getLogger(StandingMeters.class);
    private static final Set<RequestStatus> OPEN = Set.of(RequestStatus.REQUESTED, RequestStatus.PENDING);
    private static final List<String> PROCESSES =
            List.of("access-request", "timeboxed-grant", "drift-removal", "standing-trouble");

    private final MeterRegistry meters;
    private final List<TenantFigures> counted;
    private final EngineRoom engine;
    private final Revocations revocations;
    private final List<Backlog> backlogs;
    private final AccessPolicies policies;
    private final People people;
    private final Clock clock;
    private final Set<Series> shown = ConcurrentHashMap.newKeySet();
    private volatile Map<Series, Double> read = Map.of();

    StandingMeters(
            MeterRegistry meters,
            List<TenantFigures> counted,
            EngineRoom engine,
            Revocations revocations,
            List<Backlog> backlogs,
            AccessPolicies policies,
            People people,
            Clock clock) {
        this.meters = meters;
        this.counted = counted;
        this.engine = engine;
        this.revocations = revocations;
        this.backlogs = backlogs;
        this.policies = policies;
        this.people = people;
        this.clock = clock;
    }

    /** One line of a figure; {@code tags} in turn name and value. */
    private record Series(String name, List<String> tags) {
        static Series of(String name, TenantId tenant, String... more) {
            List<String> tags = new java.util.ArrayList<>(List.of("tenant", tenant.value()));
            tags.addAll(List.of(more));
            return new Series(name, List.copyOf(tags));
        }
    }

    /** Reads everything anew; throws nothing, since what throws once would not be read again. */
    @Scheduled(fixedDelayString = "${drawbridge.operations.read-every:PT15S}")
    void look() {
        try {
            Map<Series, Double> now = reading();
            read = now;
            now.keySet().forEach(this::show);
        } catch (RuntimeException unreadable) {
            read = Map.of();
            LOG.warn("What stands and waits could not be read; its figures are NaN until it can.", unreadable);
        }
    }

    private Map<Series, Double> reading() {
        Instant now = clock.instant();
        Map<Series, Double> figures = new HashMap<>();
        for (TenantId tenant : people.tenants()) {
            counted.forEach(each -> each.watch(tenant));
            for (RequestStatus status : OPEN) {
                figures.put(Series.of("drawbridge.requests.open", tenant, "status", word(status)), 0.0);
            }
            revocations
                    .open(tenant)
                    .forEach(open -> figures.put(
                            Series.of("drawbridge.requests.open", tenant, "status", word(open.status())),
                            (double) open.number()));
            for (GrantState state : GrantState.values()) {
                if (state.isLiving()) {
                    figures.put(Series.of("drawbridge.grants.living", tenant, "state", word(state)), 0.0);
                }
            }
            revocations
                    .living(tenant)
                    .forEach(living -> figures.put(
                            Series.of("drawbridge.grants.living", tenant, "state", word(living.state())),
                            (double) living.number()));
            figures.put(Series.of("drawbridge.revocations.overdue", tenant), (double)
                    revocations.countOverdue(tenant, now.minus(GrantDesk.OVERDUE)));
            figures.put(Series.of("drawbridge.policies.running", tenant), (double)
                    policies.running(tenant).policies().size());
            for (String process : PROCESSES) {
                figures.put(Series.of("drawbridge.jobs.due", tenant, "process", process), 0.0);
                figures.put(Series.of("drawbridge.jobs.due.age", tenant, "process", process), 0.0);
                figures.put(Series.of("drawbridge.jobs.stuck", tenant, "process", process), 0.0);
            }
            for (Backlog backlog : backlogs) {
                figures.put(Series.of("drawbridge." + backlog.name() + ".waiting", tenant), 0.0);
                figures.put(Series.of("drawbridge." + backlog.name() + ".age", tenant), 0.0);
            }
        }
        engine.due(now).forEach(due -> {
            figures.put(
                    Series.of("drawbridge.jobs.due", due.tenant(), "process", due.process()), (double) due.number());
            figures.put(
                    Series.of("drawbridge.jobs.due.age", due.tenant(), "process", due.process()),
                    seconds(due.since(), now));
        });
        engine.stuck()
                .forEach(stuck -> figures.put(
                        Series.of("drawbridge.jobs.stuck", stuck.tenant(), "process", stuck.process()),
                        (double) stuck.number()));
        for (Backlog backlog : backlogs) {
            backlog.waiting().forEach(waiting -> {
                String name = "drawbridge." + backlog.name();
                figures.put(Series.of(name + ".waiting", waiting.tenant()), (double) waiting.number());
                figures.put(Series.of(name + ".age", waiting.tenant()), seconds(waiting.since(), now));
            });
        }
        return figures;
    }

    private void show(Series series) {
        if (!shown.add(series)) {
            return;
        }
        Gauge unused = Gauge.builder(series.name(), this, it -> it.read.getOrDefault(series, Double.NaN))
                .tags(Tags.of(series.tags().toArray(String[]::new)))
                .description(description(series.name()))
                .baseUnit(series.name().endsWith(".age") ? "seconds" : null)
                .register(meters);
    }

    private String description(String name) {
        return switch (name) {
            case "drawbridge.requests.open" -> "Requests that wait for a justification or a decision";
            case "drawbridge.grants.living" -> "Grants whose access is on, or may be";
            case "drawbridge.revocations.overdue" -> "Grants whose access may still be on though it had to be gone";
            case "drawbridge.policies.running" -> "Policies that judge; with none of them everything is denied";
            case "drawbridge.jobs.due" -> "Jobs of the engine whose time has come";
            case "drawbridge.jobs.due.age" -> "How long the oldest due job has been waiting";
            case "drawbridge.jobs.stuck" -> "Incidents: jobs that the engine has stopped retrying";
            default ->
                backlogs.stream()
                        .filter(backlog -> name.startsWith("drawbridge." + backlog.name() + "."))
                        .map(Backlog::title)
                        .findFirst()
                        .orElse(name);
        };
    }

    private static double seconds(@Nullable Instant since, Instant now) {
        return since == null || since.isAfter(now)
                ? 0
                : Duration.between(since, now).toMillis() / 1000.0;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
