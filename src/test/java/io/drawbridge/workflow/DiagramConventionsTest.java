package io.drawbridge.workflow;

import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.workflow.diagram.DiagramCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.Event;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.MessageEventDefinition;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnEdge;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnLabel;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaFailedJobRetryTimeCycle;
import org.camunda.bpm.model.bpmn.instance.dc.Bounds;
import org.camunda.bpm.model.bpmn.instance.di.Waypoint;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every diagram keeps, however it is changed; a process owner can run this before deploying. */
@DisplayName("A diagram")
class DiagramConventionsTest {

    private static final Path PROCESSES = Path.of("processes");

    private static final Pattern ID = Pattern.compile("([A-Z][A-Za-z]*)_(?:[A-Z][a-z]+)+");

    private static final Pattern UNTOLD = Pattern.compile("(?i)\\b(process|handle|check)");

    private static final String LIKE_A_REVOCATION = "PT1S,PT2S,PT5S,PT10S,PT15S";

    /** The tasks that call the cloud, by diagram, and how often the engine tries each again. */
    private static final Map<String, Map<String, String>> OUTSIDE = Map.of(
            "access-request",
            Map.of(),
            "timeboxed-grant",
            Map.of(
                    "Task_ProvisionAccess",
                    "PT2S,PT5S,PT10S,PT20S",
                    "Task_ConfirmAccess",
                    "PT2S,PT5S,PT10S,PT20S",
                    "Task_RevokeAccess",
                    LIKE_A_REVOCATION,
                    "Task_ConfirmRemoval",
                    LIKE_A_REVOCATION),
            "drift-removal",
            Map.of("Task_RemoveDrift", LIKE_A_REVOCATION),
            "standing-trouble",
            Map.of("Task_ConfirmRemedy", "PT1S"));

    private static final Map<String, List<String>> HAPPY_PATH = Map.of(
            "drift-removal",
            List.of("StartEvent_DriftHeldBack", "Task_RemoveDrift", "EndEvent_DriftRemoved"),
            "standing-trouble",
            List.of("StartEvent_TroubleFound", "Task_ConfirmRemedy", "EndEvent_TroubleGone"),
            "access-request",
            List.of(
                    "StartEvent_RequestOpened",
                    "StartEvent_RequestArrived",
                    "Task_EvaluatePolicyOnArrival",
                    "Gateway_ArrivalAnswer",
                    "UserTask_JustifyRequest",
                    "Gateway_Justified",
                    "Task_EvaluatePolicy",
                    "Gateway_PolicyAnswer",
                    "Task_AskApprovers",
                    "UserTask_ApproveRequest",
                    "Gateway_Approved",
                    "Task_NotifyRequesterApproved",
                    "EndEvent_RequestApproved",
                    "Task_ConfirmApproval",
                    "Gateway_MayOpen",
                    "Gateway_Consequences",
                    "CallActivity_GrantAccess",
                    "EndEvent_AccessTakenBack"),
            "timeboxed-grant",
            List.of(
                    "StartEvent_GrantOpened",
                    "Task_OpenGrant",
                    "StartEvent_ProvisioningBegun",
                    "Task_ProvisionAccess",
                    "Task_ConfirmAccess",
                    "Gateway_AccessConfirmed",
                    "EndEvent_AccessConfirmed",
                    "Task_NotifyAccessActive",
                    "ReceiveTask_HoldAccess",
                    "BoundaryEvent_AccessEnded",
                    "Task_BeginRevocation",
                    "Task_RevokeAccess",
                    "Task_ConfirmRemoval",
                    "Gateway_AccessGone",
                    "Task_NotifyAccessRevoked",
                    "EndEvent_AccessGone"));

    @Test
    @DisplayName(
            "exists for the request, the timeboxed grant, the removal of drift and what is stuck elsewhere, and for nothing that this test does not know")
    void existsForWhatRuns() throws IOException {
        assertThat(diagrams().map(Diagram::name)).containsExactlyInAnyOrderElementsOf(HAPPY_PATH.keySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("holds one executable process, named as its file, with documentation and a year of history")
    void holdsOneProcessNamedAsItsFile(Diagram diagram) {
        Collection<Process> processes = diagram.all(Process.class);

        assertThat(processes).singleElement().satisfies(process -> {
            assertThat(process.getId()).isEqualTo(diagram.name());
            assertThat(process.getName()).isNotBlank();
            assertThat(process.isExecutable()).isTrue();
            assertThat(process.getCamundaHistoryTimeToLiveString()).isEqualTo("P365D");
            assertThat(documentation(process)).isNotBlank();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("names everything by hand: ids say the type and the thing, labels say it in words")
    void namesEverythingByHand(Diagram diagram) {
        List<String> wrong = new ArrayList<>();
        for (FlowElement element : diagram.all(FlowElement.class)) {
            var id = ID.matcher(element.getId());
            if (!id.matches() || !types(element).contains(id.group(1))) {
                wrong.add(element.getId() + " is no id as Task_ApproveRequest is");
            }
            boolean speaks = !(element instanceof SequenceFlow) && !isJoin(element);
            if (speaks && isBlank(element.getName())) {
                wrong.add(element.getId() + " has no name");
            }
            String said = element.getId().replaceFirst("^[A-Za-z]+_", "").replaceAll("([a-z])([A-Z])", "$1 $2") + " / "
                    + element.getName();
            if (UNTOLD.matcher(said).find()) {
                wrong.add(element.getId() + " says nothing with \"process\", \"handle\" or \"check\"");
            }
        }
        for (Gateway gateway : diagram.all(Gateway.class)) {
            if (isJoin(gateway) && gateway.getOutgoing().size() > 1) {
                wrong.add(gateway.getId() + " joins and splits at once");
            }
            if (gateway.getOutgoing().size() > 1) {
                if (!gateway.getName().endsWith("?")) {
                    wrong.add(gateway.getId() + " asks no question");
                }
                gateway.getOutgoing().stream()
                        .filter(flow -> isBlank(flow.getName()))
                        .forEach(flow -> wrong.add(flow.getId() + " gives no answer"));
            }
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("R51 R53 passes the check with which the engine deploys it")
    void passesTheCheckOfTheDeployment(Diagram diagram) throws IOException {
        assertThat(DiagramCheck.flaws(Files.readAllBytes(PROCESSES.resolve(diagram.name() + ".bpmn"))))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("is carried out by beans that are named as the task")
    void isCarriedOutByBeansNamedAsTheTask(Diagram diagram) {
        List<String> wrong = new ArrayList<>();
        for (ServiceTask task : diagram.all(ServiceTask.class)) {
            String verbAndObject = task.getId().substring("Task_".length());
            String bean =
                    "${" + Character.toLowerCase(verbAndObject.charAt(0)) + verbAndObject.substring(1) + "Delegate}";
            if (!bean.equals(task.getCamundaDelegateExpression())) {
                wrong.add(task.getId() + " is not carried out by " + bean);
            }
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName(
            "calls the cloud in jobs of their own, tried again at the intervals that it shows, and nothing else so")
    void callsTheCloudInJobsOfTheirOwn(Diagram diagram) {
        Map<String, String> cycles = new HashMap<>();
        for (Activity activity : diagram.all(Activity.class)) {
            if (activity.isCamundaAsyncBefore() || activity.isCamundaAsyncAfter()) {
                cycles.put(activity.getId(), retryCycle(activity));
                assertThat(documentation(activity)).as(activity.getId()).isNotBlank();
                assertThat(activity.isCamundaAsyncAfter()).as(activity.getId()).isFalse();
                assertThat(activity.isCamundaExclusive()).as(activity.getId()).isTrue();
            }
        }

        assertThat(cycles).isEqualTo(OUTSIDE.get(diagram.name()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("documents what a label cannot hold: people's tasks, timers, messages, calls")
    void documentsWhatALabelCannotHold(Diagram diagram) {
        Stream<FlowElement> tellWorthy = diagram.all(FlowElement.class).stream()
                .filter(element -> element instanceof UserTask
                        || element instanceof ReceiveTask
                        || element instanceof CallActivity
                        || element instanceof SubProcess
                        || waits(element));

        assertThat(tellWorthy)
                .allSatisfy(element ->
                        assertThat(documentation(element)).as(element.getId()).isNotBlank());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("is drawn whole: every element has its shape or line, every label a box of its own")
    void isDrawnWhole(Diagram diagram) {
        List<String> wrong = new ArrayList<>();
        Set<BaseElement> shapes = diagram.all(BpmnShape.class).stream()
                .map(BpmnShape::getBpmnElement)
                .collect(toSet());
        Set<BaseElement> edges = diagram.all(BpmnEdge.class).stream()
                .map(BpmnEdge::getBpmnElement)
                .collect(toSet());
        diagram.all(FlowNode.class).stream()
                .filter(not(shapes::contains))
                .forEach(node -> wrong.add(node.getId() + " has no shape"));
        diagram.all(SequenceFlow.class).stream()
                .filter(not(edges::contains))
                .forEach(flow -> wrong.add(flow.getId() + " has no line"));
        for (BpmnShape shape : diagram.all(BpmnShape.class)) {
            boolean labelled = shape.getBpmnElement() instanceof Event || shape.getBpmnElement() instanceof Gateway;
            if (labelled && !isBlank(name(shape.getBpmnElement())) && isUnplaced(shape.getBpmnLabel())) {
                wrong.add(shape.getBpmnElement().getId() + " has a label without a box");
            }
        }
        for (BpmnEdge edge : diagram.all(BpmnEdge.class)) {
            if (!isBlank(name(edge.getBpmnElement())) && isUnplaced(edge.getBpmnLabel())) {
                wrong.add(edge.getBpmnElement().getId() + " has a label without a box");
            }
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("keeps to the grid: shapes are centred on it, lines bend on it and run straight")
    void keepsToTheGrid(Diagram diagram) {
        List<String> wrong = new ArrayList<>();
        for (Box shape : diagram.shapes()) {
            if (!onGrid(shape.x() + shape.width() / 2) || !onGrid(shape.y() + shape.height() / 2)) {
                wrong.add(shape.id() + " is off the grid");
            }
        }
        for (BpmnEdge edge : diagram.all(BpmnEdge.class)) {
            List<Waypoint> bends = new ArrayList<>(edge.getWaypoints());
            bends.subList(1, bends.size() - 1).stream()
                    .filter(bend -> !onGrid(bend.getX()) || !onGrid(bend.getY()))
                    .forEach(bend -> wrong.add(edge.getBpmnElement().getId() + " bends off the grid"));
        }
        diagram.lines().stream()
                .filter(line -> line.left() != line.right() && line.top() != line.bottom())
                .forEach(line -> wrong.add(line.id() + " runs aslant"));

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("lays the happy path on one straight horizontal line, from left to right")
    void laysTheHappyPathOnOneLine(Diagram diagram) {
        Map<String, Box> shapes = new HashMap<>();
        diagram.shapes().forEach(shape -> shapes.put(shape.id(), shape));
        List<Box> path = HAPPY_PATH.getOrDefault(diagram.name(), List.of()).stream()
                .map(shapes::get)
                .toList();

        assertThat(path)
                .extracting(box -> box.y() + box.height() / 2)
                .containsOnly(path.get(0).y() + path.get(0).height() / 2);
        assertThat(path).extracting(Box::x).isSorted();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("has no lines that cross or touch each other")
    void hasNoLinesThatCross(Diagram diagram) {
        List<Line> lines = diagram.lines();
        List<String> wrong = new ArrayList<>();
        for (Line one : lines) {
            for (Line other : lines) {
                if (one.id().compareTo(other.id()) < 0 && one.meets(other)) {
                    wrong.add(one.id() + " meets " + other.id());
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("has nothing that lies over something else: no shape, no label, no line")
    void hasNothingThatLiesOverSomethingElse(Diagram diagram) {
        List<Box> solid = diagram.shapes().stream().filter(not(Box::encloses)).toList();
        List<Box> labels = diagram.labels();
        List<String> wrong = new ArrayList<>();
        for (Box one : Stream.concat(solid.stream(), labels.stream()).toList()) {
            for (Box other : Stream.concat(solid.stream(), labels.stream()).toList()) {
                boolean apart = one.id().equals(other.host()) || other.id().equals(one.host());
                if (one.id().compareTo(other.id()) < 0 && !apart && one.overlaps(other)) {
                    wrong.add(one.id() + " lies over " + other.id());
                }
            }
            diagram.lines().stream()
                    .filter(line -> line.asBox().overlaps(one))
                    .forEach(line -> wrong.add(line.id() + " runs through " + one.id()));
        }

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    @DisplayName("has a picture that was made from it as it is now, and the README shows it")
    void hasAPictureOfItsOwn(Diagram diagram) throws Exception {
        byte[] source = Files.readAllBytes(PROCESSES.resolve(diagram.name() + ".bpmn"));
        String picture = Files.readString(PROCESSES.resolve(diagram.name() + ".svg"));
        String readme = Files.readString(PROCESSES.resolve("README.md"));

        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(source));

        assertThat(picture)
                .as(
                        "processes/%s.svg is out of date; draw it again: cd tools/draw && npm ci && npm run draw",
                        diagram.name())
                .contains("data-source-sha256=\"" + hash + "\"");
        assertThat(readme).contains("(" + diagram.name() + ".svg)");
    }

    static Stream<Diagram> diagrams() throws IOException {
        try (Stream<Path> files = Files.list(PROCESSES)) {
            return files
                    .filter(file -> file.toString().endsWith(".bpmn"))
                    .sorted()
                    .map(Diagram::read)
                    .toList()
                    .stream();
        }
    }

    /** What the id of such an element may begin with. */
    private static Set<String> types(FlowElement element) {
        String type = element.getElementType().getTypeName();
        return switch (type) {
            case "serviceTask" -> Set.of("Task");
            case "sequenceFlow" -> Set.of("Flow");
            case "exclusiveGateway", "inclusiveGateway", "parallelGateway" -> Set.of("Gateway");
            case "intermediateCatchEvent" -> Set.of("IntermediateEvent");
            default -> Set.of(Character.toUpperCase(type.charAt(0)) + type.substring(1));
        };
    }

    private static boolean waits(FlowElement element) {
        return element instanceof CatchEvent event
                && event.getEventDefinitions().stream()
                        .anyMatch(definition -> definition instanceof TimerEventDefinition
                                || definition instanceof MessageEventDefinition);
    }

    private static boolean isJoin(FlowElement element) {
        return element instanceof Gateway gateway && gateway.getIncoming().size() > 1;
    }

    private static String documentation(BaseElement element) {
        StringBuilder text = new StringBuilder();
        element.getDocumentations().forEach(documentation -> text.append(documentation.getTextContent()));
        return text.toString();
    }

    private static String retryCycle(BaseElement element) {
        if (element.getExtensionElements() == null) {
            return "";
        }
        return element
                .getExtensionElements()
                .getElementsQuery()
                .filterByType(CamundaFailedJobRetryTimeCycle.class)
                .list()
                .stream()
                .map(CamundaFailedJobRetryTimeCycle::getTextContent)
                .findFirst()
                .orElse("");
    }

    private static String name(BaseElement element) {
        String name = element.getAttributeValue("name");
        return name == null ? "" : name;
    }

    private static boolean isUnplaced(BpmnLabel label) {
        return label == null || label.getBounds() == null;
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static boolean onGrid(double coordinate) {
        return coordinate % 10 == 0;
    }

    record Diagram(String name, BpmnModelInstance model) {

        static Diagram read(Path file) {
            BpmnModelInstance model = Bpmn.readModelFromFile(file.toFile());
            Bpmn.validateModel(model);
            return new Diagram(file.getFileName().toString().replace(".bpmn", ""), model);
        }

        <T extends ModelElementInstance> Collection<T> all(Class<T> type) {
            return model.getModelElementsByType(type);
        }

        List<Box> shapes() {
            return all(BpmnShape.class).stream()
                    .map(shape -> {
                        BaseElement element = shape.getBpmnElement();
                        String host = element instanceof BoundaryEvent event
                                ? event.getAttachedTo().getId()
                                : "";
                        return Box.of(element.getId(), host, element instanceof SubProcess, shape.getBounds());
                    })
                    .toList();
        }

        List<Box> labels() {
            Stream<Box> ofShapes = all(BpmnShape.class).stream()
                    .filter(shape -> !isUnplaced(shape.getBpmnLabel()))
                    .map(shape -> Box.of(
                            shape.getBpmnElement().getId() + "'s label",
                            "",
                            false,
                            shape.getBpmnLabel().getBounds()));
            Stream<Box> ofEdges = all(BpmnEdge.class).stream()
                    .filter(edge -> !isUnplaced(edge.getBpmnLabel()))
                    .map(edge -> Box.of(
                            edge.getBpmnElement().getId() + "'s label",
                            "",
                            false,
                            edge.getBpmnLabel().getBounds()));
            return Stream.concat(ofShapes, ofEdges).toList();
        }

        List<Line> lines() {
            List<Line> lines = new ArrayList<>();
            for (BpmnEdge edge : all(BpmnEdge.class)) {
                List<Waypoint> points = new ArrayList<>(edge.getWaypoints());
                for (int i = 1; i < points.size(); i++) {
                    lines.add(Line.between(edge.getBpmnElement().getId(), points.get(i - 1), points.get(i)));
                }
            }
            return lines;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A shape or a label; {@code host} is the activity that a boundary event sits on. */
    record Box(String id, String host, boolean encloses, double x, double y, double width, double height) {

        static Box of(String id, String host, boolean encloses, Bounds bounds) {
            return new Box(id, host, encloses, bounds.getX(), bounds.getY(), bounds.getWidth(), bounds.getHeight());
        }

        /** To share a border is not to overlap. */
        boolean overlaps(Box other) {
            return x < other.x + other.width
                    && other.x < x + width
                    && y < other.y + other.height
                    && other.y < y + height;
        }
    }

    /** One straight piece of a sequence flow. */
    record Line(String id, double left, double top, double right, double bottom) {

        static Line between(String id, Waypoint a, Waypoint b) {
            return new Line(
                    id,
                    Math.min(a.getX(), b.getX()),
                    Math.min(a.getY(), b.getY()),
                    Math.max(a.getX(), b.getX()),
                    Math.max(a.getY(), b.getY()));
        }

        boolean meets(Line other) {
            return left <= other.right && other.left <= right && top <= other.bottom && other.top <= bottom;
        }

        /** The line with a little air around it, so that it counts when it runs along a border. */
        Box asBox() {
            boolean upright = left == right;
            return upright
                    ? new Box(id, "", false, left - 1, top, 2, bottom - top)
                    : new Box(id, "", false, left, top - 1, right - left, 2);
        }
    }
}
