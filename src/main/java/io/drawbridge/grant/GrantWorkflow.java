package io.drawbridge.grant;

/** The process that orders what happens to a grant. */
public interface GrantWorkflow {
    /** Somebody wants the grant to end now; the process leaves its wait in the caller's transaction. */
    void endedEarly(Grant grant);

    /** Whether there still is a process that takes the grant to its end; false only if it is known to be gone. */
    default boolean isUnderWay(Grant grant) {
        return true;
    }
}
