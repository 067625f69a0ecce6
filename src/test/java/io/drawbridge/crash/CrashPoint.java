package io.drawbridge.crash;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a grant at which the process is killed.
 *
 * @param flow taken by the engine; null if a call to AWS is meant
 * @param operation of AWS; null if a flow is meant
 * @param number which call of that operation since the request was approved, from 1
 * @param answered whether AWS has done what it was asked for, and only its answer is lost
 * @param endedEarly whether the grant is ended early, so that a write takes it back
 */
record CrashPoint(
        CrashCloud cloud,
        @Nullable String flow,
        @Nullable String operation,
        int number,
        boolean answered,
        boolean endedEarly) {

    /** Where access is given while the process is killed. */
    enum CrashCloud {
        DRY_RUN,
        SCP_EXEMPTION,
        ACCOUNT_ASSIGNMENT
    }

    /** From the intent to the last notice; those of the end are taken at the end. */
    private static final List<String> FLOWS = List.of(
            "Flow_GrantOpened",
            "Flow_IntentWritten",
            "Flow_AccessProvisioned",
            "Flow_AccessAsked",
            "Flow_AccessConfirmed",
            "Flow_AccessProvided",
            "Flow_AccessActive",
            "Flow_AccessEnded",
            "Flow_RevocationBegun",
            "Flow_AccessRevoked",
            "Flow_RemovalAsked",
            "Flow_AccessGone",
            "Flow_EndNotified");

    /** A part of them, where the calls to AWS are what is new. */
    private static final List<String> FLOWS_WITH_AWS = List.of(
            "Flow_IntentWritten",
            "Flow_AccessProvisioned",
            "Flow_AccessConfirmed",
            "Flow_AccessEnded",
            "Flow_RevocationBegun",
            "Flow_AccessRevoked",
            "Flow_AccessGone");

    static List<CrashPoint> all(CrashCloud cloud) {
        List<CrashPoint> points = new ArrayList<>();
        (cloud == CrashCloud.DRY_RUN ? FLOWS : FLOWS_WITH_AWS)
                .forEach(flow -> points.add(new CrashPoint(cloud, flow, null, 0, false, false)));
        if (cloud == CrashCloud.SCP_EXEMPTION) {
            for (boolean early : List.of(false, true)) {
                // The second write of a grant that is ended early is the one that takes it back.
                int write = early ? 2 : 1;
                points.add(new CrashPoint(cloud, null, "DescribePolicy", 2 * write - 1, true, early));
                points.add(new CrashPoint(cloud, null, "UpdatePolicy", write, false, early));
                points.add(new CrashPoint(cloud, null, "UpdatePolicy", write, true, early));
                points.add(new CrashPoint(cloud, null, "DescribePolicy", 2 * write, true, early));
            }
        }
        if (cloud == CrashCloud.ACCOUNT_ASSIGNMENT) {
            for (String operation : List.of("CreateAccountAssignment", "DeleteAccountAssignment")) {
                points.add(new CrashPoint(cloud, null, operation, 1, false, false));
                points.add(new CrashPoint(cloud, null, operation, 1, true, false));
            }
            points.add(new CrashPoint(cloud, null, "DescribeAccountAssignmentCreationStatus", 1, true, false));
            points.add(new CrashPoint(cloud, null, "DescribeAccountAssignmentDeletionStatus", 1, true, false));
            points.add(new CrashPoint(cloud, null, "DeleteAccountAssignment", 1, true, true));
        }
        return points;
    }

    @Override
    public String toString() {
        String where = flow != null
                ? "on " + flow
                : (answered ? "after " : "before ") + operation + (number > 1 ? " " + number : "");
        return where + (endedEarly ? ", ended early" : "");
    }
}
