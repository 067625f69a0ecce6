package io.drawbridge.intake;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.aws.CallerIdentity;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailRecord;
import io.drawbridge.intake.aws.DenialCause;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionCatalogue.CataloguedPermission;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Finds out what becomes of one denied call; the first answer that fits is the one. */
@Component
class Triage {
    private final SeenEvents events;
    private final Scopes scopes;
    private final Controls controls;
    private final PermissionCatalogue catalogue;
    private final Owners owners;
    private final Openings openings;
    private final Announcements announcements;
    private final List<OwnPolicies> ownPolicies;
    private final Clock clock;

    Triage(
            SeenEvents events,
            Scopes scopes,
            Controls controls,
            PermissionCatalogue catalogue,
            Owners owners,
            Openings openings,
            Announcements announcements,
            List<OwnPolicies> ownPolicies,
            Clock clock) {
        this.events = events;
        this.scopes = scopes;
        this.controls = controls;
        this.catalogue = catalogue;
        this.owners = owners;
        this.openings = openings;
        this.announcements = announcements;
        this.ownPolicies = List.copyOf(ownPolicies);
        this.clock = clock;
    }

    /**
     * Handles the calls in the caller's transaction; what becomes of them, and that they came, are committed together or
     * not at all.
     *
     * @param calls at most 1,000
     * @return in the order of the calls
     * @throws org.springframework.dao.ConcurrencyFailureException if somebody else moved the same; start anew
     * @throws io.drawbridge.request.AccessRequests.DuplicateOpenRequestException as above
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Verdict> decide(Caller caller, List<DeniedCall> calls) {
        Round round = new Round(caller.tenant(), clock.instant());
        Map<String, Optional<RequestId>> known = events.known(
                caller.tenant(),
                calls.stream().map(denied -> denied.call().eventId()).collect(Collectors.toSet()));
        List<SeenEvents.Settled> settled = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (DeniedCall denied : calls) {
            String eventId = denied.call().eventId();
            Optional<RequestId> before = known.get(eventId);
            if (before != null) {
                verdicts.add(new Verdict(
                        RecordOutcome.DUPLICATE,
                        before.orElse(null),
                        "The event came before; what became of it then stands."));
                continue;
            }
            Verdict verdict = verdict(caller, round, denied);
            known.put(eventId, Optional.ofNullable(verdict.request()));
            settled.add(new SeenEvents.Settled(eventId, verdict.outcome().word(), verdict.request()));
            verdicts.add(verdict);
        }
        openings.end(round);
        events.settle(caller.tenant(), round.now(), settled);
        return verdicts;
    }

    private Verdict verdict(Caller caller, Round round, DeniedCall denied) {
        CloudTrailRecord call = denied.call();
        Optional<ScopePath> account =
                round.account(call.accountId(), () -> scopes.account(caller.tenant(), call.accountId()));
        if (account.isEmpty()) {
            return Verdict.of(
                    RecordOutcome.UNKNOWN_ACCOUNT, "Account " + call.accountId() + " is not one of this organisation.");
        }
        String home = call.identity().accountId();
        if (home != null && !home.equals(call.accountId())) {
            return Verdict.of(
                    RecordOutcome.UNKNOWN_ACCOUNT,
                    "The identity is of account " + home
                            + ", and only what is closed there binds it; no grant in account " + call.accountId()
                            + " lifts it.");
        }
        Optional<PermissionName> permission = denied.action().permission();
        return permission.isPresent()
                ? closed(caller, round, denied, account.get(), permission.get())
                : unmapped(caller, denied);
    }

    private Verdict unmapped(Caller caller, DeniedCall denied) {
        CloudTrailRecord call = denied.call();
        String operation = call.eventSource() + "/" + call.eventName();
        String reason = denied.action().reason();
        announcements.record(
                caller, RecordOutcome.UNMAPPED_ACTION, operation, operation, details(denied, operation, reason));
        return Verdict.of(RecordOutcome.UNMAPPED_ACTION, reason);
    }

    /** Is the permission closed there, and to this identity? */
    private Verdict closed(Caller caller, Round round, DeniedCall denied, ScopePath account, PermissionName named) {
        String id = account.account().id().value();
        Controls.ScopeControl control =
                round.control(id, named.service(), () -> controls.effective(caller.tenant(), account, named.service()));
        if (control.control() == Control.DISABLED) {
            Claimant.of(denied.call().identity())
                    .flatMap(Claimant::person)
                    .ifPresent(person -> announcements.serviceDisabled(caller.tenant(), person, named.service(), id));
            return Verdict.of(
                    RecordOutcome.DISABLED,
                    named.service() + " is disabled in account " + id + "; no request opens it.");
        }
        Optional<CataloguedPermission> privileged = catalogue.find(named.service(), named.action());
        if (control.control() != Control.PROTECTED || privileged.isEmpty()) {
            return Verdict.of(RecordOutcome.NOT_PRIVILEGED, "No control closes " + named + " in account " + id + ".");
        }
        if (exempts(control, denied.call().identity())) {
            return Verdict.of(
                    RecordOutcome.EXEMPT, "The identity is exempt from the control of " + named.service() + " there.");
        }
        return liftable(caller, round, denied, account, privileged.get().name(), control.way());
    }

    /** Could a grant help, and who is to be asked? */
    private Verdict liftable(
            Caller caller, Round round, DeniedCall denied, ScopePath account, PermissionName permission, Way way) {
        TenantId tenant = caller.tenant();
        CallerIdentity identity = denied.call().identity();
        Optional<Claimant> claimant = Claimant.of(identity);
        Optional<PersonId> requester = claimant.flatMap(each -> requester(tenant, each));
        String who = claimant.map(each -> each.identity().key()).orElseGet(() -> arn(identity));
        DenialCause.Liftable answer = liftable(tenant, denied, way, claimant);
        if (answer.answer() == DenialCause.Answer.NO) {
            String id = account.account().id().value();
            requester.ifPresent(
                    person -> announcements.cannotHelp(tenant, person, permission.toString(), id, answer.reason()));
            announcements.record(
                    caller,
                    RecordOutcome.CANNOT_HELP,
                    who + "|" + permission + "|" + id + "|" + answer.reason(),
                    arn(identity),
                    details(denied, permission.toString(), answer.reason()));
            return Verdict.of(RecordOutcome.CANNOT_HELP, answer.reason());
        }
        if (claimant.isEmpty() || requester.isEmpty()) {
            String reason = identity.type() == CallerIdentity.Type.OTHER
                    ? identity.reason()
                    : "Nobody is registered as the owner of " + arn(identity) + ".";
            announcements.record(
                    caller, RecordOutcome.NO_OWNER, who, arn(identity), details(denied, permission.toString(), reason));
            return Verdict.of(RecordOutcome.NO_OWNER, reason);
        }
        Verdict verdict = openings.open(
                round,
                new Openings.Denial(
                        tenant,
                        requester.get(),
                        claimant.get(),
                        account,
                        permission,
                        answer.answer() == DenialCause.Answer.YES ? Liftable.YES : Liftable.UNKNOWN));
        if (verdict.outcome() == RecordOutcome.RATE_LIMITED) {
            announcements.record(
                    caller,
                    RecordOutcome.RATE_LIMITED,
                    who,
                    arn(identity),
                    details(denied, permission.toString(), verdict.reason()));
        }
        return verdict;
    }

    private DenialCause.Liftable liftable(TenantId tenant, DeniedCall denied, Way way, Optional<Claimant> claimant) {
        boolean machine = claimant.filter(each -> each.person().isEmpty()).isPresent();
        if (way == Way.ACCOUNT_ASSIGNMENT && machine) {
            return new DenialCause.Liftable(
                    DenialCause.Answer.NO,
                    "Access is given here by assigning a permission set, and only a user of IAM Identity Center can be"
                            + " assigned one. No approval can help.");
        }
        Set<String> ours =
                ownPolicies.stream().flatMap(each -> each.ids(tenant).stream()).collect(Collectors.toSet());
        return denied.cause().liftable(way, ours);
    }

    private Optional<PersonId> requester(TenantId tenant, Claimant claimant) {
        return claimant.person()
                .or(() -> owners.ownerOf(tenant, claimant.identity().arn()));
    }

    /** A session is exempt by its own ARN, by that of the role it was made from, and by the name. */
    private static boolean exempts(Controls.ScopeControl control, CallerIdentity identity) {
        List<String> arns = Stream.of(identity.arn(), identity.roleArn())
                .filter(Objects::nonNull)
                .toList();
        return (arns.isEmpty() ? List.of("") : arns).stream().anyMatch(arn -> control.exempts(arn, identity.name()));
    }

    private static String arn(CallerIdentity identity) {
        String arn = identity.arn();
        return arn == null ? "an identity without ARN" : arn;
    }

    private static Map<String, Object> details(DeniedCall denied, String permission, String reason) {
        CloudTrailRecord call = denied.call();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("eventId", call.eventId());
        details.put("account", call.accountId());
        details.put("identity", arn(call.identity()));
        details.put("permission", permission);
        details.put("reason", reason);
        return details;
    }
}
