package io.drawbridge.policy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a free question; mode and caps are null on a denial. */
public record Evaluation(
        boolean allowed,
        @Nullable ApprovalMode mode,
        List<String> policies,
        List<Judgement.PolicyError> errors,
        @Nullable Duration timeout,
        @Nullable AccessDuration maxDuration,
        List<String> advice) {
    public Evaluation {
        policies = List.copyOf(policies);
        errors = List.copyOf(errors);
        advice = List.copyOf(advice);
    }
}
