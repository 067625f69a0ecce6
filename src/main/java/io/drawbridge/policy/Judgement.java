package io.drawbridge.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reasoned answer to one question.
 *
 * @param mode null exactly if it is not allowed
 * @param policies ids of the policies that determined the answer, in order; empty if nothing matched
 * @param errors policies that could not be evaluated
 * @param approvalTimeout how long approvers have, null if no policy says
 * @param maxDuration cap on the grant, null if no policy says
 * @param advice what the denying policies say to the requester, empty if nothing
 * @param setHash SHA-256 of the policy set asked, in hex
 * @param evidence the question and the entities as they were sent to Cedar, as JSON text
 */
public record Judgement(
        boolean allowed,
        @Nullable ApprovalMode mode,
        List<String> policies,
        List<PolicyError> errors,
        @Nullable Duration approvalTimeout,
        @Nullable AccessDuration maxDuration,
        List<String> advice,
        String setHash,
        String evidence) {
    public Judgement {
        policies = List.copyOf(policies);
        errors = List.copyOf(errors);
        advice = List.copyOf(advice);
        if (allowed == (mode == null)) {
            throw new IllegalArgumentException("A judgement has a mode exactly if it allows.");
        }
    }

    public Optional<AccessDuration> cap() {
        return Optional.ofNullable(maxDuration);
    }

    /** A policy that could not be evaluated, and why. */
    public record PolicyError(String policy, String message) {}
}
