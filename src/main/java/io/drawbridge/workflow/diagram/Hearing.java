package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;

/** What can end a state from outside. */
final class Hearing {
    private Hearing() {}

    /** Those of the interrupting events that wait for the message. */
    static List<FlowNode> at(Diagram diagram, Set<FlowNode> active, String message) {
        return interrupters(diagram, active).stream()
                .filter(node -> message(node).equals(message))
                .toList();
    }

    /** The events that end what is active, be they on it, at it, or beside it. */
    static List<FlowNode> interrupters(Diagram diagram, Set<FlowNode> active) {
        List<FlowNode> events = new ArrayList<>();
        for (FlowNode node : active) {
            if (node instanceof ReceiveTask || node instanceof CatchEvent) {
                events.add(node);
            }
            diagram.boundaries(node).stream()
                    .filter(BoundaryEvent::cancelActivity)
                    .forEach(events::add);
        }
        for (SubProcess side : diagram.sides()) {
            boolean beside = diagram.isTopLevel(side) || active.contains(side.getParentElement());
            if (beside) {
                Diagram.start(side).filter(StartEvent::isInterrupting).ifPresent(events::add);
            }
        }
        return events;
    }

    static String message(FlowNode node) {
        return node instanceof ReceiveTask task && task.getMessage() != null
                ? Diagram.text(task.getMessage().getName())
                : Diagram.message(node);
    }
}
