package io.drawbridge.request;

/** Where a request stands. */
public enum RequestStatus {
    /** The requester still has to justify it. */
    REQUESTED,
    /** It is with its approvers. */
    PENDING,
    /** An approver, or the policy, said yes. */
    APPROVED,
    /** An approver, or the policy, said no. */
    DENIED,
    /** Nobody decided in time. */
    EXPIRED,
    /** The requester answered "No" to the justification. */
    ABANDONED,
    /** The requester gave no justification in time. */
    ABANDONED_EXPIRED,
    /** The requester withdrew it. */
    CANCELLED;

    /** Whether something can still move it; what is not open is final. */
    public boolean isOpen() {
        return this == REQUESTED || this == PENDING;
    }
}
