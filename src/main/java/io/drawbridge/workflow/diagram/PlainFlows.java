package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.IntermediateThrowEvent;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TerminateEventDefinition;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/** Ways that say where they go: one start, gateways where they part, events of known kinds, no loop without a wait. */
final class PlainFlows implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        starts(diagram, flaws);
        for (FlowNode node : diagram.all(FlowNode.class)) {
            ends(diagram, node, flaws);
            events(node, flaws);
            if (node instanceof BoundaryEvent event && event.getAttachedTo() == null) {
                flaws.add(Diagram.flaw(node, "It is attached to nothing; attach it to a task."));
            }
            if (!(node instanceof Gateway) && diagram.outgoing(node).size() > 1) {
                flaws.add(Diagram.flaw(
                        node, "Several ways leave it at once; draw a gateway behind it that says which are taken."));
            }
            if (node instanceof InclusiveGateway && diagram.incoming(node).size() > 1) {
                flaws.add(Diagram.flaw(
                        node,
                        "An inclusive gateway may only part ways; join them with a parallel or an exclusive one."));
            }
            if (node instanceof Gateway
                    && diagram.incoming(node).size() > 1
                    && diagram.outgoing(node).size() > 1) {
                flaws.add(Diagram.flaw(node, "It joins and parts at once; draw two gateways."));
            }
            if (runsInACircle(diagram, node)) {
                flaws.add(Diagram.flaw(
                        node, "A way leads from here back to here without a wait; put a timer into the loop."));
            }
        }
        for (SequenceFlow flow : diagram.all(SequenceFlow.class)) {
            if (!flow.getSource().getParentElement().equals(flow.getTarget().getParentElement())) {
                flaws.add(Diagram.flaw(flow, "It crosses the border of a sub-process; end it inside."));
            }
        }
        return flaws;
    }

    private static void starts(Diagram diagram, List<Flaw> flaws) {
        List<ModelElementInstance> scopes = new ArrayList<>(diagram.all(SubProcess.class));
        scopes.add(diagram.process());
        for (ModelElementInstance scope : scopes) {
            List<StartEvent> starts = List.copyOf(scope.getChildElementsByType(StartEvent.class));
            boolean side = scope instanceof SubProcess subProcess && subProcess.triggeredByEvent();
            String id = Diagram.text(scope.getAttributeValue("id"));
            if (starts.size() != 1) {
                flaws.add(new Flaw(id, "It must have exactly one start event; it has " + starts.size() + "."));
            }
            if (side && scope.getParentElement() instanceof SubProcess outer && outer.triggeredByEvent()) {
                flaws.add(new Flaw(id, "An event sub-process inside another is not followed; draw it outside."));
            }
            for (StartEvent start : starts) {
                boolean none = start.getEventDefinitions().isEmpty();
                if (side == none) {
                    flaws.add(Diagram.flaw(
                            start,
                            side
                                    ? "An event sub-process starts by a timer, a message or an error; give it one."
                                    : "It is started by Drawbridge alone; make it a plain start event."));
                }
            }
            if (side
                    && !(diagram.incoming((SubProcess) scope).isEmpty()
                            && diagram.outgoing((SubProcess) scope).isEmpty())) {
                flaws.add(new Flaw(id, "No flow leads into or out of an event sub-process; remove them."));
            }
        }
    }

    private static void ends(Diagram diagram, FlowNode node, List<Flaw> flaws) {
        boolean side = node instanceof SubProcess subProcess && subProcess.triggeredByEvent();
        if (diagram.outgoing(node).isEmpty() && !(node instanceof EndEvent) && !side) {
            flaws.add(Diagram.flaw(node, "Its way ends nowhere; lead it to an end event."));
        }
        if (node instanceof EndEvent && !diagram.outgoing(node).isEmpty()) {
            flaws.add(Diagram.flaw(node, "A way leads on from an end; remove it."));
        }
        if ((node instanceof StartEvent || node instanceof BoundaryEvent)
                && !diagram.incoming(node).isEmpty()) {
            flaws.add(Diagram.flaw(node, "A way leads into an event that only begins one; remove it."));
        }
    }

    private static void events(FlowNode node, List<Flaw> flaws) {
        if (node instanceof CatchEvent event) {
            boolean one = event.getEventDefinitions().size() == 1
                    && event.getEventDefinitions().stream().allMatch(definition -> known(node, definition));
            if (!one
                    && !(node instanceof StartEvent
                            && event.getEventDefinitions().isEmpty())) {
                flaws.add(Diagram.flaw(
                        node, "It must wait for exactly one timer, known message or error; say which in the panel."));
            }
            if (!Diagram.message(node).isEmpty()) {
                message(node, Diagram.message(node), flaws);
            }
        }
        if (node instanceof ReceiveTask task) {
            message(
                    node,
                    task.getMessage() == null
                            ? ""
                            : Diagram.text(task.getMessage().getName()),
                    flaws);
        }
        if (node instanceof EndEvent end
                && !end.getEventDefinitions().stream()
                        .allMatch(definition -> definition instanceof TerminateEventDefinition
                                || (definition instanceof ErrorEventDefinition error && error.getError() != null))) {
            flaws.add(Diagram.flaw(node, "An end sends nothing and cancels nothing; make it a plain end event."));
        }
        if (node instanceof IntermediateThrowEvent thrower
                && !thrower.getEventDefinitions().isEmpty()) {
            flaws.add(Diagram.flaw(node, "A diagram sends nothing itself; use a task with a delegate that notifies."));
        }
    }

    private static boolean known(FlowNode node, EventDefinition definition) {
        if (definition instanceof ErrorEventDefinition) {
            return !(node instanceof BoundaryEvent boundary) || boundary.cancelActivity();
        }
        return definition instanceof TimerEventDefinition
                || (definition instanceof MessageEventDefinition message && message.getMessage() != null);
    }

    private static void message(FlowNode node, String name, List<Flaw> flaws) {
        if (!Set.of(Diagram.GRANT_ENDED_EARLY, Diagram.REQUEST_WITHDRAWN).contains(name)) {
            flaws.add(Diagram.flaw(
                    node,
                    "Nobody sends the message \"" + name
                            + "\"; choose RequestWithdrawn in a request, or GrantEndedEarly in a grant."));
        }
    }

    private static boolean runsInACircle(Diagram diagram, FlowNode node) {
        return !diagram.waits(node)
                && !(node instanceof SubProcess)
                && diagram.outgoing(node).stream().map(SequenceFlow::getTarget).anyMatch(next -> diagram.reached(
                                next, flow -> true, inner -> !diagram.waits(inner))
                        .contains(node));
    }
}
