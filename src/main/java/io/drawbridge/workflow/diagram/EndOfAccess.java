package io.drawbridge.workflow.diagram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SubProcess;

/** Whatever waits while the access is on is ended by the grant's end and by whoever ends it early. */
final class EndOfAccess implements Rule {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        if (!diagram.is(Diagram.TIMEBOXED_GRANT)) {
            return List.of();
        }
        Ways ways = diagram.ways();
        Set<FlowNode> endless = new LinkedHashSet<>();
        Set<FlowNode> deaf = new LinkedHashSet<>();
        Set<FlowNode> late = new LinkedHashSet<>();
        Set<FlowNode> slow = new LinkedHashSet<>();
        for (Ways.State state : ways.resting()) {
            Set<FlowNode> active = ways.at(state);
            List<FlowNode> waiting = active.stream()
                    .filter(node -> !(node instanceof SubProcess))
                    .toList();
            if (state.access() == Ways.Access.OPEN) {
                if (Hearing.interrupters(diagram, active).stream().noneMatch(Diagram::strikesAtTheEnd)) {
                    endless.addAll(waiting);
                }
                if (Hearing.at(diagram, active, Diagram.GRANT_ENDED_EARLY).isEmpty()) {
                    deaf.addAll(waiting);
                }
            } else if (state.access() == Ways.Access.DUE) {
                late.addAll(waiting);
            } else if (state.access() != Ways.Access.CLOSED
                    && waiting.stream().noneMatch(node -> goesOnByItself(diagram, node))) {
                slow.addAll(waiting);
            }
        }
        List<Flaw> flaws = new ArrayList<>();
        endless.forEach(node -> flaws.add(Diagram.flaw(
                node,
                "It can wait here while the access is on, and no timer ends it; attach an interrupting timer with the"
                        + " date ${endsAt} to it or to the sub-process around it.")));
        deaf.forEach(node -> flaws.add(Diagram.flaw(
                node,
                "It can wait here while the access is on, and nobody can end it early; let the message GrantEndedEarly"
                        + " end it or the sub-process around it.")));
        late.forEach(node -> flaws.add(Diagram.flaw(
                node,
                "It can wait here although the access has ended; lead the end of the grant, and whoever ends it early,"
                        + " straight to the task with ${beginRevocationDelegate}.")));
        slow.forEach(node -> flaws.add(Diagram.flaw(
                node,
                "The revocation would wait here; between its begin and its confirmation only its own tasks and timers"
                        + " of 5 minutes at most may stand.")));
        return flaws;
    }

    static boolean goesOnByItself(Diagram diagram, FlowNode node) {
        Delegate.Effect effect = diagram.effect(node);
        String timer = Diagram.timer(node);
        return effect == Delegate.Effect.REVOKES
                || effect == Delegate.Effect.CONFIRMS_REMOVAL
                || timer.equals("${askAgainAfter}")
                || Expressions.duration(timer)
                        .filter(pause -> pause.compareTo(LONGEST_PAUSE) <= 0)
                        .isPresent();
    }
}
