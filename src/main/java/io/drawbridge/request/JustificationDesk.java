package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.policy.AccessDuration;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The requester's own answers: why and for how long, "No", or never mind. */
@Service
public class JustificationDesk {
    private final AccessRequests requests;
    private final RequestReader reader;
    private final Questions questions;
    private final RequestWorkflow workflow;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    JustificationDesk(
            AccessRequests requests,
            RequestReader reader,
            Questions questions,
            RequestWorkflow workflow,
            RequestNotices notices,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.reader = reader;
        this.questions = questions;
        this.workflow = workflow;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /** The process waits for the answer: the requester is told. */
    @Transactional
    public void askRequester(RequestId id) {
        notices.askToJustify(requests.find(id).orElseThrow());
    }

    /**
     * The requester says why and for how long; the policy has judged when this returns.
     *
     * @param duration null takes what was asked when the request was opened, else the preset
     * @throws io.drawbridge.identity.NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the caller is not its requester
     * @throws InvalidInputException if text or duration cannot be used; the request still waits
     * @throws StatusConflictException if the request does not wait for a justification, or its account was closed
     */
    @Transactional
    public AccessRequest justify(Caller caller, RequestId id, @Nullable String text, @Nullable String duration) {
        AccessRequest request = own(caller, id, "justify");
        demandRequested(caller, request, "justified");
        questions.closure(request).ifPresent(why -> {
            throw new StatusConflictException(why);
        });
        String justification = Texts.demand("justification", text);
        request.justify(justification, read(request, duration), caller.sourceIp(), caller.mfa());
        requests.save(request);
        trail.record(
                request.tenant(),
                caller.id().value(),
                "request.justified",
                id.value(),
                Map.of(
                        "justification",
                        justification,
                        "requestedDuration",
                        request.requestedDuration().orElseThrow().toString()));
        workflow.answered(request);
        return requests.find(id).orElseThrow();
    }

    /** The requester does not want it after all: "No" to the question. Fails as {@link #justify} does. */
    @Transactional
    public AccessRequest abandon(Caller caller, RequestId id) {
        AccessRequest request = own(caller, id, "abandon");
        demandRequested(caller, request, "abandoned");
        request.abandon(clock.instant());
        requests.save(request);
        trail.record(request.tenant(), caller.id().value(), "request.abandoned", id.value(), Map.of());
        workflow.answered(request);
        return request;
    }

    /**
     * The requester withdraws a request that is not decided.
     *
     * @throws io.drawbridge.identity.NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if the caller is not its requester
     * @throws StatusConflictException if the request is final
     */
    @Transactional
    public AccessRequest cancel(Caller caller, RequestId id) {
        AccessRequest request = own(caller, id, "withdraw");
        if (!request.status().isOpen()) {
            throw refused(caller, request, "cancelled");
        }
        request.cancel(clock.instant());
        requests.save(request);
        trail.record(request.tenant(), caller.id().value(), "request.cancelled", id.value(), Map.of());
        workflow.withdrawn(request);
        return request;
    }

    /** There was no answer in time. */
    @Transactional
    public void expire(RequestId id) {
        AccessRequest request = requests.lock(id).orElseThrow();
        request.expireJustification(clock.instant());
        requests.save(request);
        trail.record(request.tenant(), AuditTrail.DRAWBRIDGE, "request.abandoned_expired", id.value(), Map.of());
    }

    /** Tells the requester that the time for an answer is over. */
    @Transactional
    public void tellExpired(RequestId id) {
        notices.justificationExpired(requests.find(id).orElseThrow());
    }

    private AccessDuration read(AccessRequest request, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return request.requestedDuration().orElseGet(() -> questions
                    .offer(request.tenant(), questions.about(request, questions.shortest(request.tenant())))
                    .preset());
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

    private AccessRequest own(Caller caller, RequestId id, String deed) {
        AccessRequest request = requests.lock(id)
                .filter(found -> reader.mayRead(caller, found))
                .orElseThrow(() -> new io.drawbridge.identity.NotFoundException("request", id.value()));
        if (!request.requester().equals(caller.id())) {
            trail.recordRefusal(
                    request.tenant(),
                    caller.id().value(),
                    "request.refused",
                    id.value(),
                    Map.of("deed", deed, "reason", "not the requester"));
            throw new ForbiddenException(
                    "Only the requester, " + request.requester() + ", may " + deed + " request " + id + ".");
        }
        return request;
    }

    private void demandRequested(Caller caller, AccessRequest request, String deed) {
        if (request.status() != RequestStatus.REQUESTED) {
            throw refused(caller, request, deed);
        }
    }

    private StatusConflictException refused(Caller caller, AccessRequest request, String deed) {
        String reason = "Request " + request.id() + " cannot be " + deed + ": it is " + request.status() + " since "
                + request.statusSince() + ".";
        trail.recordRefusal(
                request.tenant(),
                caller.id().value(),
                "request.refused",
                request.id().value(),
                Map.of("deed", deed, "reason", reason));
        return new StatusConflictException(reason);
    }
}
