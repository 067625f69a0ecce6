package io.drawbridge.workflow;

import io.drawbridge.request.DrawnProcess;
import io.drawbridge.request.DrawnProcess.Box;
import io.drawbridge.request.DrawnProcess.Flow;
import io.drawbridge.request.DrawnProcess.Kind;
import io.drawbridge.request.DrawnProcess.Node;
import io.drawbridge.request.DrawnProcess.Point;
import io.drawbridge.request.DrawnProcess.Step;
import io.drawbridge.request.DrawnProcess.Symbol;
import io.drawbridge.request.DrawnProcess.Trace;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestJourney;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.EventBasedGateway;
import org.camunda.bpm.model.bpmn.instance.EventDefinition;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ParallelGateway;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.ThrowEvent;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnEdge;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnLabel;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.camunda.bpm.model.bpmn.instance.dc.Bounds;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Draws a request's instances from their own deployed diagrams and the engine's history. */
@Component
class CamundaRequestJourney implements RequestJourney {
    private final HistoryService history;
    private final RepositoryService repository;

    CamundaRequestJourney(HistoryService history, RepositoryService repository) {
        this.history = history;
        this.repository = repository;
    }

    @Override
    public List<DrawnProcess> of(RequestId request) {
        List<DrawnProcess> drawn = new ArrayList<>();
        history.createHistoricProcessInstanceQuery()
                .processDefinitionKey(ProcessKeys.ACCESS_REQUEST)
                .processInstanceBusinessKey(request.value())
                .list()
                .forEach(instance -> {
                    List<HistoricActivityInstance> entered = entered(instance);
                    drawn.add(drawn(instance, entered));
                    called(entered).forEach(each -> drawn.add(drawn(each, entered(each))));
                });
        return drawn;
    }

    private List<HistoricActivityInstance> entered(HistoricProcessInstance instance) {
        return history.createHistoricActivityInstanceQuery()
                .processInstanceId(instance.getId())
                .orderPartiallyByOccurrence()
                .asc()
                .list();
    }

    /** By the ids that the call activities keep: no index leads from an instance to those it has called. */
    private List<HistoricProcessInstance> called(List<HistoricActivityInstance> entered) {
        Set<String> ids = entered.stream()
                .map(HistoricActivityInstance::getCalledProcessInstanceId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        return ids.isEmpty()
                ? List.of()
                : history.createHistoricProcessInstanceQuery()
                        .processInstanceIds(ids)
                        .orderByProcessInstanceStartTime()
                        .asc()
                        .list();
    }

    private DrawnProcess drawn(HistoricProcessInstance instance, List<HistoricActivityInstance> entered) {
        BpmnModelInstance diagram = repository.getBpmnModelInstance(instance.getProcessDefinitionId());
        Map<String, Trace> traces = traces(entered);
        Set<String> taken = taken(diagram, entered);
        List<Node> nodes = new ArrayList<>();
        for (BpmnShape shape : diagram.getModelElementsByType(BpmnShape.class)) {
            if (shape.getBpmnElement() instanceof FlowNode node) {
                nodes.add(new Node(
                        node.getId(),
                        kind(node),
                        symbol(node),
                        !(node instanceof BoundaryEvent boundary) || boundary.cancelActivity(),
                        node.getName(),
                        box(shape.getBounds()),
                        label(shape.getBpmnLabel()),
                        traces.getOrDefault(node.getId(), Trace.UNTOUCHED)));
            }
        }
        List<Flow> flows = new ArrayList<>();
        for (BpmnEdge edge : diagram.getModelElementsByType(BpmnEdge.class)) {
            if (edge.getBpmnElement() instanceof SequenceFlow flow) {
                flows.add(new Flow(
                        flow.getId(),
                        edge.getWaypoints().stream()
                                .map(point -> new Point(point.getX(), point.getY()))
                                .toList(),
                        flow.getName(),
                        label(edge.getBpmnLabel()),
                        taken.contains(flow.getId())));
            }
        }
        String name = instance.getProcessDefinitionName();
        return new DrawnProcess(
                name == null ? instance.getProcessDefinitionKey() : name,
                instance.getProcessDefinitionVersion(),
                instance.getEndTime() != null,
                extent(nodes, flows),
                nodes,
                flows,
                steps(diagram, entered));
    }

    private static Map<String, Trace> traces(List<HistoricActivityInstance> entered) {
        Map<String, Trace> traces = new HashMap<>();
        entered.forEach(each -> traces.merge(
                each.getActivityId(),
                each.getEndTime() == null ? Trace.HERE : Trace.PASSED,
                (one, other) -> one == Trace.HERE ? one : other));
        return traces;
    }

    /**
     * The lines that tokens went along. The engine does not keep them: of the lines into a node, it was the one from the
     * node that was entered last before it; into a gateway that waits for all, every one that a token had reached.
     */
    private static Set<String> taken(BpmnModelInstance diagram, List<HistoricActivityInstance> entered) {
        Set<String> taken = new HashSet<>();
        Map<String, Integer> lastEntered = new HashMap<>();
        for (int place = 0; place < entered.size(); place++) {
            String id = entered.get(place).getActivityId();
            if (diagram.getModelElementById(id) instanceof FlowNode node) {
                List<SequenceFlow> reached = node.getIncoming().stream()
                        .filter(flow -> lastEntered.containsKey(flow.getSource().getId()))
                        .toList();
                if (node instanceof ParallelGateway) {
                    reached.forEach(flow -> taken.add(flow.getId()));
                } else {
                    reached.stream()
                            .max(Comparator.comparing(
                                    flow -> lastEntered.get(flow.getSource().getId())))
                            .ifPresent(flow -> taken.add(flow.getId()));
                }
            }
            lastEntered.put(id, place);
        }
        return taken;
    }

    private static List<Step> steps(BpmnModelInstance diagram, List<HistoricActivityInstance> entered) {
        List<Step> steps = new ArrayList<>();
        for (HistoricActivityInstance each : entered) {
            String name = each.getActivityName();
            if (name != null
                    && !name.isBlank()
                    && diagram.getModelElementById(each.getActivityId()) instanceof FlowNode node
                    && !(node instanceof Gateway)) {
                steps.add(new Step(
                        name.replaceAll("\\s+", " "),
                        kind(node),
                        each.getStartTime().toInstant(),
                        each.getEndTime() == null ? null : each.getEndTime().toInstant(),
                        each.isCanceled()));
            }
        }
        return steps;
    }

    private static Kind kind(FlowNode node) {
        if (node instanceof StartEvent) {
            return Kind.START;
        } else if (node instanceof EndEvent) {
            return Kind.END;
        } else if (node instanceof BoundaryEvent) {
            return Kind.BOUNDARY;
        } else if (node instanceof CallActivity) {
            return Kind.CALL;
        } else if (node instanceof SubProcess) {
            return Kind.SUB_PROCESS;
        } else if (node instanceof UserTask) {
            return Kind.USER_TASK;
        } else if (node instanceof ServiceTask) {
            return Kind.SERVICE_TASK;
        } else if (node instanceof ParallelGateway) {
            return Kind.PARALLEL;
        } else if (node instanceof InclusiveGateway) {
            return Kind.INCLUSIVE;
        } else if (node instanceof EventBasedGateway) {
            return Kind.EVENT_BASED;
        } else if (node instanceof Gateway) {
            return Kind.EXCLUSIVE;
        }
        return node instanceof Activity ? Kind.TASK : Kind.INTERMEDIATE;
    }

    private static Symbol symbol(FlowNode node) {
        Collection<EventDefinition> definitions = node instanceof CatchEvent catching
                ? catching.getEventDefinitions()
                : node instanceof ThrowEvent throwing ? throwing.getEventDefinitions() : List.of();
        return definitions.stream()
                .findFirst()
                .map(CamundaRequestJourney::symbol)
                .orElse(Symbol.NONE);
    }

    private static Symbol symbol(BaseElement definition) {
        if (definition instanceof TimerEventDefinition) {
            return Symbol.TIMER;
        } else if (definition instanceof MessageEventDefinition) {
            return Symbol.MESSAGE;
        }
        return definition instanceof ErrorEventDefinition ? Symbol.ERROR : Symbol.OTHER;
    }

    private static @Nullable Box label(@Nullable BpmnLabel label) {
        return label == null || label.getBounds() == null ? null : box(label.getBounds());
    }

    private static Box box(Bounds bounds) {
        return new Box(bounds.getX(), bounds.getY(), bounds.getWidth(), bounds.getHeight());
    }

    private static Box extent(List<Node> nodes, List<Flow> flows) {
        List<Box> boxes = new ArrayList<>();
        nodes.forEach(node -> {
            boxes.add(node.box());
            if (node.label() != null) {
                boxes.add(node.label());
            }
        });
        flows.forEach(flow -> {
            flow.points().forEach(point -> boxes.add(new Box(point.x(), point.y(), 0, 0)));
            if (flow.label() != null) {
                boxes.add(flow.label());
            }
        });
        double left = boxes.stream().mapToDouble(Box::x).min().orElse(0);
        double top = boxes.stream().mapToDouble(Box::y).min().orElse(0);
        double right =
                boxes.stream().mapToDouble(box -> box.x() + box.width()).max().orElse(0);
        double bottom =
                boxes.stream().mapToDouble(box -> box.y() + box.height()).max().orElse(0);
        return new Box(left, top, right - left, bottom - top);
    }
}
