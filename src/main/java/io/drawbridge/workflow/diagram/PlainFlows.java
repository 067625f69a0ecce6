package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Error;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.IntermediateCatchEvent;
import org.camunda.bpm.model.bpmn.instance.IntermediateThrowEvent;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TerminateEventDefinition;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/** Ways that say where they go: one start, gateways where they part, events of known kinds, no loop without a wait. */
final class PlainFlows implements Rule {
    /**
     * No dots: a code with the name of a class would catch exceptions (7.24, {@code ErrorEventDefinition}), and one that is
     * missing would catch every error.
     */
    private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private static final Map<String, String> MESSAGES = Map.of(
            Diagram.ACCESS_REQUEST, Diagram.REQUEST_WITHDRAWN, Diagram.TIMEBOXED_GRANT, Diagram.GRANT_ENDED_EARLY);

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        starts(diagram, flaws);
        for (FlowNode node : diagram.all(FlowNode.class)) {
            ends(diagram, node, flaws);
            events(diagram, node, flaws);
            if (node instanceof BoundaryEvent event && event.getAttachedTo() == null) {
                flaws.add(Diagram.flaw(node, "It is attached to nothing; attach it to a task."));
            }
            if (node instanceof BoundaryEvent event
                    && event.getAttachedTo() instanceof ServiceTask
                    && Diagram.definition(node, ErrorEventDefinition.class).isEmpty()) {
                // NB. An asynchronous task waits before its events are listened for (7.24,
                // PvmAtomicOperationCreateScope).
                flaws.add(Diagram.flaw(
                        node,
                        "It would never come, because a service task is done in one go; attach it to a task that waits, or"
                                + " to a sub-process around it."));
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
        for (Error error : diagram.all(Error.class)) {
            if (!CODE.matcher(Diagram.text(error.getErrorCode())).matches()) {
                flaws.add(Diagram.flaw(
                        error,
                        "The error code \"" + Diagram.text(error.getErrorCode())
                                + "\" must be one word, such as ProvisioningFailed; failures of the program are nothing"
                                + " that a diagram may catch."));
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

    private static void events(Diagram diagram, FlowNode node, List<Flaw> flaws) {
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
                message(diagram, node, Diagram.message(node), flaws);
            }
        }
        if (node instanceof ReceiveTask task) {
            message(
                    diagram,
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

    /** Each message is for one process and one place in it: a second one that waits, and the engine gives it to neither. */
    private static void message(Diagram diagram, FlowNode node, String name, List<Flaw> flaws) {
        if (!name.equals(MESSAGES.get(diagram.key()))) {
            flaws.add(Diagram.flaw(
                    node,
                    "Nobody sends the message \"" + name
                            + "\" here; choose RequestWithdrawn in a request, or GrantEndedEarly in a grant."));
        }
        boolean beside = node instanceof BoundaryEvent boundary
                ? !boundary.cancelActivity()
                : node instanceof StartEvent start && !start.isInterrupting();
        if (beside) {
            flaws.add(Diagram.flaw(node, "The message ends what it comes to; let the event interrupt."));
        }
        boolean twice = diagram.ways().resting().stream()
                .map(diagram.ways()::at)
                .filter(active -> Hearing.at(diagram, active, name).size() > 1)
                .anyMatch(active -> Hearing.at(diagram, active, name).contains(node));
        if (twice) {
            flaws.add(Diagram.flaw(
                    node,
                    "Here and elsewhere the message \"" + name
                            + "\" is waited for at the same time, and it would come to neither; let one place wait."));
        }
    }

    private static boolean runsInACircle(Diagram diagram, FlowNode node) {
        return !pauses(node)
                && !(node instanceof SubProcess)
                && diagram.outgoing(node).stream().map(SequenceFlow::getTarget).anyMatch(next -> diagram.reached(
                                next, flow -> true, inner -> !pauses(inner))
                        .contains(node));
    }

    /** Waits for something that takes its time; a job of its own is done at once. */
    private static boolean pauses(FlowNode node) {
        return node instanceof UserTask
                || node instanceof ReceiveTask
                || node instanceof CallActivity
                || node instanceof IntermediateCatchEvent;
    }
}
