package io.drawbridge.workflow;

/** Ids that code and diagrams share; a test holds them against the files. */
final class ProcessKeys {
    static final String ACCESS_REQUEST = "access-request";
    static final String TIMEBOXED_GRANT = "timeboxed-grant";
    static final String DRIFT_REMOVAL = "drift-removal";
    static final String STANDING_TROUBLE = "standing-trouble";

    static final String JUSTIFY = "UserTask_JustifyRequest";
    static final String APPROVE = "UserTask_ApproveRequest";
    static final String REVIEW = "UserTask_ReviewBreakGlass";

    static final String JUSTIFICATION_OVERDUE = "BoundaryEvent_JustificationOverdue";
    static final String APPROVAL_OVERDUE = "BoundaryEvent_ApprovalOverdue";
    static final String APPROVAL_EXPIRED = "BoundaryEvent_ApprovalExpired";

    static final String REQUEST_WITHDRAWN = "RequestWithdrawn";
    static final String GRANT_ENDED_EARLY = "GrantEndedEarly";

    private ProcessKeys() {}
}
