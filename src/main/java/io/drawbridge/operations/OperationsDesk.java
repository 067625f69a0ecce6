package io.drawbridge.operations;

import io.drawbridge.grant.GrantDesk;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What those see who keep it running: operations everything, an administrator what is of his own tenant.
 *
 * <p>Keys only: whoever may read the request itself finds there whose it is.
 */
@Service
public class OperationsDesk {
    /** Longest time whose revocations are looked at. */
    public static final Duration LONGEST_WINDOW = Duration.ofDays(92);

    private static final Duration USUAL_WINDOW = Duration.ofDays(1);
    private static final int MOST = 100;

    private final EngineRoom engine;
    private final Revocations revocations;
    private final List<Backlog> backlogs;
    private final AccessRequests requests;
    private final People people;
    private final Clock clock;

    OperationsDesk(
            EngineRoom engine,
            Revocations revocations,
            List<Backlog> backlogs,
            AccessRequests requests,
            People people,
            Clock clock) {
        this.engine = engine;
        this.revocations = revocations;
        this.backlogs =
                backlogs.stream().sorted(Comparator.comparing(Backlog::name)).toList();
        this.requests = requests;
        this.people = people;
        this.clock = clock;
    }

    /**
     * How things stand now, and how late revocations were.
     *
     * @param tenants whose figures these are
     * @param since of the window of {@code lateness} and {@code latest}, inclusive
     * @param until exclusive
     * @param overdue access that may still be on, at most 100
     * @param latest the revocations that were latest, at most 100
     * @param troubles incidents, newest first, at most 100
     */
    public record Overview(
            Set<TenantId> tenants,
            Instant since,
            Instant until,
            Revocations.Lateness lateness,
            List<Revocations.Late> latest,
            List<Revocations.StillOn> overdue,
            List<EngineRoom.Trouble> troubles,
            List<EngineRoom.Due> due,
            List<Pile> backlogs,
            EngineRoom.Executor executor) {}

    /** A backlog, and what waits there in the tenants that the caller may see. */
    public record Pile(String name, String title, String advice, List<Backlog.Waiting> waiting) {}

    /**
     * How things stand.
     *
     * @param since null for a day before {@code until}
     * @param until null for now
     * @throws ForbiddenException if the caller is neither operations nor an administrator
     * @throws InvalidInputException if the window is empty or longer than {@link #LONGEST_WINDOW}
     */
    @Transactional(readOnly = true)
    public Overview overview(Caller caller, @Nullable Instant since, @Nullable Instant until) {
        Set<TenantId> tenants = seenBy(caller);
        if (tenants.isEmpty()) {
            throw new ForbiddenException("Only operations and administrators see how the installation runs.");
        }
        Instant now = clock.instant();
        Instant to = until == null ? now : until;
        Instant from = since == null ? to.minus(USUAL_WINDOW) : since;
        if (!from.isBefore(to) || Duration.between(from, to).compareTo(LONGEST_WINDOW) > 0) {
            throw new InvalidInputException(
                    Map.of("since", "must be before until, by " + LONGEST_WINDOW.toDays() + " days at most."));
        }
        return new Overview(
                tenants,
                from,
                to,
                revocations.lateness(tenants, from, to),
                revocations.latest(tenants, from, to, MOST),
                revocations.overdue(tenants, now.minus(GrantDesk.OVERDUE), MOST),
                engine.troubles(tenants, MOST),
                engine.due(now).stream()
                        .filter(due -> tenants.contains(due.tenant()))
                        .toList(),
                backlogs.stream()
                        .map(backlog -> new Pile(
                                backlog.name(),
                                backlog.title(),
                                backlog.advice(),
                                backlog.waiting().stream()
                                        .filter(waiting -> tenants.contains(waiting.tenant()) && waiting.number() > 0)
                                        .toList()))
                        .toList(),
                engine.executor());
    }

    /** What the engine remembers of a request. */
    public record Past(RequestId request, TenantId tenant, List<EngineRoom.Passage> passages) {}

    /**
     * The history of a request's processes, finished ones too.
     *
     * @throws NotFoundException if there is no such request, or none that the caller may see here
     */
    @Transactional(readOnly = true)
    public Past history(Caller caller, RequestId id) {
        Set<TenantId> tenants = seenBy(caller);
        TenantId tenant = requests.find(id)
                .map(AccessRequest::tenant)
                .filter(tenants::contains)
                .orElseThrow(() -> new NotFoundException("request", id.value()));
        return new Past(id, tenant, engine.history(id));
    }

    private Set<TenantId> seenBy(Caller caller) {
        if (caller.has(Role.OPERATIONS)) {
            Set<TenantId> all = new TreeSet<>(Comparator.comparing(TenantId::value));
            all.addAll(people.tenants());
            return all;
        }
        return caller.isAdministrator() ? Set.of(caller.tenant()) : Set.of();
    }
}
