package io.drawbridge.grant.aws.scp;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * The documents of an account, in the order in which they may be written.
 *
 * <p>An action that changes its document stands in both for a while, never in neither:
 *
 * <ol>
 *   <li>The documents of the first step are written, in any order. They have all that moves.
 *   <li>When they are known to be <em>in force</em>, and not merely accepted, {@code assignment} is kept.
 *   <li>The documents of the second step are written, those that gave actions away.
 *   <li>Whatever else of ours is attached to the account, and not among {@link #documents()}, is detached: all it closed
 *       is closed by the others.
 * </ol>
 *
 * <p>Whatever interrupts it, the assignment that was kept last names for each action a document that has it. To compile
 * again with that one goes on from there.
 *
 * @param steps every document once, also one that did not change; one or two steps, or none if nothing is closed
 * @param assignment which document closes which action, to be handed in the next time
 * @param leftOut leases without effect: their end has come, or no control protects their action (any more)
 */
public record CompiledPolicies(
        List<List<PolicyDocument>> steps, SortedMap<String, Integer> assignment, List<PolicyLease> leftOut) {
    public CompiledPolicies {
        steps = steps.stream().map(List::copyOf).toList();
        assignment = Collections.unmodifiableSortedMap(assignment);
        leftOut = List.copyOf(leftOut);
    }

    /** All documents by number. */
    public List<PolicyDocument> documents() {
        return steps.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(PolicyDocument::number))
                .toList();
    }

    /** Characters of all documents together. */
    public int characters() {
        return documents().stream().mapToInt(PolicyDocument::characters).sum();
    }
}
