package io.drawbridge.workflow;

import io.drawbridge.workflow.diagram.DiagramCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Edits the shipped diagrams at random, and plays those that the check lets pass.
 *
 * <p>A command: {@code RandomEdits [number of edited diagrams] [seed] [refused-too]}. Ends with 1 if one that passed
 * leaves access behind, or leads on to access while nothing is known, and prints it.
 */
public final class RandomEdits {
    private static final String BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    private static final String CAMUNDA = "http://camunda.org/schema/1.0/bpmn";
    private static final int MOST_POSITIONS = 5_000;
    private static final List<String> NODES = List.of(
            "serviceTask",
            "userTask",
            "receiveTask",
            "callActivity",
            "subProcess",
            "exclusiveGateway",
            "inclusiveGateway",
            "parallelGateway",
            "boundaryEvent",
            "endEvent",
            "startEvent",
            "intermediateCatchEvent");
    private static final List<String> DELEGATES = List.of(
            "openGrant",
            "provisionAccess",
            "confirmAccess",
            "notifyAccessActive",
            "notifyExpiringSoon",
            "beginRevocation",
            "revokeAccess",
            "confirmRemoval",
            "notifyAccessRevoked");
    private static final List<String> NOES = List.of("denied", "no", "waiting");

    private final Random random;
    private final Map<String, Document> shipped = new TreeMap<>();
    private int counter;

    /**
     * What came of so many edited diagrams.
     *
     * @param leaking texts of diagrams that passed the check and leave access behind; there must be none
     * @param unfinished how many passed and have more positions than were played
     * @param doubtful texts of diagrams that passed and lead on to access while nothing is known; there must be none
     * @param refusedAndLeaking how many the check refused that do leave access behind: that the game can tell
     * @param refusedInDoubt how many it refused that do lead on to access while nothing is known
     */
    record Tally(
            int edited,
            int passed,
            int refusedAndLeaking,
            int refusedInDoubt,
            int unfinished,
            List<String> leaking,
            List<String> doubtful) {}

    RandomEdits(long seed) {
        random = new Random(seed);
        for (String name : List.of("access-request", "timeboxed-grant")) {
            shipped.put(name, parsed(read(Path.of("processes/" + name + ".bpmn"))));
        }
    }

    /**
     * The long run.
     *
     * @param arguments how many diagrams to edit, and the seed; 10,000 and 1 if left out. {@code refused-too} plays those
     *     as well that the check refused, which takes ten times as long
     */
    public static void main(String[] arguments) {
        int many = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        boolean playRefused = arguments.length > 2 && arguments[2].equals("refused-too");
        Tally tally = new RandomEdits(seed).run(many, playRefused);
        System.out.printf(
                "%,d edited diagrams, seed %d: %,d passed the check, %d of them leave access behind;"
                        + " %s refused ones do; %d games of those that passed were too long to finish. %d of those that passed"
                        + " lead on to access while nothing is known, and %,d of those that were refused.%n",
                tally.edited(),
                seed,
                tally.passed(),
                tally.leaking().size(),
                playRefused ? String.format("%,d", tally.refusedAndLeaking()) : "nobody asked how many",
                tally.unfinished(),
                tally.doubtful().size(),
                tally.refusedInDoubt());
        tally.leaking().forEach(System.out::println);
        tally.doubtful().forEach(System.out::println);
        System.exit(tally.leaking().isEmpty() && tally.doubtful().isEmpty() ? 0 : 1);
    }

    /** @param playRefused whether to play those too that the check refused, to count how many it refused rightly */
    Tally run(int many, boolean playRefused) {
        int passed = 0;
        int rightly = 0;
        int inDoubt = 0;
        int unfinished = 0;
        List<String> leaking = new ArrayList<>();
        List<String> doubtful = new ArrayList<>();
        for (int each = 0; each < many; each++) {
            // The grant holds the access, so most edits are of it.
            String name = random.nextInt(4) == 0 ? "access-request" : "timeboxed-grant";
            Document file = (Document) Objects.requireNonNull(shipped.get(name)).cloneNode(true);
            int edits = 1 + random.nextInt(3);
            for (int edit = 0; edit < edits; edit++) {
                edit(file);
            }
            String text = text(file);
            boolean passes =
                    DiagramCheck.flaws(text.getBytes(StandardCharsets.UTF_8)).isEmpty();
            passed += passes ? 1 : 0;
            Set<String> onwards = TokenGame.leadsOnInDoubt(file);
            if (passes && !onwards.isEmpty()) {
                doubtful.add(onwards + "\n" + text);
            }
            inDoubt += !passes && !onwards.isEmpty() ? 1 : 0;
            if (!passes && !playRefused) {
                continue;
            }
            TokenGame.Result result = TokenGame.play(file, MOST_POSITIONS);
            unfinished += passes && !result.whole() ? 1 : 0;
            if (passes && !result.endsWithAccess().isEmpty()) {
                leaking.add(result.endsWithAccess() + "\n" + text);
            }
            rightly += !passes && !result.endsWithAccess().isEmpty() ? 1 : 0;
        }
        return new Tally(many, passed, rightly, inDoubt, unfinished, leaking, doubtful);
    }

    private void edit(Document file) {
        List<Element> flows = all(file, List.of("sequenceFlow"));
        List<Element> nodes = all(file, NODES);
        List<Element> tasks = all(file, List.of("serviceTask"));
        List<Element> boundaries = all(file, List.of("boundaryEvent"));
        List<Element> ends = all(file, List.of("endEvent"));
        List<Element> gateways = all(file, List.of("exclusiveGateway"));
        switch (random.nextInt(17)) {
            case 0 -> one(flows).setAttribute("targetRef", one(nodes).getAttribute("id"));
            case 1 -> {
                Element flow = one(flows);
                List<Element> near = nodes.stream()
                        .filter(node -> node.getParentNode() == flow.getParentNode())
                        .toList();
                flow.setAttribute("targetRef", one(near).getAttribute("id"));
            }
            case 2 -> {
                Element flow = one(flows);
                List<Element> near = nodes.stream()
                        .filter(node -> node.getParentNode() == flow.getParentNode())
                        .toList();
                flow.setAttribute("sourceRef", one(near).getAttribute("id"));
            }
            case 3 -> remove(one(flows));
            case 4 -> removeWithFlows(file, one(boundaries));
            case 5 -> shortCut(file, one(tasks));
            case 6 -> {
                Element boundary = one(boundaries);
                boolean keeps = boundary.getAttribute("cancelActivity").equals("false");
                boundary.setAttribute("cancelActivity", keeps ? "true" : "false");
            }
            case 7 ->
                one(boundaries)
                        .setAttribute(
                                "attachedToRef",
                                one(all(
                                                file,
                                                List.of(
                                                        "serviceTask",
                                                        "receiveTask",
                                                        "subProcess",
                                                        "callActivity",
                                                        "userTask")))
                                        .getAttribute("id"));
            case 8 -> one(ends).appendChild(made(file, "terminateEventDefinition"));
            case 9 -> {
                Element gateway = one(gateways);
                List<Element> out = flows.stream()
                        .filter(flow -> flow.getAttribute("sourceRef").equals(gateway.getAttribute("id")))
                        .toList();
                if (!out.isEmpty()) {
                    gateway.setAttribute("default", one(out).getAttribute("id"));
                }
            }
            case 10 -> swap(one(tasks), one(tasks));
            case 11 ->
                one(tasks).setAttributeNS(CAMUNDA, "camunda:delegateExpression", "${" + one(DELEGATES) + "Delegate}");
            case 12 -> insert(file, one(flows), task(file));
            case 13 -> insert(file, one(flows), fork(file));
            case 14 -> besides(file, one(nodes));
            case 15 -> askOtherwise(file);
            default -> {
                List<Element> conditions = all(file, List.of("conditionExpression"));
                Element condition = one(conditions);
                condition.setTextContent(one(conditions).getTextContent());
            }
        }
    }

    /** A question asked the other way round, at a gateway that takes each answer that holds, or both. */
    private void askOtherwise(Document file) {
        Element gateway = one(all(file, List.of("exclusiveGateway", "inclusiveGateway")).stream()
                .filter(each -> !each.getAttribute("default").isEmpty())
                .toList());
        boolean turned = random.nextBoolean();
        if (turned) {
            turnRound(file, gateway);
        }
        if (!turned || random.nextBoolean()) {
            file.renameNode(gateway, BPMN, "bpmn:inclusiveGateway");
        }
    }

    /** One of the answers becomes the default, and the default an answer, such as no. */
    private void turnRound(Document file, Element gateway) {
        List<Element> flows = all(file, List.of("sequenceFlow"));
        String kept = gateway.getAttribute("default");
        List<Element> answers = flows.stream()
                .filter(flow -> flow.getAttribute("sourceRef").equals(gateway.getAttribute("id")))
                .filter(flow ->
                        flow.getElementsByTagNameNS(BPMN, "conditionExpression").getLength() > 0)
                .toList();
        if (answers.isEmpty()) {
            return;
        }
        Element answer = one(answers);
        Element condition = (Element)
                answer.getElementsByTagNameNS(BPMN, "conditionExpression").item(0);
        flows.stream()
                .filter(flow -> flow.getAttribute("id").equals(kept))
                .findFirst()
                .ifPresent(former -> {
                    condition.setTextContent(condition.getTextContent().replaceAll("'.*'", "'" + one(NOES) + "'"));
                    former.appendChild(condition);
                    gateway.setAttribute("default", answer.getAttribute("id"));
                });
    }

    /** A task more, in a job of its own. */
    private Element task(Document file) {
        Element task = made(file, "serviceTask");
        task.setAttributeNS(CAMUNDA, "camunda:delegateExpression", "${" + one(DELEGATES) + "Delegate}");
        if (random.nextBoolean()) {
            task.setAttributeNS(CAMUNDA, "camunda:asyncBefore", "true");
        }
        return task;
    }

    /** A second way, to an end of its own or to some task. */
    private Element fork(Document file) {
        return made(file, random.nextBoolean() ? "parallelGateway" : "exclusiveGateway");
    }

    private void insert(Document file, Element flow, Element node) {
        Node scope = flow.getParentNode();
        scope.appendChild(node);
        Element next = made(file, "sequenceFlow");
        next.setAttribute("sourceRef", node.getAttribute("id"));
        next.setAttribute("targetRef", flow.getAttribute("targetRef"));
        flow.setAttribute("targetRef", node.getAttribute("id"));
        scope.appendChild(next);
        if (node.getLocalName().endsWith("Gateway")) {
            Element aside = made(file, "sequenceFlow");
            aside.setAttribute("sourceRef", node.getAttribute("id"));
            List<Element> near = all(file, NODES).stream()
                    .filter(each -> each.getParentNode() == scope && each != node)
                    .toList();
            aside.setAttribute("targetRef", one(near).getAttribute("id"));
            scope.appendChild(aside);
            node.setAttribute("default", next.getAttribute("id"));
            if (node.getLocalName().startsWith("parallel")) {
                node.removeAttribute("default");
            } else {
                Element condition =
                        (Element) one(all(file, List.of("conditionExpression"))).cloneNode(true);
                aside.appendChild(condition);
            }
        }
    }

    /** An event sub-process beside a node, that interrupts or not, and tells somebody. */
    private void besides(Document file, Element node) {
        Element side = made(file, "subProcess");
        side.setAttribute("triggeredByEvent", "true");
        Element start = made(file, "startEvent");
        start.setAttribute("isInterrupting", String.valueOf(random.nextBoolean()));
        Element timer = made(file, "timerEventDefinition");
        Element date = file.createElementNS(BPMN, "bpmn:timeDuration");
        date.setTextContent("PT1H");
        timer.appendChild(date);
        start.appendChild(timer);
        Element end = made(file, "endEvent");
        if (random.nextInt(3) == 0) {
            end.appendChild(made(file, "terminateEventDefinition"));
        }
        Element flow = made(file, "sequenceFlow");
        flow.setAttribute("sourceRef", start.getAttribute("id"));
        flow.setAttribute("targetRef", end.getAttribute("id"));
        side.appendChild(start);
        side.appendChild(end);
        side.appendChild(flow);
        node.getParentNode().appendChild(side);
    }

    private static void swap(Element one, Element other) {
        String kept = one.getAttributeNS(CAMUNDA, "delegateExpression");
        one.setAttributeNS(CAMUNDA, "camunda:delegateExpression", other.getAttributeNS(CAMUNDA, "delegateExpression"));
        other.setAttributeNS(CAMUNDA, "camunda:delegateExpression", kept);
    }

    private static void shortCut(Document file, Element task) {
        List<Element> flows = all(file, List.of("sequenceFlow"));
        flows.stream()
                .filter(flow -> flow.getAttribute("sourceRef").equals(task.getAttribute("id")))
                .findFirst()
                .ifPresent(out -> {
                    flows.stream()
                            .filter(flow -> flow.getAttribute("targetRef").equals(task.getAttribute("id")))
                            .forEach(in -> in.setAttribute("targetRef", out.getAttribute("targetRef")));
                    remove(out);
                    removeWithFlows(file, task);
                });
    }

    private static void removeWithFlows(Document file, Element node) {
        all(file, List.of("sequenceFlow")).stream()
                .filter(flow -> flow.getAttribute("sourceRef").equals(node.getAttribute("id")))
                .forEach(RandomEdits::remove);
        remove(node);
    }

    private static void remove(Element element) {
        element.getParentNode().removeChild(element);
    }

    private Element made(Document file, String name) {
        Element element = file.createElementNS(BPMN, "bpmn:" + name);
        counter++;
        element.setAttribute("id", "New_" + counter);
        return element;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<Element> all(Document file, List<String> names) {
        List<Element> found = new ArrayList<>();
        NodeList every = file.getElementsByTagNameNS(BPMN, "*");
        for (int i = 0; i < every.getLength(); i++) {
            if (every.item(i) instanceof Element element && names.contains(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    /** The diagram without its drawing, and without what nodes say of their flows. */
    private static Document parsed(String text) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            Document file =
                    factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            for (String unneeded : List.of("incoming", "outgoing", "BPMNDiagram")) {
                NodeList found = file.getElementsByTagNameNS("*", unneeded);
                while (found.getLength() > 0) {
                    remove((Element) found.item(0));
                }
            }
            return file;
        } catch (ParserConfigurationException | SAXException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    static Document document(Path file) {
        return parsed(read(file));
    }

    private static String text(Document file) {
        try {
            StringWriter text = new StringWriter();
            TransformerFactory.newInstance().newTransformer().transform(new DOMSource(file), new StreamResult(text));
            return text.toString();
        } catch (TransformerException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
