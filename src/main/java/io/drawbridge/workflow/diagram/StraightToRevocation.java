package io.drawbridge.workflow.diagram;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.ParallelGateway;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;

/** Between the end of the access and its revocation nothing is asked and nothing else is done; and nothing interrupts it. */
final class StraightToRevocation implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        for (FlowNode task : diagram.carriedOutBy(Delegate.Effect.REVOKES, Delegate.Effect.CONFIRMS_REMOVAL)) {
            diagram.outwards(task).stream()
                    .flatMap(around -> diagram.boundaries(around).stream())
                    .filter(BoundaryEvent::cancelActivity)
                    .forEach(event -> flaws.add(Diagram.flaw(
                            event,
                            "It interrupts the revocation, which must go on until the access is gone; remove it, or let"
                                    + " it interrupt nothing.")));
        }
        Set<FlowNode> seen = new HashSet<>();
        Deque<FlowNode> before =
                new ArrayDeque<>(diagram.carriedOutBy(Delegate.Effect.BEGINS_REVOCATION, Delegate.Effect.REVOKES));
        while (!before.isEmpty()) {
            FlowNode node = before.pop();
            if (!seen.add(node)) {
                continue;
            }
            for (SequenceFlow flow : diagram.incoming(node)) {
                FlowNode source = flow.getSource();
                Delegate.Effect effect = diagram.effect(source);
                if (source instanceof Gateway
                        && !(source instanceof ParallelGateway)
                        && diagram.outgoing(source).size() > 1) {
                    flaws.add(Diagram.flaw(
                            flow,
                            "The revocation hangs on a condition; lead every answer of \"" + source.getId()
                                    + "\" to it, or ask after the access is gone."));
                } else if (source instanceof Gateway || effect == Delegate.Effect.BEGINS_REVOCATION) {
                    before.push(source);
                } else if (source instanceof ServiceTask && effect == Delegate.Effect.NONE) {
                    flaws.add(Diagram.flaw(
                            source,
                            "It stands between the end of the access and its revocation, which would wait for it when"
                                    + " it fails; move it behind the confirmation that the access is gone."));
                    before.push(source);
                }
            }
        }
        return flaws;
    }
}
