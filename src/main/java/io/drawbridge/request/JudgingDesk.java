package io.drawbridge.request;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Settings;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessQuestion;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Puts requests before the policy and moves them as it says. */
@Service
public class JudgingDesk {
    private static final Duration REVIEW_TIME = Duration.ofHours(24);

    private final AccessRequests requests;
    private final Questions questions;
    private final People people;
    private final Reach reach;
    private final Settings settings;
    private final LivingGrants grants;
    private final RequestNotices notices;
    private final AuditTrail trail;
    private final Clock clock;

    JudgingDesk(
            AccessRequests requests,
            Questions questions,
            People people,
            Reach reach,
            Settings settings,
            LivingGrants grants,
            RequestNotices notices,
            AuditTrail trail,
            Clock clock) {
        this.requests = requests;
        this.questions = questions;
        this.people = people;
        this.reach = reach;
        this.settings = settings;
        this.grants = grants;
        this.notices = notices;
        this.trail = trail;
        this.clock = clock;
    }

    /** How a request goes on after it was judged. */
    public enum Outcome {
        /** It is {@code DENIED}. */
        DENIED,
        /** It stays {@code REQUESTED}: the requester has to justify it first. */
        ASK,
        /** It is {@code APPROVED}. */
        AUTO,
        /** It is {@code APPROVED}, and the approvers and administrators have to be told. */
        BREAK_GLASS,
        /** It is {@code PENDING}. */
        REQUIRE
    }

    /**
     * Judges a request that has just arrived: with the shortest duration if the requester has still to be asked, else in
     * full and for the only time.
     *
     * @throws io.drawbridge.identity.InvalidInputException if the asked duration is above the policy's cap
     * @throws StatusConflictException if the emergency cannot be granted: another lives, or a review is overdue
     */
    @Transactional
    public Outcome judgeOnArrival(RequestId id) {
        AccessRequest request = lock(id);
        if (request.justification().isPresent() || !mustBeAsked(request)) {
            return judgeFully(request, AccessRequests.Occasion.ARRIVAL);
        }
        Judgement judgement = ask(request, questions.shortest(request.tenant()), AccessRequests.Occasion.ARRIVAL);
        if (judgement.allowed()) {
            request.judged(judgement, null);
            requests.save(request);
            return Outcome.ASK;
        }
        return deny(request, judgement);
    }

    /** Judges a request whose justification and duration are known; fails as {@link #judgeOnArrival} does. */
    @Transactional
    public Outcome judge(RequestId id) {
        return judgeFully(lock(id), AccessRequests.Occasion.JUSTIFIED);
    }

    /** Whether the requester is a person who can be asked, has to be, and does not decide it himself anyway. */
    private boolean mustBeAsked(AccessRequest request) {
        if (request.identity().type() != Identity.Type.SSO_USER
                || !settings.of(request.tenant()).requestUserJustification()) {
            return false;
        }
        boolean reachable = people.find(request.tenant(), request.requester())
                .filter(person -> person.has(Role.REQUESTER))
                .isPresent();
        ScopePath path = questions.path(request);
        boolean decidesHimself = path.selfApproval() && reach.isApprover(request.tenant(), request.requester(), path);
        return reachable && !decidesHimself;
    }

    private Outcome judgeFully(AccessRequest request, AccessRequests.Occasion occasion) {
        if (request.requestedDuration().isEmpty()) {
            AccessQuestion question = questions.about(request, questions.shortest(request.tenant()));
            request.assume(questions.offer(request.tenant(), question).preset());
        }
        AccessDuration duration = request.requestedDuration().orElseThrow();
        Judgement judgement = ask(request, duration, occasion);
        ApprovalMode policyMode = judgement.mode();
        if (policyMode == null) {
            return deny(request, judgement);
        }
        questions.demandWithinCap(duration, judgement);
        ApprovalMode mode = policyMode == ApprovalMode.AUTO && !request.confirmed() ? ApprovalMode.REQUIRE : policyMode;
        request.judged(judgement, mode);
        Instant now = clock.instant();
        if (mode == ApprovalMode.BREAK_GLASS) {
            demandGlassUnbroken(request, now);
            request.approveByPolicy(now);
            request.reviewDue(duration.endFrom(now).plus(REVIEW_TIME));
            approved(request, judgement);
            return Outcome.BREAK_GLASS;
        }
        if (request.breakGlass()) {
            notices.emergencyNotRecognised(request);
        }
        if (mode == ApprovalMode.AUTO) {
            request.approveByPolicy(now);
            approved(request, judgement);
            return Outcome.AUTO;
        }
        request.sendToApprovers(now);
        requests.save(request);
        trail.record(
                request.tenant(),
                AuditTrail.DRAWBRIDGE,
                "request.pending",
                request.id().value(),
                facts(request, judgement));
        return Outcome.REQUIRE;
    }

    private void approved(AccessRequest request, Judgement judgement) {
        requests.save(request);
        trail.record(
                request.tenant(),
                AuditTrail.DRAWBRIDGE,
                "request.approved",
                request.id().value(),
                facts(request, judgement));
    }

    private Outcome deny(AccessRequest request, Judgement judgement) {
        request.judged(judgement, null);
        request.denyByPolicy(adviceOf(judgement), clock.instant());
        requests.save(request);
        trail.record(
                request.tenant(),
                AuditTrail.DRAWBRIDGE,
                "request.denied",
                request.id().value(),
                facts(request, judgement));
        return Outcome.DENIED;
    }

    private Judgement ask(AccessRequest request, AccessDuration duration, AccessRequests.Occasion occasion) {
        Judgement judgement = questions.judge(questions.about(request, duration));
        requests.addJudgement(request, occasion, judgement, clock.instant());
        return judgement;
    }

    /** One living break-glass grant a person, and none while a review of his is overdue. */
    private void demandGlassUnbroken(AccessRequest request, Instant now) {
        requests.lockPerson(request.requester());
        if (grants.holdsBrokenGlass(request.tenant(), request.requester())) {
            throw new StatusConflictException(
                    "A break-glass grant of " + request.requester() + " is still living; one at a time.");
        }
        boolean overdue = requests.findUnreviewed(request.tenant(), request.requester()).stream()
                .anyMatch(other -> other.reviewDueAt().filter(now::isAfter).isPresent());
        if (overdue) {
            throw new StatusConflictException("A break-glass review of " + request.requester()
                    + " is overdue; the next emergency waits until an approver or administrator has closed it.");
        }
    }

    private AccessRequest lock(RequestId id) {
        return requests.lock(id).orElseThrow(() -> new IllegalStateException("Request " + id + " is gone."));
    }

    static @org.jspecify.annotations.Nullable String adviceOf(Judgement judgement) {
        return judgement.advice().isEmpty() ? null : String.join(" ", judgement.advice());
    }

    private static Map<String, Object> facts(AccessRequest request, Judgement judgement) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("status", request.status().name());
        facts.put("decidedBy", request.decision().map(made -> made.by().name()).orElse(""));
        facts.put("mode", request.mode().map(ApprovalMode::word).orElse(""));
        facts.put("policies", request.policies());
        facts.put("policySet", judgement.setHash());
        request.requestedDuration().ifPresent(duration -> facts.put("requestedDuration", duration.toString()));
        request.grantedDuration().ifPresent(duration -> facts.put("grantedDuration", duration.toString()));
        request.justification().ifPresent(text -> facts.put("justification", text));
        return facts;
    }
}
