package io.drawbridge.workflow.diagram;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.IntermediateCatchEvent;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaFailedJobRetryTimeCycle;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.jspecify.annotations.Nullable;

/** A diagram that holds one process of ours, as its rules look at it. */
final class Diagram {
    static final String CAMUNDA = "http://camunda.org/schema/1.0/bpmn";

    static final String ACCESS_REQUEST = "access-request";
    static final String TIMEBOXED_GRANT = "timeboxed-grant";
    static final String DRIFT_REMOVAL = "drift-removal";
    static final String STANDING_TROUBLE = "standing-trouble";

    /** Code of the error with which the cloud says never. */
    static final String PROVISIONING_FAILED = "ProvisioningFailed";

    static final String GRANT_ENDED_EARLY = "GrantEndedEarly";
    static final String REQUEST_WITHDRAWN = "RequestWithdrawn";

    /** The end of a grant, fixed at the decision. */
    static final String END_OF_GRANT = "${endsAt}";

    private final BpmnModelInstance model;
    private final Process process;
    private final Map<String, FlowNode> nodes = new LinkedHashMap<>();
    private final Map<String, SequenceFlow> flows = new LinkedHashMap<>();
    private final Map<FlowNode, List<SequenceFlow>> outgoing = new HashMap<>();
    private final Map<FlowNode, List<SequenceFlow>> incoming = new HashMap<>();
    private final Map<FlowNode, List<BoundaryEvent>> boundaries = new HashMap<>();
    private final Map<FlowNode, Optional<Delegate>> delegates = new HashMap<>();
    private final Map<FlowNode, List<FlowNode>> around = new HashMap<>();
    private final List<SubProcess> sides = new ArrayList<>();
    private @Nullable Ways ways;

    Diagram(BpmnModelInstance model, Process process) {
        this.model = model;
        this.process = process;
        for (FlowNode node : model.getModelElementsByType(FlowNode.class)) {
            nodes.put(text(node.getId()), node);
        }
        for (SequenceFlow flow : model.getModelElementsByType(SequenceFlow.class)) {
            flows.put(text(flow.getId()), flow);
            outgoing.computeIfAbsent(flow.getSource(), none -> new ArrayList<>())
                    .add(flow);
            incoming.computeIfAbsent(flow.getTarget(), none -> new ArrayList<>())
                    .add(flow);
        }
        for (FlowNode node : nodes.values()) {
            if (node instanceof BoundaryEvent event) {
                boundaries
                        .computeIfAbsent(event.getAttachedTo(), none -> new ArrayList<>())
                        .add(event);
            }
            if (node instanceof SubProcess side && side.triggeredByEvent()) {
                sides.add(side);
            }
        }
    }

    String key() {
        return process.getId();
    }

    Process process() {
        return process;
    }

    boolean is(String key) {
        return key().equals(key);
    }

    <T extends ModelElementInstance> Collection<T> all(Class<T> type) {
        return model.getModelElementsByType(type);
    }

    Optional<FlowNode> node(String id) {
        return Optional.ofNullable(nodes.get(id));
    }

    Optional<SequenceFlow> flow(String id) {
        return Optional.ofNullable(flows.get(id));
    }

    /**
     * The flows out of the node, by what they say of themselves: what a node says of its flows the engine does not read
     * (7.24, {@code BpmnParse}), and the model API reads nothing else.
     */
    List<SequenceFlow> outgoing(FlowNode node) {
        return outgoing.getOrDefault(node, List.of());
    }

    /** The flows into the node, likewise. */
    List<SequenceFlow> incoming(FlowNode node) {
        return incoming.getOrDefault(node, List.of());
    }

    /** Every state that an instance can come to. */
    Ways ways() {
        Ways known = ways;
        if (known == null) {
            known = Ways.of(this);
            ways = known;
        }
        return known;
    }

    /** What carries out the task; empty for whatever is no service task with a listed delegate. */
    Optional<Delegate> delegate(FlowNode node) {
        return delegates.computeIfAbsent(
                node,
                each -> each instanceof ServiceTask task
                        ? Delegate.named(key(), text(task.getCamundaDelegateExpression()))
                        : Optional.empty());
    }

    Delegate.Effect effect(FlowNode node) {
        return delegate(node).map(Delegate::effect).orElse(Delegate.Effect.NONE);
    }

    List<FlowNode> carriedOutBy(Delegate.Effect... effects) {
        Set<Delegate.Effect> wanted = Set.of(effects);
        return nodes.values().stream()
                .filter(node -> wanted.contains(effect(node)))
                .toList();
    }

    Optional<Outcome.Comparison> comparison(SequenceFlow flow) {
        return flow.getConditionExpression() == null
                ? Optional.empty()
                : Outcome.compared(key(), text(flow.getConditionExpression().getRawTextContent()));
    }

    List<BoundaryEvent> boundaries(FlowNode activity) {
        return boundaries.getOrDefault(activity, List.of());
    }

    /** The event sub-processes, wherever they lie. */
    List<SubProcess> sides() {
        return sides;
    }

    /** The node itself and the sub-processes around it, innermost first. */
    List<FlowNode> outwards(FlowNode node) {
        return around.computeIfAbsent(node, Diagram::path);
    }

    private static List<FlowNode> path(FlowNode node) {
        List<FlowNode> path = new ArrayList<>(List.of(node));
        ModelElementInstance parent = node.getParentElement();
        while (parent instanceof FlowNode around) {
            path.add(around);
            parent = around.getParentElement();
        }
        return path;
    }

    boolean lies(FlowNode node, FlowNode within) {
        return !node.equals(within) && outwards(node).contains(within);
    }

    static Optional<StartEvent> start(ModelElementInstance scope) {
        return scope.getChildElementsByType(StartEvent.class).stream().findFirst();
    }

    static <T extends EventDefinition> Optional<T> definition(FlowNode node, Class<T> type) {
        Collection<EventDefinition> definitions = node instanceof CatchEvent event
                ? event.getEventDefinitions()
                : node instanceof EndEvent end ? end.getEventDefinitions() : List.of();
        return definitions.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** What the timer of the event says, whichever of its three kinds it is; empty if it has none. */
    static String timer(FlowNode node) {
        return definition(node, TimerEventDefinition.class)
                .map(timer -> timer.getTimeDate() != null
                        ? timer.getTimeDate()
                        : timer.getTimeDuration() != null ? timer.getTimeDuration() : timer.getTimeCycle())
                .map(expression -> text(expression.getRawTextContent()))
                .orElse("");
    }

    static boolean isDate(FlowNode node) {
        return definition(node, TimerEventDefinition.class)
                .filter(timer -> timer.getTimeDate() != null)
                .isPresent();
    }

    static boolean isCycle(FlowNode node) {
        return definition(node, TimerEventDefinition.class)
                .filter(timer -> timer.getTimeCycle() != null)
                .isPresent();
    }

    /** Strikes at the end of the grant. */
    static boolean strikesAtTheEnd(FlowNode node) {
        return isDate(node) && timer(node).equals(END_OF_GRANT);
    }

    /** Name of the message that the event waits for; empty if it waits for none. */
    static String message(FlowNode node) {
        return definition(node, MessageEventDefinition.class)
                .map(MessageEventDefinition::getMessage)
                .map(message -> text(message.getName()))
                .orElse("");
    }

    static String attribute(BaseElement element, String name) {
        return text(element.getAttributeValueNs(CAMUNDA, name));
    }

    static String retryCycle(BaseElement element) {
        return element.getExtensionElements() == null
                ? ""
                : element
                        .getExtensionElements()
                        .getElementsQuery()
                        .filterByType(CamundaFailedJobRetryTimeCycle.class)
                        .list()
                        .stream()
                        .map(cycle -> text(cycle.getTextContent()).strip())
                        .findFirst()
                        .orElse("");
    }

    /** Never null, which the model API does not promise. */
    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    static Flaw flaw(BaseElement element, String sentence) {
        return new Flaw(text(element.getId()), sentence);
    }

    /** Stays where it is until something happens: a person, a message, a time, a job, another process. */
    boolean waits(FlowNode node) {
        return node instanceof UserTask
                || node instanceof ReceiveTask
                || node instanceof CallActivity
                || node instanceof IntermediateCatchEvent
                || (node instanceof ServiceTask task && task.isCamundaAsyncBefore());
    }

    /**
     * Every node that some token can come to from there, in at the starts of sub-processes and out at their ends.
     *
     * @param from a node, which counts as reached
     * @param open which flows may be taken
     * @param through which nodes may be left once they are reached
     */
    Set<FlowNode> reached(FlowNode from, Predicate<SequenceFlow> open, Predicate<FlowNode> through) {
        Set<FlowNode> reached = new LinkedHashSet<>();
        Deque<FlowNode> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            FlowNode node = next.pop();
            if (!reached.add(node)) {
                continue;
            }
            if (node instanceof SubProcess subProcess) {
                start(subProcess).ifPresent(next::push);
            } else if (through.test(node)) {
                leave(node, open, next);
            }
            boundaries(node).forEach(next::push);
            FlowNode ended = node;
            while (outgoing(ended).isEmpty() && ended.getParentElement() instanceof SubProcess around) {
                if (through.test(around)) {
                    leave(around, open, next);
                }
                ended = around;
            }
            sides.stream()
                    .filter(side -> side.getParentElement().equals(node.getParentElement()))
                    .forEach(next::push);
        }
        return reached;
    }

    /** The nodes to which the flows alone lead from there, without events and without entering sub-processes. */
    Set<FlowNode> along(FlowNode from, Predicate<FlowNode> through) {
        Set<FlowNode> reached = new LinkedHashSet<>();
        Deque<FlowNode> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            FlowNode node = next.pop();
            if (reached.add(node) && through.test(node)) {
                leave(node, flow -> true, next);
            }
        }
        return reached;
    }

    private void leave(FlowNode node, Predicate<SequenceFlow> open, Deque<FlowNode> next) {
        outgoing(node).stream().filter(open).map(SequenceFlow::getTarget).forEach(next::push);
    }

    /** Every node that some token can come to from the start of the process. */
    Set<FlowNode> reached(Predicate<SequenceFlow> open, Predicate<FlowNode> through) {
        return start(process).map(start -> reached(start, open, through)).orElse(Set.of());
    }

    boolean isTopLevel(FlowElement element) {
        return process.equals(element.getParentElement());
    }
}
