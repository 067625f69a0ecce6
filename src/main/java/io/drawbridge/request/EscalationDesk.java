package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.ApproversAssigned;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Brings a request to its approvers, rung by rung, and follows who comes and goes among them. */
@Service
public class EscalationDesk {
    private final AccessRequests requests;
    private final ApproverChain chain;
    private final Scopes scopes;
    private final People people;
    private final RequestWorkflow workflow;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    EscalationDesk(
            AccessRequests requests,
            ApproverChain chain,
            Scopes scopes,
            People people,
            RequestWorkflow workflow,
            RequestNotices notices,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.chain = chain;
        this.scopes = scopes;
        this.people = people;
        this.workflow = workflow;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /** Asks rung 0 and tells the requester who has it now. */
    @Transactional
    public void askApprovers(RequestId id) {
        AccessRequest request = requests.lock(id).orElseThrow();
        if (requests.rungs(id).isEmpty()) {
            askNext(request).ifPresent(rung -> notices.pendingWith(request, rung.people()));
        }
    }

    /** Asks the next rung as well, if there is one, and gives it the task too; nobody loses the task by it. */
    @Transactional
    public void escalate(RequestId id) {
        AccessRequest request = requests.lock(id).orElseThrow();
        if (request.status() == RequestStatus.PENDING && askNext(request).isPresent()) {
            workflow.approversChanged(request, names(able(request)));
        }
    }

    /** Who may take the approval task now: everybody able to decide up to the highest scope asked. */
    @Transactional(readOnly = true)
    public List<String> candidates(RequestId id) {
        AccessRequest request = requests.find(id).orElseThrow();
        return names(able(request));
    }

    /** Whether a rung is left that was not asked yet. */
    public boolean hasNext(AccessRequest request) {
        return next(request).isPresent();
    }

    /** The rungs that would be asked, were nobody to answer; those already asked are not among them. */
    public List<ApproverChain.Step> upcoming(AccessRequest request) {
        return upcoming(request, requests.rungs(request.id()));
    }

    /** The rungs that would be asked after these, were nobody to answer. */
    public List<ApproverChain.Step> upcoming(AccessRequest request, List<AccessRequests.Rung> asked) {
        return chain.above(
                request, asked.stream().map(AccessRequests.Rung::scope).toList());
    }

    /** Those who can review what broken glass was used for: approvers of the account and administrators, not the requester. */
    @Transactional(readOnly = true)
    public List<String> reviewers(RequestId id) {
        AccessRequest request = requests.find(id).orElseThrow();
        return names(reviewersOf(request));
    }

    /** Tells approvers and administrators loudly that the glass was broken, and records all there is to know of it. */
    @Transactional
    public void tellBrokenGlass(RequestId id) {
        AccessRequest request = requests.find(id).orElseThrow();
        Set<PersonId> told = reviewersOf(request);
        notices.breakGlass(request, told);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("reason", request.justification().orElse(""));
        details.put("ticket", request.ticket().orElse(""));
        details.put("ticketVerified", false);
        details.put("sourceAddress", request.sourceIp().orElse(""));
        details.put("told", told.stream().map(PersonId::value).toList());
        details.put("policies", request.policies());
        request.reviewDueAt().ifPresent(due -> details.put("reviewDueAt", due.toString()));
        trail.record(request.tenant(), request.requester().value(), "request.glass_broken", id.value(), details);
    }

    /** Asks for the review. */
    @Transactional
    public void askReviewers(RequestId id) {
        AccessRequest request = requests.find(id).orElseThrow();
        notices.askToReview(request, reviewersOf(request));
    }

    /** Somebody was assigned or left: whoever waits in those scopes gets and loses its people at once. */
    @EventListener
    @Transactional
    public void follow(ApproversAssigned change) {
        Set<ScopeId> touched = new LinkedHashSet<>();
        change.scopes().forEach(scope -> touched.addAll(scopes.subtree(change.tenant(), scope)));
        for (RequestId id : requests.findPendingIn(change.tenant(), touched)) {
            requests.lock(id)
                    .filter(request -> request.status() == RequestStatus.PENDING)
                    .ifPresent(this::follow);
        }
    }

    private void follow(AccessRequest request) {
        if (able(request).isEmpty() || hasLostARung(request)) {
            askNext(request);
        }
        Set<PersonId> able = able(request);
        Map<ScopeId, List<PersonId>> now = new LinkedHashMap<>();
        chain.all(request).forEach(step -> now.put(step.scope(), step.people()));
        Set<PersonId> before = new LinkedHashSet<>();
        for (AccessRequests.Rung rung : requests.rungs(request.id())) {
            before.addAll(rung.people());
            List<PersonId> current = now.getOrDefault(rung.scope(), List.of());
            if (!current.equals(rung.people())) {
                requests.replacePeople(request.id(), rung.level(), current);
            }
        }
        joinBelow(request);
        List<PersonId> joined =
                able.stream().filter(person -> !before.contains(person)).toList();
        if (!joined.isEmpty()) {
            notices.askToDecide(request, joined);
            trail.record(
                    request.tenant(),
                    AuditTrail.DRAWBRIDGE,
                    "request.approvers_joined",
                    request.id().value(),
                    Map.of("people", joined.stream().map(PersonId::value).toList()));
        }
        workflow.approversChanged(request, names(able));
    }

    /** Whether the account was moved away from a scope whose people were asked: the next one on its way up stands in. */
    private boolean hasLostARung(AccessRequest request) {
        List<ScopeId> order = chain.path(request).scopes();
        return requests.rungs(request.id()).stream()
                .anyMatch(rung -> !rung.people().isEmpty() && !order.contains(rung.scope()));
    }

    /** Scopes below the highest asked that were skipped and have somebody now: he is asked and told like the others. */
    private void joinBelow(AccessRequest request) {
        List<AccessRequests.Rung> asked = new ArrayList<>(requests.rungs(request.id()));
        ApproverPath path = chain.path(request);
        for (ApproverChain.Step step : path.steps(0, highest(path.scopes(), asked) + 1)) {
            boolean shown = asked.stream().anyMatch(rung -> rung.scope().equals(step.scope()));
            if (!shown && !step.people().isEmpty()) {
                AccessRequests.Rung rung =
                        new AccessRequests.Rung(asked.size(), step.scope(), step.people(), clock.instant());
                requests.addRung(request.id(), rung);
                asked.add(rung);
            }
        }
    }

    /** Place of the highest scope that was asked, counted from the account upwards; -1 if none was. */
    private static int highest(List<ScopeId> order, List<AccessRequests.Rung> asked) {
        return asked.stream()
                .mapToInt(rung -> order.indexOf(rung.scope()))
                .max()
                .orElse(-1);
    }

    private Optional<ApproverChain.Step> askNext(AccessRequest request) {
        List<AccessRequests.Rung> asked = requests.rungs(request.id());
        ApproverPath path = chain.path(request);
        List<ScopeId> order = path.scopes();
        int first = highest(order, asked) + 1;
        Optional<ApproverChain.Step> next = path.nextFrom(first).map(path::stepAt);
        next.ifPresent(rung -> {
            for (ScopeId skipped : order.subList(first, order.indexOf(rung.scope()))) {
                trail.record(
                        request.tenant(),
                        AuditTrail.DRAWBRIDGE,
                        "request.rung_skipped",
                        request.id().value(),
                        Map.of("scope", skipped.value(), "reason", "nobody there may decide"));
            }
            requests.addRung(
                    request.id(), new AccessRequests.Rung(asked.size(), rung.scope(), rung.people(), clock.instant()));
            notices.askToDecide(request, rung.people());
            trail.record(
                    request.tenant(),
                    AuditTrail.DRAWBRIDGE,
                    asked.isEmpty() ? "request.approvers_asked" : "request.escalated",
                    request.id().value(),
                    Map.of(
                            "level", asked.size(),
                            "scope", rung.scope().value(),
                            "people",
                                    rung.people().stream().map(PersonId::value).toList()));
        });
        return next;
    }

    private Optional<ApproverChain.Step> next(AccessRequest request) {
        ApproverPath path = chain.path(request);
        return path.nextFrom(highest(path.scopes(), requests.rungs(request.id())) + 1)
                .map(path::stepAt);
    }

    /** Everybody able to decide up to the highest scope asked, those included who joined below since. */
    private Set<PersonId> able(AccessRequest request) {
        ApproverPath path = chain.path(request);
        int highest = highest(path.scopes(), requests.rungs(request.id()));
        return path.steps(0, highest + 1).stream()
                .flatMap(step -> step.people().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Set<PersonId> reviewersOf(AccessRequest request) {
        Set<PersonId> reviewers = new LinkedHashSet<>();
        chain.rungs(request).forEach(rung -> reviewers.addAll(rung.people()));
        people.of(request.tenant(), Role.ADMINISTRATOR).stream().map(Person::id).forEach(reviewers::add);
        reviewers.remove(request.requester());
        return reviewers;
    }

    private static List<String> names(Set<PersonId> people) {
        return people.stream().map(PersonId::value).toList();
    }
}
