package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Closes the review that every use of break-glass access is followed by. */
@Service
public class ReviewDesk {
    private final AccessRequests requests;
    private final RequestReader reader;
    private final EscalationDesk escalation;
    private final RequestWorkflow workflow;
    private final AuditTrail trail;
    private final Clock clock;

    ReviewDesk(
            AccessRequests requests,
            RequestReader reader,
            EscalationDesk escalation,
            RequestWorkflow workflow,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.reader = reader;
        this.escalation = escalation;
        this.workflow = workflow;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * Says whether breaking the glass was justified. Takes nothing back: the grant ends by its own clock.
     *
     * @throws NotFoundException if the caller may not know of the request
     * @throws ForbiddenException if he is the requester, or neither approver of the account nor administrator
     * @throws StatusConflictException if there is nothing to review, or it was reviewed already
     * @throws InvalidInputException without a message or an answer
     */
    @Transactional
    public AccessRequest review(Caller caller, RequestId id, @Nullable String message, @Nullable Boolean justified) {
        AccessRequest request = requests.lock(id)
                .filter(found -> reader.mayRead(caller, found))
                .orElseThrow(() -> new NotFoundException("request", id.value()));
        if (!escalation.reviewers(id).contains(caller.id().value())) {
            String reason = "Only an approver of account " + request.account()
                    + " or an administrator, other than the requester, reviews request " + id + ".";
            trail.recordRefusal(
                    request.tenant(),
                    caller.id().value(),
                    "request.refused",
                    id.value(),
                    Map.of("deed", "review", "reason", reason));
            throw new ForbiddenException(reason);
        }
        String text = Texts.demand("message", message);
        if (justified == null) {
            throw new InvalidInputException("justified", "is missing; say true or false.");
        }
        request.reviewed(new Review(caller.id(), text, justified, clock.instant()));
        requests.save(request);
        trail.record(
                request.tenant(),
                caller.id().value(),
                "request.reviewed",
                id.value(),
                Map.of("message", text, "justified", justified));
        workflow.reviewed(request);
        return request;
    }
}
