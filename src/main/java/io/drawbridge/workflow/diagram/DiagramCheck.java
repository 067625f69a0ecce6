package io.drawbridge.workflow.diagram;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.xml.ModelException;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Whether a diagram may be deployed: every rule, and all flaws at once.
 *
 * <p>It proves by the file alone that the diagram runs nothing but listed delegates, asks in no other way than Drawbridge
 * does, and ends nowhere while access may remain. What it cannot follow it refuses.
 */
public final class DiagramCheck {
    /** The processes that there are; each has a diagram of its own. */
    public static final Set<String> KEYS =
            Set.of(Diagram.ACCESS_REQUEST, Diagram.TIMEBOXED_GRANT, Diagram.DRIFT_REMOVAL, Diagram.STANDING_TROUBLE);

    private static final int LARGEST = 2 * 1024 * 1024;

    /** The shipped diagrams have at most 45, in at most 8 levels of elements. */
    private static final int MOST_NODES = 200;

    private static final int DEEPEST = 30;

    private static final List<Rule> RULES = List.of(
            new HistoryIsKept(),
            new Parts(),
            new PlainFlows(),
            new ListedDelegatesOnly(),
            new PeopleAreAsked(),
            new Expressions(),
            new SafeDefaults(),
            new DeadlinesOfPeople(),
            new JudgedBeforeOpened(),
            new JobsOfTheirOwn(),
            new StraightToRevocation(),
            new EndOfAccess(),
            new NothingLeftOpen(),
            new NothingLeftUnanswered(),
            new EmergenciesAreReviewed(),
            new StandsUntilSettled());

    private DiagramCheck() {}

    /**
     * Everything that is wrong with the diagram; empty if it may be deployed.
     *
     * @param content the file, in whatever encoding it declares
     */
    public static List<Flaw> flaws(byte[] content) {
        if (content.length > LARGEST) {
            return List.of(new Flaw("", "The file is larger than 2 MB; no diagram of a process needs as much."));
        }
        Document document;
        BpmnModelInstance model;
        try {
            document = read(content);
            if (isDeeperThan(document, DEEPEST)) {
                return List.of(new Flaw("", "Its elements lie in more than 30 levels; draw fewer sub-processes."));
            }
            model = Bpmn.readModelFromStream(new ByteArrayInputStream(content));
        } catch (SAXException | IOException | ModelException unreadable) {
            return List.of(new Flaw("", "The file is no BPMN diagram: " + reason(unreadable) + "."));
        }
        Collection<Process> processes = model.getModelElementsByType(Process.class);
        if (processes.size() != 1 || !KEYS.contains(first(processes))) {
            return List.of(new Flaw(
                    processes.isEmpty() ? "" : first(processes),
                    "The file must hold one process, and its id must be one of access-request, timeboxed-grant,"
                            + " drift-removal and standing-trouble; deploy each process from a file of its own."));
        }
        NothingUnknown unknown = new NothingUnknown(document);
        if (!unknown.elements().isEmpty()) {
            // What is not known is not followed either: whatever else could be said would be a guess.
            return unknown.elements();
        }
        List<Flaw> loose = References.flaws(document);
        if (!loose.isEmpty()) {
            return loose;
        }
        if (model.getModelElementsByType(FlowElement.class).stream()
                .anyMatch(element -> Diagram.text(element.getId()).isEmpty())) {
            return List.of(new Flaw("", "An element has no id; give each one its own."));
        }
        if (model.getModelElementsByType(FlowNode.class).size() > MOST_NODES) {
            return List.of(new Flaw(
                    first(processes),
                    "It has more than " + MOST_NODES
                            + " events, tasks and gateways; make it simpler, so that its ways can" + " be followed."));
        }
        Diagram diagram = new Diagram(model, processes.iterator().next());
        Set<Flaw> flaws = new LinkedHashSet<>(unknown.settings());
        if (!diagram.process().isExecutable()) {
            flaws.add(new Flaw(diagram.key(), "The process is not executable; tick \"Executable\"."));
        }
        RULES.forEach(rule -> flaws.addAll(rule.flaws(diagram)));
        return List.copyOf(flaws);
    }

    /** Key of the process in the file; empty if it has none. Only to be asked of a file without flaws. */
    public static String key(byte[] content) {
        return first(Bpmn.readModelFromStream(new ByteArrayInputStream(content)).getModelElementsByType(Process.class));
    }

    /** Level by level, because whatever goes down by itself is what a deep file is made for. */
    private static boolean isDeeperThan(Document document, int most) {
        List<Node> level = List.of(document.getDocumentElement());
        for (int depth = 0; !level.isEmpty(); depth++) {
            if (depth >= most) {
                return true;
            }
            List<Node> next = new ArrayList<>();
            for (Node node : level) {
                for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
                    if (child.getNodeType() == Node.ELEMENT_NODE) {
                        next.add(child);
                    }
                }
            }
            level = next;
        }
        return false;
    }

    private static String first(Collection<Process> processes) {
        return processes.stream()
                .findFirst()
                .map(Process::getId)
                .map(Diagram::text)
                .orElse("");
    }

    /** A document type can hold entities, which each reader resolves in its own way. */
    private static Document read(byte[] content) throws SAXException, IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setNamespaceAware(true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new ByteArrayInputStream(content));
        } catch (ParserConfigurationException impossible) {
            throw new IllegalStateException("This Java cannot read XML safely.", impossible);
        }
    }

    private static String reason(Exception unreadable) {
        Throwable last = unreadable;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage()).strip().replaceAll("\\.$", "");
    }
}
