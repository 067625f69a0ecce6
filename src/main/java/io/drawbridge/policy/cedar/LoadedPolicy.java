package io.drawbridge.policy.cedar;

import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import org.jspecify.annotations.Nullable;

/**
 * A policy that is valid and can be asked.
 *
 * @param key its id towards Cedar, unique in its set
 * @param permit else it forbids
 * @param action the only action it is about, null if it may be about several
 * @param principal the principal must be this or in this, null if the scope does not say
 * @param resource the resource must be this or in this, null if the scope does not say
 * @param order its place in the set, from 0
 */
record LoadedPolicy(
        String key,
        boolean permit,
        Annotations annotations,
        @Nullable EntityRef action,
        @Nullable EntityRef principal,
        @Nullable EntityRef resource,
        PolicyText.Piece piece,
        int order) {

    String id() {
        return annotations.id();
    }

    boolean guardRail() {
        return !permit && annotations.priority() == null;
    }

    /** Its priority group; guard-rails stand above every group that can be written. */
    long priority() {
        Long priority = annotations.priority();
        return priority == null ? Long.MAX_VALUE : priority;
    }

    boolean breakGlass() {
        return annotations.mode() == ApprovalMode.BREAK_GLASS;
    }
}
