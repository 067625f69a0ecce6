package io.drawbridge.web.pages;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.ApproverChain;
import io.drawbridge.request.ConversationDesk;
import io.drawbridge.request.Decision;
import io.drawbridge.request.EscalationDesk;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestJourney;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.RequestWorkflow;
import io.drawbridge.request.Review;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Gathers what a page shows of requests that the caller may read; changes nothing but for the record of a read thread. */
@Component
class RequestViews {
    private final RequestReader reader;
    private final EscalationDesk escalation;
    private final ApproverChain chain;
    private final ConversationDesk conversation;
    private final RequestWorkflow workflow;
    private final RequestJourney journey;
    private final AccessPolicies policies;
    private final Grants grants;
    private final GrantDesk desk;
    private final People people;
    private final Scopes scopes;
    private final Reach reach;

    RequestViews(
            RequestReader reader,
            EscalationDesk escalation,
            ApproverChain chain,
            ConversationDesk conversation,
            RequestWorkflow workflow,
            RequestJourney journey,
            AccessPolicies policies,
            Grants grants,
            GrantDesk desk,
            People people,
            Scopes scopes,
            Reach reach) {
        this.reader = reader;
        this.escalation = escalation;
        this.chain = chain;
        this.conversation = conversation;
        this.workflow = workflow;
        this.journey = journey;
        this.policies = policies;
        this.grants = grants;
        this.desk = desk;
        this.people = people;
        this.scopes = scopes;
        this.reach = reach;
    }

    /**
     * A line of the table.
     *
     * @param approvers who was asked, or how it went without
     * @param action what the caller can do, in one word
     * @param waits whether it waits for the caller
     * @param access how the access stands, null if there is none
     */
    record Line(
            String id,
            String status,
            String what,
            String account,
            String requester,
            Moment createdAt,
            String approvers,
            String action,
            boolean waits,
            Clocks clocks,
            @Nullable String access,
            boolean mayStillBeOn) {}

    /** Every clock of a request that runs; null for one that does not. */
    record Clocks(
            @Nullable Moment escalatesAt,
            @Nullable Moment expiresAt,
            @Nullable Moment accessEndsAt,
            @Nullable Moment reviewDueAt,
            boolean forever) {
        /** Whether nothing runs. */
        public boolean none() {
            return escalatesAt == null && expiresAt == null && accessEndsAt == null && reviewDueAt == null && !forever;
        }
    }

    /** A fact with its name. */
    record Fact(String name, String value) {}

    /**
     * Approvers of one scope.
     *
     * @param notifiedAt null if they were not asked yet
     */
    record Level(int level, String scope, String people, @Nullable Moment notifiedAt) {}

    record Message(String author, Moment at, String body, boolean own) {}

    record Decided(String words, @Nullable String by, @Nullable String message, Moment at) {}

    record Reviewed(String reviewer, String message, boolean justified, Moment at) {}

    /** How the access stands. */
    record Access(
            String id,
            String state,
            Moment startsAt,
            @Nullable Moment endsAt,
            @Nullable Moment activeAt,
            @Nullable Moment revokedAt,
            String ending,
            @Nullable Moment missingSince,
            @Nullable Moment sessionsUntil,
            @Nullable String endReason,
            @Nullable String failure,
            boolean mayStillBeOn) {}

    /** What the caller may do now. */
    record Rights(
            boolean justify,
            boolean cancel,
            boolean decide,
            boolean end,
            boolean review,
            boolean write,
            boolean readThreadOnRecord,
            @Nullable String whyNotDecide) {}

    /** One request in focus. */
    record Focus(
            String id,
            String title,
            String requester,
            @Nullable String asked,
            String status,
            String explanation,
            Clocks clocks,
            List<Fact> facts,
            @Nullable String justification,
            @Nullable String previous,
            List<PolicyWords.Said> policies,
            @Nullable Decided decided,
            List<Level> levels,
            boolean showThread,
            List<Message> messages,
            List<History.Step> history,
            List<DiagramView> diagrams,
            @Nullable Access access,
            @Nullable Reviewed reviewed,
            Rights rights,
            List<DurationField.Choice> durations,
            String minimum,
            String maximum) {}

    /** Lines of the table; the organisation is read once for all of them. */
    @Transactional(readOnly = true)
    List<Line> lines(Caller caller, List<AccessRequest> requests) {
        List<RequestId> ids = requests.stream().map(AccessRequest::id).toList();
        Map<RequestId, RequestWorkflow.Clocks> clocks = workflow.clocks(ids);
        Map<RequestId, Grant> found = grants.findByRequests(ids);
        Map<RequestId, List<AccessRequests.Rung>> asked = reader.rungs(requests);
        Map<ScopeId, String> accounts = accountNames(caller.tenant());
        List<Line> lines = new ArrayList<>();
        for (AccessRequest request : requests) {
            Grant grant = found.get(request.id());
            List<AccessRequests.Rung> rungs = asked.getOrDefault(request.id(), List.of());
            String action = action(caller, request, rungs);
            lines.add(new Line(
                    request.id().value(),
                    request.status().name(),
                    request.entitlement().toString(),
                    accounts.getOrDefault(request.account(), request.account().value()),
                    request.requester().value(),
                    Moment.of(request.createdAt()),
                    approvers(request, rungs),
                    action,
                    !action.equals("Open"),
                    clocks(request, clocks.getOrDefault(request.id(), RequestWorkflow.Clocks.NONE), grant),
                    grant == null
                            ? null
                            : grant.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    grant != null && grant.state().mayStillBeOn()));
        }
        return lines;
    }

    /** @param thread whether an administrator who has no part in the thread asked to read it all the same */
    Focus focus(Caller caller, RequestId id, boolean thread) {
        AccessRequest request = reader.read(caller, id);
        Grant grant = grants.findByRequest(id).orElse(null);
        boolean part = takesPart(caller, request);
        boolean showThread = part || (thread && caller.isAdministrator());
        Rights rights = rights(caller, request, grant, part, showThread);
        List<DurationField.Choice> durations = List.of();
        String minimum = "";
        String maximum = "";
        if (rights.justify() || rights.decide()) {
            var offer = reader.durations(caller, id);
            durations = DurationField.choices(
                    offer.offered(),
                    request.requestedDuration()
                            .filter(asked -> asked.compareTo(offer.maximum()) <= 0)
                            .orElse(offer.preset()));
            minimum = offer.minimum().inWords();
            maximum = offer.maximum().inWords();
        }
        return new Focus(
                id.value(),
                request.entitlement() + " in " + accountName(request),
                people.find(request.requester())
                        .map(Person::name)
                        .orElse(request.requester().value()),
                request.requestedDuration().map(AccessDuration::inWords).orElse(null),
                request.status().name(),
                explanation(request),
                clocks(request, workflow.clocks(id), grant),
                facts(request),
                request.justification().orElse(null),
                request.previous().map(RequestId::value).orElse(null),
                PolicyWords.of(request.policies(), policies.running(request.tenant())),
                decided(request),
                levels(request),
                showThread,
                showThread ? messages(caller, id) : List.of(),
                History.of(reader.history(caller, id)),
                journey.of(id).stream().map(DiagramView::of).toList(),
                grant == null ? null : access(grant),
                request.review().map(this::reviewed).orElse(null),
                rights,
                durations,
                minimum,
                maximum);
    }

    private Rights rights(
            Caller caller, AccessRequest request, @Nullable Grant grant, boolean part, boolean showThread) {
        boolean own = caller.id().equals(request.requester());
        boolean pending = request.status() == RequestStatus.PENDING;
        Optional<String> refusal = pending ? chain.refusal(request, caller) : Optional.empty();
        boolean decide = pending && refusal.isEmpty();
        boolean living = grant != null && grant.state().isOpen();
        return new Rights(
                own && request.status() == RequestStatus.REQUESTED,
                own && request.status().isOpen(),
                decide,
                living && (part || caller.isAdministrator()),
                mayReview(caller, request),
                part || decide,
                !showThread && caller.isAdministrator(),
                part && !own ? refusal.orElse(null) : null);
    }

    private boolean mayReview(Caller caller, AccessRequest request) {
        return request.reviewDueAt().isPresent()
                && request.review().isEmpty()
                && escalation.reviewers(request.id()).contains(caller.id().value());
    }

    /** The requester, and whoever is assigned to decide in the account: those whose thread it is. */
    private boolean takesPart(Caller caller, AccessRequest request) {
        return caller.id().equals(request.requester())
                || scopes.path(request.tenant(), request.account())
                        .filter(path -> reach.isApprover(request.tenant(), caller.id(), path))
                        .isPresent();
    }

    private String action(Caller caller, AccessRequest request, List<AccessRequests.Rung> rungs) {
        if (request.status() == RequestStatus.REQUESTED && caller.id().equals(request.requester())) {
            return "Justify";
        }
        boolean asked = rungs.stream().anyMatch(rung -> rung.people().contains(caller.id()));
        if (request.status() == RequestStatus.PENDING
                && asked
                && chain.refusal(request, caller).isEmpty()) {
            return "Decide";
        }
        return mayReview(caller, request) ? "Review" : "Open";
    }

    private String approvers(AccessRequest request, List<AccessRequests.Rung> rungs) {
        if (rungs.isEmpty()) {
            return switch (request.status()) {
                case REQUESTED -> "not asked yet";
                case APPROVED, DENIED -> "decided by policy";
                default -> "nobody was asked";
            };
        }
        return rungs.stream()
                .map(rung -> rung.people().stream()
                        .map(id -> people.find(id).map(Person::name).orElse(id.value()))
                        .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; then "));
    }

    private static Clocks clocks(AccessRequest request, RequestWorkflow.Clocks running, @Nullable Grant grant) {
        Grant living = grant != null && grant.state().isLiving() ? grant : null;
        return new Clocks(
                Moment.ofNullable(running.escalatesAt()),
                Moment.ofNullable(running.expiresAt()),
                living == null ? null : Moment.unlessForever(living.endsAt()),
                request.review().isEmpty()
                        ? Moment.ofNullable(request.reviewDueAt().orElse(null))
                        : null,
                living != null && living.isForever());
    }

    private List<Fact> facts(AccessRequest request) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Requester", personName(request.requester())));
        facts.add(new Fact("Identity", request.identity().name() + " (" + kind(request.identity()) + ")"));
        facts.add(new Fact("Identity ARN", request.identity().arn()));
        if (request.entitlement() instanceof PermissionSetName set) {
            facts.add(new Fact("Permission set", set.name()));
        } else {
            facts.add(new Fact("Privileged permission", request.entitlement().toString()));
            facts.add(new Fact("Service", request.entitlement().service()));
        }
        facts.add(new Fact("Account", accountName(request) + " (" + request.account() + ")"));
        facts.add(new Fact("Scope", request.scopePath()));
        facts.add(new Fact(
                "Asked duration",
                request.requestedDuration().map(AccessDuration::inWords).orElse("not said yet")));
        request.grantedDuration().ifPresent(given -> facts.add(new Fact("Given duration", given.inWords())));
        request.ticket().ifPresent(ticket -> facts.add(new Fact("Ticket", ticket + " (not verified)")));
        if (request.breakGlass()) {
            facts.add(new Fact("Emergency", "flagged by the requester"));
        }
        boolean byPerson = request.origin() == AccessRequest.Origin.PERSON;
        facts.add(new Fact("Began with", byPerson ? "a form or an API call" : "a denied call"));
        if (!byPerson) {
            facts.add(new Fact("Attempts", request.attempts() == 1 ? "1" : request.attempts() + ", all denied"));
        }
        if (request.liftable() == Liftable.UNKNOWN) {
            facts.add(new Fact("Would it help", "unknown; the denial did not name its cause"));
        }
        request.mode().ifPresent(mode -> facts.add(new Fact("Approval mode", mode.word())));
        facts.add(new Fact("Request id", request.id().value()));
        return facts;
    }

    private @Nullable Decided decided(AccessRequest request) {
        Decision decision = request.decision().orElse(null);
        if (decision == null) {
            return null;
        }
        PersonId by = decision.person();
        return new Decided(
                request.status() == RequestStatus.APPROVED ? "Approved" : "Denied",
                by == null ? null : personName(by),
                decision.message(),
                Moment.of(decision.at()));
    }

    private List<Level> levels(AccessRequest request) {
        List<Level> levels = new ArrayList<>();
        for (AccessRequests.Rung rung : reader.rungs(request)) {
            levels.add(
                    new Level(rung.level(), rung.scope().value(), names(rung.people()), Moment.of(rung.notifiedAt())));
        }
        if (request.status() == RequestStatus.PENDING) {
            for (ApproverChain.Step step : escalation.upcoming(request)) {
                levels.add(new Level(levels.size(), step.scope().value(), names(step.people()), null));
            }
        }
        return levels;
    }

    private List<Message> messages(Caller caller, RequestId id) {
        return conversation.read(caller, id).stream()
                .map(message -> new Message(
                        personName(message.author()),
                        Moment.of(message.writtenAt()),
                        message.body(),
                        message.author().equals(caller.id())))
                .toList();
    }

    private Access access(Grant grant) {
        return new Access(
                grant.id().value(),
                grant.state().name(),
                Moment.of(grant.startsAt()),
                Moment.unlessForever(grant.endsAt()),
                Moment.ofNullable(grant.activeAt().orElse(null)),
                Moment.ofNullable(grant.revokedAt().orElse(null)),
                desk.ending(grant).byItself()
                        ? "by AWS itself, at its end"
                        : "by Drawbridge; the cloud does not end it by itself",
                Moment.ofNullable(grant.missingSince().orElse(null)),
                Moment.ofNullable(grant.sessionsUntil().orElse(null)),
                grant.endReason().orElse(null),
                grant.failure().orElse(null),
                grant.state().mayStillBeOn());
    }

    private Reviewed reviewed(Review review) {
        return new Reviewed(
                personName(review.reviewer()), review.message(), review.justified(), Moment.of(review.at()));
    }

    private static String explanation(AccessRequest request) {
        return switch (request.status()) {
            case REQUESTED -> "The requester still has to say why and for how long.";
            case PENDING -> "It is with its approvers.";
            case APPROVED -> "The answer is yes.";
            case DENIED -> "The answer is no.";
            case EXPIRED -> "Nobody decided in time.";
            case ABANDONED -> "The requester does not need it after all.";
            case ABANDONED_EXPIRED -> "The requester did not say in time why it is needed.";
            case CANCELLED -> "The requester withdrew it.";
        };
    }

    private Map<ScopeId, String> accountNames(TenantId tenant) {
        Map<ScopeId, String> names = new HashMap<>();
        scopes.of(tenant).stream().filter(Scope::isAccount).forEach(scope -> names.put(scope.id(), scope.name()));
        return names;
    }

    private String accountName(AccessRequest request) {
        return scopes.path(request.tenant(), request.account())
                .map(ScopePath::account)
                .map(Scope::name)
                .orElse(request.account().value());
    }

    private String names(Collection<PersonId> persons) {
        return persons.stream().map(this::personName).collect(Collectors.joining(", "));
    }

    private String personName(PersonId id) {
        return people.find(id)
                .map(Person::name)
                .map(name -> name + " (" + id + ")")
                .orElse(id.value());
    }

    private static String kind(Identity identity) {
        return switch (identity.type()) {
            case SSO_USER -> "IAM Identity Center user";
            case IAM_USER -> "IAM user";
            case IAM_ROLE -> "IAM role";
        };
    }
}
