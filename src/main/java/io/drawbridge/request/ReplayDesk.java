package io.drawbridge.request;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Reach;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.PolicyProposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Asks a proposed policy set what the running ones were asked before, and says what would have come out otherwise. */
@Service
public class ReplayDesk {
    /** Decisions that one replay asks again at most: some milliseconds each. */
    public static final int MOST = 5000;

    private final PastJudgements judgements;
    private final AccessPolicies policies;
    private final Reach reach;

    ReplayDesk(PastJudgements judgements, AccessPolicies policies, Reach reach) {
        this.judgements = judgements;
        this.policies = policies;
        this.reach = reach;
    }

    /**
     * Which decisions.
     *
     * @param since inclusive, null for all
     * @param until exclusive, null for all
     * @param before only what was decided before the decision of this number
     * @param limit so many of the newest, from 1 to {@link #MOST}
     */
    public record Selection(@Nullable Instant since, @Nullable Instant until, @Nullable Long before, int limit) {}

    /** Whether a change gives more or takes away. */
    public enum Direction {
        WIDENS,
        NARROWS
    }

    /**
     * What a set says.
     *
     * @param mode null on a denial
     * @param policies those that determine it
     * @param maxDuration the cap on the grant; null if there is none, if it denies, or if it was not kept
     */
    public record Answer(
            boolean allowed,
            @Nullable ApprovalMode mode,
            List<String> policies,
            @Nullable AccessDuration maxDuration,
            List<String> errors) {
        public Answer {
            policies = List.copyOf(policies);
            errors = List.copyOf(errors);
        }

        /** {@code deny}, or the word of the mode. */
        public String word() {
            return mode == null ? "deny" : mode.word();
        }

        /** How much it takes before access is on: nothing, a flag, an approver; a denial last. */
        private int strictness() {
            if (mode == null) {
                return 3;
            }
            return switch (mode) {
                case AUTO -> 0;
                case BREAK_GLASS -> 1;
                case REQUIRE -> 2;
            };
        }
    }

    /**
     * One decision that would be another.
     *
     * @param requester null to somebody who may not read the request
     */
    public record Difference(
            RequestId request,
            @Nullable PersonId requester,
            ScopeId account,
            String permission,
            Instant at,
            AccessRequests.Occasion occasion,
            Direction direction,
            Answer before,
            Answer after) {}

    /**
     * What a replay has found.
     *
     * @param differences what widens first, of that what was denied and would be automatic first
     * @param replayed decisions that were asked again
     * @param notReplayable decisions of which not enough was kept to ask again
     * @param next number of the oldest decision that was looked at, if there are older ones; to go on before it
     */
    public record Replay(List<Difference> differences, int replayed, int notReplayable, @Nullable Long next) {
        public Replay {
            differences = List.copyOf(differences);
        }
    }

    /**
     * Replays. Nothing is changed by it, and nothing kept of it.
     *
     * @throws ForbiddenException if the caller is neither administrator nor process owner
     * @throws io.drawbridge.policy.InvalidPolicyException if the proposal cannot be read or is not valid
     */
    public Replay replay(Caller caller, PolicyProposal proposal, Selection selection) {
        if (!caller.isAdministrator() && !caller.has(Role.PROCESS_OWNER)) {
            throw new ForbiddenException("Only administrators and process owners replay decisions.");
        }
        List<PastJudgements.Kept> kept = judgements.kept(
                caller.tenant(), selection.since(), selection.until(), selection.before(), selection.limit() + 1);
        boolean more = kept.size() > selection.limit();
        List<PastJudgements.Kept> looked = more ? kept.subList(0, selection.limit()) : kept;
        List<Optional<Evaluation>> proposed = policies.replay(
                caller.tenant(),
                proposal,
                looked.stream().map(PastJudgements.Kept::evidence).toList());
        List<Optional<Evaluation>> running = capsOfToday(caller, looked);
        Set<ScopeId> readable = caller.isAdministrator() ? null : reach.readable(caller);
        List<Difference> differences = new ArrayList<>();
        int notReplayable = 0;
        for (int i = 0; i < looked.size(); i++) {
            PastJudgements.Kept decision = looked.get(i);
            Optional<Evaluation> now = proposed.get(i);
            if (now.isEmpty()) {
                notReplayable++;
                continue;
            }
            Optional<Evaluation> then = running.get(i);
            Answer before = before(decision, then.map(Evaluation::maxDuration).orElse(null));
            Answer after = after(now.get());
            Direction direction = direction(before, after, then.isPresent());
            if (direction != null) {
                differences.add(difference(caller, decision, readable, direction, before, after));
            }
        }
        differences.sort(Comparator.comparing(Difference::direction)
                .thenComparing(each ->
                        -Math.abs(each.before().strictness() - each.after().strictness()))
                .thenComparing(Difference::at, Comparator.reverseOrder()));
        return new Replay(
                differences,
                looked.size() - notReplayable,
                notReplayable,
                more ? Long.valueOf(looked.get(looked.size() - 1).number()) : null);
    }

    /** The cap was not kept with a decision; where the set that made it still runs, it is asked for it. */
    private List<Optional<Evaluation>> capsOfToday(Caller caller, List<PastJudgements.Kept> looked) {
        String hash = policies.running(caller.tenant()).hash();
        return policies.replay(
                caller.tenant(),
                PolicyProposal.RUNNING,
                looked.stream()
                        .map(each ->
                                each.past().allowed() && each.past().setHash().equals(hash) ? each.evidence() : "")
                        .toList());
    }

    private static Answer before(PastJudgements.Kept decision, @Nullable AccessDuration cap) {
        String mode = decision.past().mode();
        return new Answer(
                decision.past().allowed(),
                mode == null ? null : ApprovalMode.parse(mode),
                decision.past().policies(),
                cap,
                List.of());
    }

    private static Answer after(Evaluation now) {
        return new Answer(
                now.allowed(),
                now.mode(),
                now.policies(),
                now.maxDuration(),
                now.errors().stream()
                        .map(error -> error.policy() + ": " + error.message())
                        .toList());
    }

    private static @Nullable Direction direction(Answer before, Answer after, boolean capKnown) {
        int difference = after.strictness() - before.strictness();
        if (difference == 0 && capKnown && after.allowed()) {
            difference = longest(before).compareTo(longest(after));
        }
        if (difference == 0) {
            return null;
        }
        return difference < 0 ? Direction.WIDENS : Direction.NARROWS;
    }

    private static AccessDuration longest(Answer answer) {
        AccessDuration cap = answer.maxDuration();
        return cap == null ? AccessDuration.FOREVER : cap;
    }

    private static Difference difference(
            Caller caller,
            PastJudgements.Kept decision,
            @Nullable Set<ScopeId> readable,
            Direction direction,
            Answer before,
            Answer after) {
        PastJudgements.Past past = decision.past();
        boolean mayRead = readable == null
                || readable.contains(past.account())
                || past.requester().equals(caller.id());
        return new Difference(
                past.request(),
                mayRead ? past.requester() : null,
                past.account(),
                past.permission(),
                past.at(),
                past.occasion(),
                direction,
                before,
                after);
    }
}
