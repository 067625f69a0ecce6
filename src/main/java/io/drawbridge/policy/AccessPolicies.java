package io.drawbridge.policy;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The judge. Any doubt is a denial: a tenant without policies, an evaluation that fails, a value that is unknown.
 *
 * <p>No method throws for what a policy does; a judgement that could not be made is a denial with its error.
 */
public interface AccessPolicies {

    /** May this access be given, and how does the request go on? */
    Judgement judge(AccessQuestion question);

    /** Does policy let this person decide? The mode of the answer has no meaning. */
    Judgement judge(DecisionQuestion question);

    /** What is running for a tenant; an empty set if the tenant has no policies. */
    PolicySetView running(TenantId tenant);

    /**
     * Puts a free question to the running set, or to a set that comes with it.
     *
     * @throws InvalidPolicyException if the policies, the schema, the entities or the question cannot be read or are not valid
     */
    Evaluation evaluate(TenantId tenant, EvaluationQuestion question);

    /**
     * Asks a proposed set what was asked before, all of it by the rules by which requests are judged.
     *
     * @param evidence of each judgement, as {@link Judgement#evidence} gave it
     * @return one answer for each, in their order; empty where the evidence is not enough to ask again
     * @throws InvalidPolicyException if the proposal cannot be read or is not valid
     */
    List<Optional<Evaluation>> replay(TenantId tenant, PolicyProposal proposal, List<String> evidence);

    /** A running policy set, as people read it. */
    record PolicySetView(String hash, Instant loadedAt, String schema, List<PolicyView> policies) {
        public PolicySetView {
            policies = List.copyOf(policies);
        }
    }

    /**
     * One policy, as people read it.
     *
     * @param timeout how long approvers have, in ISO 8601; null if the diagram decides
     * @param maxDuration its cap on a grant, in ISO 8601 or {@code forever}; null if it has none
     * @param advice what it tells the requester when it denies, null if nothing
     * @param file where it stands
     * @param line its first line, from 1
     * @param text its source
     */
    record PolicyView(
            String id,
            String effect,
            @Nullable String mode,
            @Nullable Long priority,
            boolean guardRail,
            @Nullable String timeout,
            @Nullable String maxDuration,
            @Nullable String advice,
            String file,
            int line,
            String text) {}
}
