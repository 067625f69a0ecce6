package io.drawbridge.policy;

import org.jspecify.annotations.Nullable;

/**
 * A policy set that is not running.
 *
 * @param policies Cedar text, null for those that run
 * @param schema Cedar schema text, null for the one that runs
 */
public record PolicyProposal(@Nullable String policies, @Nullable String schema) {
    /** The set that runs. */
    public static final PolicyProposal RUNNING = new PolicyProposal(null, null);
}
