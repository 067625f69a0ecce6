package io.drawbridge.grant;

/** The process that waits with a removal until an administrator has confirmed it. */
public interface DriftWorkflow {
    /**
     * Starts it for what was held back, in the caller's transaction. Does nothing if it is there already.
     *
     * <p>The process calls {@link ReconciliationDesk#removeHeldBack} until that no longer fails.
     */
    void heldBack(DriftFinding finding);
}
