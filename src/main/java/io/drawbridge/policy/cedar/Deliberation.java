package io.drawbridge.policy.cedar;

import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement.PolicyError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How answers of Cedar become one answer: priority groups from the highest down, the guard-rails above all of them.
 *
 * <p>Cedar knows no groups, and one question a group would cost with their number. But an <em>allow</em> names every
 * satisfied permit of all groups, and a <em>deny</em> names every satisfied forbid. So all groups are asked at once, and
 * only where a forbid hides the permits of higher groups are those asked a second time.
 *
 * @param deciding the policies that determined the answer, in their order; empty if nothing matched
 */
record Deliberation(boolean allowed, List<LoadedPolicy> deciding, List<PolicyError> errors) {

    /**
     * Decides.
     *
     * @param candidates every policy that may match, break-glass permits only if the emergency was flagged
     * @param cedar answers for a set of them; whatever it throws is the caller's to turn into a denial
     */
    static Deliberation over(List<LoadedPolicy> candidates, Function<List<LoadedPolicy>, Answer> cedar) {
        if (candidates.isEmpty()) {
            return new Deliberation(false, List.of(), List.of());
        }
        Answer answer = cedar.apply(candidates);
        List<PolicyError> errors = new ArrayList<>();
        candidates.forEach(policy -> {
            String error = answer.errors().get(policy.key());
            if (error != null) {
                errors.add(new PolicyError(policy.id(), error));
            }
        });

        // A forbid that errs binds like one that matches: Cedar alone would skip it, and open.
        List<LoadedPolicy> forbids = candidates.stream()
                .filter(policy -> !policy.permit())
                .filter(policy -> answer.errors().containsKey(policy.key())
                        || (!answer.allowed() && answer.reasons().contains(policy.key())))
                .toList();
        boolean permitsHidden = !answer.allowed() && !answer.reasons().isEmpty();
        List<LoadedPolicy> forbidding = highest(forbids);
        List<LoadedPolicy> permitting =
                highest(permitsHidden ? permitsAbove(forbidding, candidates, cedar) : permits(candidates, answer));
        if (permitting.isEmpty()) {
            return new Deliberation(false, forbidding, errors);
        }
        boolean forbidden = !forbidding.isEmpty()
                && forbidding.get(0).priority() >= permitting.get(0).priority();
        return new Deliberation(!forbidden, forbidden ? forbidding : permitting, errors);
    }

    private static List<LoadedPolicy> permitsAbove(
            List<LoadedPolicy> forbidding, List<LoadedPolicy> candidates, Function<List<LoadedPolicy>, Answer> cedar) {
        List<LoadedPolicy> above = candidates.stream()
                .filter(LoadedPolicy::permit)
                .filter(policy -> policy.priority() > forbidding.get(0).priority())
                .toList();
        return above.isEmpty() ? List.of() : permits(above, cedar.apply(above));
    }

    private static List<LoadedPolicy> permits(List<LoadedPolicy> candidates, Answer answer) {
        return !answer.allowed()
                ? List.of()
                : candidates.stream()
                        .filter(LoadedPolicy::permit)
                        .filter(policy -> answer.reasons().contains(policy.key()))
                        .toList();
    }

    /** Those of the highest group among them. */
    private static List<LoadedPolicy> highest(List<LoadedPolicy> policies) {
        long top = policies.stream().mapToLong(LoadedPolicy::priority).max().orElse(0);
        return policies.stream().filter(policy -> policy.priority() == top).toList();
    }

    List<String> ids() {
        return deciding.stream().map(LoadedPolicy::id).toList();
    }

    /** The strictest mode of the deciding permits; null on a denial. */
    @Nullable
    ApprovalMode mode() {
        return shortest(annotations -> annotations.mode(), Comparator.reverseOrder());
    }

    /** The shortest timeout of the deciding permits; null if none says. */
    @Nullable
    Duration timeout() {
        return shortest(annotations -> annotations.timeout(), Comparator.naturalOrder());
    }

    /** The lowest cap of the deciding permits; null if none says. */
    @Nullable
    AccessDuration maxDuration() {
        return shortest(annotations -> annotations.maxDuration(), Comparator.naturalOrder());
    }

    /** What the denying policies say to the requester. */
    List<String> advice() {
        return allowed
                ? List.of()
                : deciding.stream()
                        .map(policy -> policy.annotations().advice())
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .distinct()
                        .toList();
    }

    private <T> @Nullable T shortest(Function<Annotations, @Nullable T> part, Comparator<? super T> order) {
        if (!allowed) {
            return null;
        }
        T best = null;
        for (LoadedPolicy policy : deciding) {
            T value = part.apply(policy.annotations());
            if (value != null && (best == null || order.compare(value, best) < 0)) {
                best = value;
            }
        }
        return best;
    }
}
