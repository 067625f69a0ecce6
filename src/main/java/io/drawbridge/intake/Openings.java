package io.drawbridge.intake;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Settings;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;

/** Opens a request for a denial that a grant could lift, unless what stands there already speaks against it. */
@Component
class Openings {
    private static final Duration HOUR = Duration.ofHours(1);

    /** How many names a request keeps before it keeps only those of people who could decide it. */
    private static final int MOST_NAMES = 100;

    private final AccessRequests requests;
    private final Grants grants;
    private final OpeningDesk desk;
    private final SeenEvents events;
    private final People people;
    private final Settings settings;
    private final Clock clock;

    Openings(
            AccessRequests requests,
            Grants grants,
            OpeningDesk desk,
            SeenEvents events,
            People people,
            Settings settings,
            Clock clock) {
        this.requests = requests;
        this.grants = grants;
        this.desk = desk;
        this.events = events;
        this.people = people;
        this.settings = settings;
        this.clock = clock;
    }

    /** A denial that a request may be opened for. */
    record Denial(
            TenantId tenant,
            PersonId requester,
            Claimant claimant,
            ScopePath account,
            PermissionName permission,
            Liftable liftable) {
        String openKey() {
            return AccessRequest.openKey(
                    tenant, claimant.identity(), account.account().id(), permission);
        }
    }

    /**
     * Opens, joins, or says why not; who joins is noted when the round {@link #end ends}.
     *
     * <p>The denials of one identity are handled one after the other, so that none of them opens what another has just
     * opened, and the limit of an hour holds. The open request is looked for before the grant: a request that is approved
     * in between is then seen as granted, not as gone.
     *
     * @throws AccessRequests.DuplicateOpenRequestException if a person asked for the same meanwhile; start anew
     */
    Verdict open(Round round, Denial denial) {
        Verdict standing = round.standing(denial.openKey());
        Verdict verdict = standing == null ? look(round, denial) : standing;
        if (verdict.outcome() == RecordOutcome.JOINED) {
            round.join(
                    Objects.requireNonNull(verdict.request()), denial.claimant().usedBy());
        }
        // NB. What was just opened may be denied or granted by now: the next one looks.
        if (verdict.outcome() != RecordOutcome.OPENED) {
            round.stands(denial.openKey(), verdict);
        }
        return verdict;
    }

    /**
     * Notes what joined.
     *
     * @throws ConcurrencyFailureException if an open request was closed meanwhile; start anew
     */
    void end(Round round) {
        round.joinings().forEach((open, joining) -> {
            if (desk.join(open, joining.attempts(), worthKeeping(round.tenant(), open, joining.usedBy()))
                    .isEmpty()) {
                throw new ConcurrencyFailureException("Request " + open + " was closed while a denial joined it.");
            }
        });
    }

    private Verdict look(Round round, Denial denial) {
        String identity = denial.claimant().identity().key();
        if (round.locks(identity)) {
            events.lockIdentity(denial.tenant(), identity);
        }
        Instant now = clock.instant();
        TenantSettings rules = settings.of(denial.tenant());
        Optional<RequestId> open = requests.findOpen(denial.openKey());
        Optional<AccessRequest> former = requests.findLatestFinal(
                denial.tenant(),
                denial.claimant().identity(),
                denial.account().account().id(),
                denial.permission().toString());
        return granted(denial, former, rules, now)
                .or(() -> open.map(Openings::joined))
                .or(() -> former.flatMap(last -> coolingDown(last, rules, now)))
                .or(() -> rateLimited(denial, rules, now))
                .orElseGet(() -> opened(denial));
    }

    private Optional<Verdict> granted(
            Denial denial, Optional<AccessRequest> former, TenantSettings rules, Instant now) {
        Optional<AccessRequest> approved = former.filter(last -> last.status() == RequestStatus.APPROVED);
        Optional<Grant> last = approved.flatMap(request -> grants.findByRequest(request.id()));
        Stream<Grant> living = grants
                .findLiving(
                        denial.tenant(),
                        denial.claimant().identity(),
                        denial.account().account().id(),
                        denial.permission())
                .stream();
        Optional<Verdict> held = Stream.concat(living, last.stream())
                .flatMap(grant -> standing(grant, rules, now).stream()
                        .map(reason -> new Verdict(RecordOutcome.GRANTED, grant.request(), reason)))
                .findFirst();
        return held.or(() -> approved.filter(request -> last.isEmpty() && mayStillBeGiven(request, now))
                .map(request -> new Verdict(
                        RecordOutcome.GRANTED,
                        request.id(),
                        "Request " + request.id() + " is approved; access is on its way.")));
    }

    private static Optional<String> standing(Grant grant, TenantSettings rules, Instant now) {
        if (grant.state().isOpen()) {
            return Optional.of("Grant " + grant.id() + " for the same is " + grant.state() + ".");
        }
        return grant.activeAt()
                .map(active -> active.plus(rules.propagation()))
                .filter(known -> now.isBefore(known))
                .map(known -> "Grant " + grant.id() + " became active a moment ago; AWS may need until " + known
                        + " to know it everywhere.");
    }

    /** Between a decision and its grant there is a moment in which only the request tells of it. */
    private static boolean mayStillBeGiven(AccessRequest approved, Instant now) {
        return approved.grantedDuration()
                .map(duration -> duration.endFrom(approved.statusSince()))
                .filter(now::isBefore)
                .isPresent();
    }

    private static Verdict joined(RequestId open) {
        return new Verdict(RecordOutcome.JOINED, open, "Request " + open + " asks for the same and is still open.");
    }

    /** Whoever assumes a role can choose a new session name for each call; a request must not grow with them for ever. */
    private Set<String> worthKeeping(TenantId tenant, RequestId open, Set<String> names) {
        if (names.isEmpty()) {
            return names;
        }
        Set<String> kept = new LinkedHashSet<>(
                requests.find(open).map(AccessRequest::identityUsers).orElse(Set.of()));
        Set<String> late = new LinkedHashSet<>();
        for (String name : names) {
            if (!kept.contains(name) && (kept.size() >= MOST_NAMES || !kept.add(name))) {
                late.add(name);
            }
        }
        if (!late.isEmpty()) {
            Set<String> known = people.of(tenant).stream()
                    .flatMap(person ->
                            Stream.of(person.id().value(), person.email().toLowerCase(Locale.ROOT)))
                    .collect(Collectors.toSet());
            late.removeIf(name -> !known.contains(name.toLowerCase(Locale.ROOT)));
        }
        kept.addAll(late);
        kept.retainAll(names);
        return kept;
    }

    private static Optional<Verdict> coolingDown(AccessRequest last, TenantSettings rules, Instant now) {
        boolean turnedDown = last.status() == RequestStatus.DENIED
                || last.status() == RequestStatus.ABANDONED
                || last.status() == RequestStatus.CANCELLED;
        Instant until = last.statusSince().plus(rules.coolDown());
        return turnedDown && now.isBefore(until)
                ? Optional.of(new Verdict(
                        RecordOutcome.COOLING_DOWN,
                        last.id(),
                        "Request " + last.id() + " for the same is " + last.status() + " since " + last.statusSince()
                                + "; denied calls open none before " + until + ". Asking by hand is free."))
                : Optional.empty();
    }

    private Optional<Verdict> rateLimited(Denial denial, TenantSettings rules, Instant now) {
        int opened =
                requests.countOpenedByEvents(denial.tenant(), denial.claimant().identity(), now.minus(HOUR));
        return opened >= rules.maxRequestsPerIdentityAndHour()
                ? Optional.of(Verdict.of(
                        RecordOutcome.RATE_LIMITED,
                        "Denied calls of this identity have opened " + opened
                                + " requests in the last hour; at most " + rules.maxRequestsPerIdentityAndHour()
                                + " are opened."))
                : Optional.empty();
    }

    private Verdict opened(Denial denial) {
        AccessRequest request = desk.openFromDenial(
                denial.tenant(),
                denial.requester(),
                denial.claimant().identity(),
                denial.account(),
                denial.permission(),
                denial.liftable(),
                denial.claimant().usedBy());
        return new Verdict(
                RecordOutcome.OPENED,
                request.id(),
                "Request " + request.id() + " was opened for " + denial.requester() + ".");
    }
}
