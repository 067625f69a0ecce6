package io.drawbridge.workflow.diagram;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The delegates that a service task may name, and what each does to the access. */
public enum Delegate {
    EVALUATE_POLICY_ON_ARRIVAL("evaluatePolicyOnArrivalDelegate", Diagram.ACCESS_REQUEST, Effect.JUDGES),
    EVALUATE_POLICY("evaluatePolicyDelegate", Diagram.ACCESS_REQUEST, Effect.JUDGES),
    ASK_APPROVERS("askApproversDelegate", Diagram.ACCESS_REQUEST, Effect.ASKS),
    ESCALATE_REQUEST("escalateRequestDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    EXPIRE_REQUEST("expireRequestDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    EXPIRE_JUSTIFICATION("expireJustificationDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    CONFIRM_APPROVAL("confirmApprovalDelegate", Diagram.ACCESS_REQUEST, Effect.CONFIRMS_APPROVAL),
    NOTIFY_DENIED_ON_ARRIVAL("notifyDeniedOnArrivalDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    NOTIFY_JUSTIFICATION_EXPIRED("notifyJustificationExpiredDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    NOTIFY_DENIED_BY_POLICY("notifyDeniedByPolicyDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    NOTIFY_BREAK_GLASS("notifyBreakGlassDelegate", Diagram.ACCESS_REQUEST, Effect.APPROVES),
    NOTIFY_EXPIRED("notifyExpiredDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    NOTIFY_REQUESTER_DENIED("notifyRequesterDeniedDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),
    NOTIFY_REQUESTER_APPROVED("notifyRequesterApprovedDelegate", Diagram.ACCESS_REQUEST, Effect.APPROVES),
    NOTIFY_WITHDRAWN("notifyWithdrawnDelegate", Diagram.ACCESS_REQUEST, Effect.NONE),

    OPEN_GRANT("openGrantDelegate", Diagram.TIMEBOXED_GRANT, Effect.OPENS),
    PROVISION_ACCESS("provisionAccessDelegate", Diagram.TIMEBOXED_GRANT, Effect.PROVISIONS),
    CONFIRM_ACCESS("confirmAccessDelegate", Diagram.TIMEBOXED_GRANT, Effect.CONFIRMS_ACCESS),
    NOTIFY_ACCESS_ACTIVE("notifyAccessActiveDelegate", Diagram.TIMEBOXED_GRANT, Effect.NONE),
    NOTIFY_EXPIRING_SOON("notifyExpiringSoonDelegate", Diagram.TIMEBOXED_GRANT, Effect.NONE),
    BEGIN_REVOCATION("beginRevocationDelegate", Diagram.TIMEBOXED_GRANT, Effect.BEGINS_REVOCATION),
    REVOKE_ACCESS("revokeAccessDelegate", Diagram.TIMEBOXED_GRANT, Effect.REVOKES),
    CONFIRM_REMOVAL("confirmRemovalDelegate", Diagram.TIMEBOXED_GRANT, Effect.CONFIRMS_REMOVAL),
    NOTIFY_ACCESS_REVOKED("notifyAccessRevokedDelegate", Diagram.TIMEBOXED_GRANT, Effect.NONE),

    REMOVE_DRIFT("removeDriftDelegate", Diagram.DRIFT_REMOVAL, Effect.REMOVES_DRIFT),

    CONFIRM_REMEDY("confirmRemedyDelegate", Diagram.STANDING_TROUBLE, Effect.NONE);

    /** What a delegate does to the access; the check follows nothing else. */
    public enum Effect {
        NONE,
        JUDGES,
        ASKS,
        APPROVES,
        CONFIRMS_APPROVAL,
        OPENS,
        PROVISIONS,
        CONFIRMS_ACCESS,
        BEGINS_REVOCATION,
        REVOKES,
        CONFIRMS_REMOVAL,
        REMOVES_DRIFT
    }

    /** Calls the cloud. */
    private static final Set<Effect> OUTSIDE = Set.of(
            Effect.PROVISIONS, Effect.CONFIRMS_ACCESS, Effect.REVOKES, Effect.CONFIRMS_REMOVAL, Effect.REMOVES_DRIFT);

    private static final Set<Effect> URGENT = Set.of(Effect.REVOKES, Effect.CONFIRMS_REMOVAL, Effect.REMOVES_DRIFT);

    private final String bean;
    private final String process;
    private final Effect effect;

    Delegate(String bean, String process, Effect effect) {
        this.bean = bean;
        this.process = process;
        this.effect = effect;
    }

    public String bean() {
        return bean;
    }

    /** Key of the one process in which it may be named: a grant's revocation does nothing for a request. */
    public String process() {
        return process;
    }

    public Effect effect() {
        return effect;
    }

    boolean callsOutside() {
        return OUTSIDE.contains(effect);
    }

    /** Ends access, and so goes before every other job. */
    boolean isUrgent() {
        return URGENT.contains(effect);
    }

    /** Says by the error {@link Diagram#PROVISIONING_FAILED} that the access can never be. */
    boolean mayFail() {
        return effect == Effect.PROVISIONS || effect == Effect.CONFIRMS_ACCESS;
    }

    static List<Delegate> of(String process) {
        return Arrays.stream(values())
                .filter(delegate -> delegate.process.equals(process))
                .toList();
    }

    /** The delegate that the expression names, if it names one and nothing else. */
    static Optional<Delegate> named(String process, String expression) {
        return of(process).stream()
                .filter(delegate -> expression.equals("${" + delegate.bean + "}"))
                .findFirst();
    }
}
