package io.drawbridge.web.api;

import java.util.List;

/** An approver said yes, and the policy no longer does: the request is denied, which is committed. */
final class PolicyDeniesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> policies;

    PolicyDeniesException(String message, List<String> policies) {
        super(message);
        this.policies = List.copyOf(policies);
    }

    /** Ids of the policies that deny; empty if none permits. */
    List<String> policies() {
        return policies;
    }
}
