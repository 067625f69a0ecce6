package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.Judgement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The one desk at which requests are decided, whichever way the decision comes: Tasklist, page or API.
 *
 * <p>Everything is checked before anything changes: may he know of it, may he decide it, can it still be decided, is the
 * input whole, does the policy still agree.
 */
@Service
public class DecisionDesk {
    private final AccessRequests requests;
    private final RequestReader reader;
    private final ApproverChain chain;
    private final Questions questions;
    private final RequestWorkflow workflow;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    DecisionDesk(
            AccessRequests requests,
            RequestReader reader,
            ApproverChain chain,
            Questions questions,
            RequestWorkflow workflow,
            RequestNotices notices,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.reader = reader;
        this.chain = chain;
        this.questions = questions;
        this.workflow = workflow;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * Approves, for the duration given or else the one asked for.
     *
     * <p>The policy is asked once more. If it now denies, the request is {@code DENIED} by policy when this returns: the
     * caller has to look at the status of what comes back.
     *
     * @throws NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the caller may not decide it
     * @throws StatusConflictException if it is not pending, or its account was closed
     * @throws InvalidInputException without a message, or if the duration is out of bounds; it is still pending
     */
    @Transactional
    public AccessRequest approve(Caller caller, RequestId id, @Nullable String message, @Nullable String duration) {
        AccessRequest request = decidable(caller, id, "approve");
        Optional<String> closure = questions.closure(request);
        if (closure.isPresent()) {
            refused(caller, request, "approve", closure.get());
            throw new StatusConflictException(closure.get());
        }
        String text = Texts.demand("message", message);
        AccessDuration given = given(request, duration);
        AccessQuestion question = questions.about(request, given);
        Judgement judgement = questions.judge(question);
        if (!judgement.allowed()) {
            AccessDuration least = questions.shortest(request.tenant());
            if (given.compareTo(least) > 0
                    && questions.judge(question.forDuration(least)).allowed()) {
                throw new InvalidInputException(
                        "duration", given + " is too long; the policy denies it. Choose a shorter one.");
            }
            return denyByPolicy(request, judgement);
        }
        questions.demandWithinCap(given, judgement);
        requests.addJudgement(request, AccessRequests.Occasion.DECISION, judgement, clock.instant());
        request.approve(caller.id(), text, given, clock.instant());
        requests.save(request);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("message", text);
        details.put("decidedBy", Decision.By.APPROVER.name());
        details.put(
                "requestedDuration",
                request.requestedDuration().map(AccessDuration::toString).orElse(""));
        details.put("grantedDuration", given.toString());
        details.put("policies", judgement.policies());
        details.put("policySet", judgement.setHash());
        trail.record(request.tenant(), caller.id().value(), "request.approved", id.value(), details);
        workflow.decided(request);
        return requests.find(id).orElseThrow();
    }

    /** Denies; fails as {@link #approve} does, but for the duration. */
    @Transactional
    public AccessRequest deny(Caller caller, RequestId id, @Nullable String message) {
        AccessRequest request = decidable(caller, id, "deny");
        String text = Texts.demand("message", message);
        request.deny(caller.id(), text, clock.instant());
        requests.save(request);
        trail.record(
                request.tenant(),
                caller.id().value(),
                "request.denied",
                id.value(),
                Map.of("message", text, "decidedBy", Decision.By.APPROVER.name()));
        workflow.decided(request);
        return requests.find(id).orElseThrow();
    }

    /**
     * The request, if the caller can decide it now; for a form that is to be shown before it is decided. Nothing changes.
     *
     * @param deed what he wants to do, for the audit log
     * @throws NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the caller may not decide it
     * @throws StatusConflictException if it is not pending
     */
    @Transactional
    public AccessRequest decidableBy(Caller caller, RequestId id, String deed) {
        return decidable(caller, id, deed);
    }

    /** Nobody decided in time. */
    @Transactional
    public void expire(RequestId id) {
        AccessRequest request = requests.lock(id).orElseThrow();
        request.expire(clock.instant());
        requests.save(request);
        trail.record(request.tenant(), AuditTrail.DRAWBRIDGE, "request.expired", id.value(), Map.of());
    }

    /** Tells requester and all who were asked that nobody decided. */
    @Transactional
    public void tellExpired(RequestId id) {
        notices.expired(requests.find(id).orElseThrow(), asked(id));
    }

    /** Tells the requester that the answer is yes. */
    @Transactional
    public void tellApproved(RequestId id) {
        notices.approved(requests.find(id).orElseThrow());
    }

    /** Tells the requester that the answer is no. */
    @Transactional
    public void tellDenied(RequestId id) {
        notices.denied(requests.find(id).orElseThrow(), asked(id));
    }

    /** Tells those who were asked that the requester has withdrawn. */
    @Transactional
    public void tellWithdrawn(RequestId id) {
        notices.withdrawn(requests.find(id).orElseThrow(), asked(id));
    }

    /** Where the request stands in our own table; the only thing that may open a grant. */
    @Transactional(readOnly = true)
    public Optional<AccessRequest> approvedRequest(RequestId id) {
        return requests.find(id).filter(request -> request.status() == RequestStatus.APPROVED);
    }

    private AccessRequest denyByPolicy(AccessRequest request, Judgement judgement) {
        requests.addJudgement(request, AccessRequests.Occasion.DECISION, judgement, clock.instant());
        request.judged(judgement, null);
        request.denyByPolicy(JudgingDesk.adviceOf(judgement), clock.instant());
        requests.save(request);
        trail.record(
                request.tenant(),
                AuditTrail.DRAWBRIDGE,
                "request.denied",
                request.id().value(),
                Map.of(
                        "decidedBy",
                        Decision.By.POLICY.name(),
                        "policies",
                        judgement.policies(),
                        "policySet",
                        judgement.setHash()));
        workflow.decided(request);
        return requests.find(request.id()).orElseThrow();
    }

    private AccessRequest decidable(Caller caller, RequestId id, String deed) {
        AccessRequest request = requests.lock(id)
                .filter(found -> reader.mayRead(caller, found))
                .orElseThrow(() -> new NotFoundException("request", id.value()));
        Optional<String> refusal = chain.refusal(request, caller);
        if (refusal.isPresent()) {
            refused(caller, request, deed, refusal.get());
            throw new ForbiddenException(refusal.get());
        }
        if (request.status() != RequestStatus.PENDING) {
            String reason = "Request " + id + " cannot be decided: it is " + request.status() + " since "
                    + request.statusSince() + ".";
            refused(caller, request, deed, reason);
            throw new StatusConflictException(reason);
        }
        return request;
    }

    private void refused(Caller caller, AccessRequest request, String deed, String reason) {
        trail.recordRefusal(
                request.tenant(),
                caller.id().value(),
                "request.refused",
                request.id().value(),
                Map.of("deed", deed, "reason", reason));
    }

    private AccessDuration given(AccessRequest request, @Nullable String text) {
        if (text == null || text.isBlank()) {
            AccessDuration asked = request.requestedDuration()
                    .orElseThrow(() -> new InvalidInputException("duration", "is missing, and none was asked for."));
            questions.demandWithinBounds(request.tenant(), asked);
            return asked;
        }
        try {
            AccessDuration duration = AccessDuration.parse(text.strip());
            questions.demandWithinBounds(request.tenant(), duration);
            return duration;
        } catch (IllegalArgumentException unreadable) {
            throw new InvalidInputException(
                    "duration", "is no duration; expected ISO 8601 in whole seconds, such as PT1H, or forever.");
        }
    }

    private Set<PersonId> asked(RequestId id) {
        Set<PersonId> asked = new LinkedHashSet<>();
        requests.rungs(id).forEach(rung -> asked.addAll(rung.people()));
        return asked;
    }
}
