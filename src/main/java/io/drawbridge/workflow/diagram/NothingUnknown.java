package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.w3c.dom.Attr;
import org.w3c.dom.Comment;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

/**
 * Only the elements and attributes that are listed here; whatever is not, is refused.
 *
 * <p>Looks at the file and not at the model: the engine also reads attributes of the namespace that it had before it was
 * Camunda (7.24, {@code BpmnParse}), which the model does not know.
 */
final class NothingUnknown {
    private static final String BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";
    private static final String MODELER = "http://camunda.org/schema/modeler/1.0";
    private static final String BPMN_DI = "http://www.omg.org/spec/BPMN/20100524/DI";

    /** How it is drawn, which the engine does not carry out. */
    private static final Set<String> DRAWING = Set.of(
            BPMN_DI,
            "http://www.omg.org/spec/DD/20100524/DC",
            "http://www.omg.org/spec/DD/20100524/DI",
            "http://bpmn.io/schema/bpmn/biocolor/1.0",
            "http://www.omg.org/spec/BPMN/non-normative/color/1.0");

    /** What Modeler writes when a template of processes/element-templates is applied. */
    private static final String TEMPLATE =
            " camunda:modelerTemplate camunda:modelerTemplateVersion" + " camunda:modelerTemplateIcon";

    /** What an element may carry: attributes, those of Camunda with their prefix. */
    private static final Map<String, Set<String>> ELEMENTS = Map.ofEntries(
            may(
                    "definitions",
                    "id name targetNamespace exporter exporterVersion"
                            + " modeler:executionPlatform modeler:executionPlatformVersion"),
            may("message", "id name"),
            may("error", "id name errorCode"),
            may("process", "id name isExecutable camunda:historyTimeToLive camunda:versionTag"),
            may("documentation", "id textFormat"),
            may("extensionElements", ""),
            may("incoming", ""),
            may("outgoing", ""),
            may("startEvent", "id name isInterrupting"),
            may("endEvent", "id name"),
            may("intermediateThrowEvent", "id name"),
            may("intermediateCatchEvent", "id name camunda:jobPriority" + TEMPLATE),
            may("boundaryEvent", "id name attachedToRef cancelActivity camunda:jobPriority" + TEMPLATE),
            may("serviceTask", "id name camunda:delegateExpression camunda:asyncBefore camunda:jobPriority" + TEMPLATE),
            may("userTask", "id name camunda:formKey camunda:dueDate" + TEMPLATE),
            may("receiveTask", "id name messageRef" + TEMPLATE),
            may("subProcess", "id name triggeredByEvent"),
            may("callActivity", "id name calledElement" + TEMPLATE),
            may("exclusiveGateway", "id name default gatewayDirection"),
            may("inclusiveGateway", "id name default gatewayDirection"),
            may("parallelGateway", "id name gatewayDirection"),
            may("sequenceFlow", "id name sourceRef targetRef"),
            may("conditionExpression", "id xsi:type"),
            may("timerEventDefinition", "id"),
            may("timeDate", "id xsi:type"),
            may("timeDuration", "id xsi:type"),
            may("timeCycle", "id xsi:type"),
            may("messageEventDefinition", "id messageRef"),
            may("errorEventDefinition", "id errorRef"),
            may("terminateEventDefinition", "id"),
            may("textAnnotation", "id textFormat"),
            may("text", ""),
            may("association", "id associationDirection sourceRef targetRef"),
            may("group", "id categoryValueRef"),
            may("category", "id name"),
            may("categoryValue", "id value"));

    /** Camunda's own elements, each in what it may stand. */
    private static final Map<String, Set<String>> IN = Map.of(
            "failedJobRetryTimeCycle", Set.of("serviceTask", "boundaryEvent", "intermediateCatchEvent"),
            "taskListener", Set.of("userTask"),
            "in", Set.of("callActivity"));

    private static final Map<String, Set<String>> OF_CAMUNDA = Map.of(
            "failedJobRetryTimeCycle", Set.of(),
            "taskListener", Set.of("delegateExpression", "event"),
            "in", Set.of("businessKey"));

    /** Where an expression may stand; each is read by a rule of its own. */
    private static final Set<String> EXPRESSIONS =
            Set.of("conditionExpression", "timeDate", "timeDuration", "timeCycle");

    private static final Set<String> EXPRESSION_ATTRIBUTES = Set.of("delegateExpression", "dueDate", "businessKey");

    /**
     * Words and nothing in between. The standard lets any element stand in them (BPMN 2.0, {@code tDocumentation}, {@code
     * tExpression}): the model finds it there and takes it for a part of the process, the engine does not.
     */
    private static final Set<String> WORDS = Set.of(
            "documentation",
            "text",
            "incoming",
            "outgoing",
            "conditionExpression",
            "timeDate",
            "timeDuration",
            "timeCycle",
            "failedJobRetryTimeCycle");

    /** Read by the engine as true only if that is what stands there, and by the model in whatever letters. */
    private static final Set<String> YES_OR_NO =
            Set.of("isExecutable", "isInterrupting", "cancelActivity", "triggeredByEvent", "asyncBefore");

    private static Map.Entry<String, Set<String>> may(String element, String attributes) {
        return Map.entry(
                element,
                Stream.of(attributes.split(" ")).filter(name -> !name.isEmpty()).collect(Collectors.toSet()));
    }

    private final List<Flaw> elements = new ArrayList<>();
    private final List<Flaw> settings = new ArrayList<>();

    NothingUnknown(Document document) {
        look(document.getDocumentElement());
    }

    /** Elements that are not listed; with one of them the rest of the diagram cannot be followed. */
    List<Flaw> elements() {
        return elements;
    }

    /** Settings that are not listed, and expressions where none belongs. */
    List<Flaw> settings() {
        return settings;
    }

    private void look(Element element) {
        String name = element.getLocalName();
        String space = String.valueOf(element.getNamespaceURI());
        if (space.equals(BPMN_DI) && name.equals("BPMNDiagram") && element.getParentNode() == root(element)) {
            drawn(element);
            return;
        }
        boolean known = space.equals(BPMN)
                ? ELEMENTS.containsKey(name)
                : space.equals(Diagram.CAMUNDA)
                        && isExtension(element)
                        && IN.getOrDefault(name, Set.of()).contains(carrier(element));
        if (!known) {
            elements.add(new Flaw(
                    nearestId(element),
                    "A \"" + element.getTagName() + "\" may not be deployed here; remove it, or draw what it does with"
                            + " the elements that docs/process-owners.md lists."));
            return;
        }
        NamedNodeMap attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            attribute(element, (Attr) attributes.item(i));
        }
        // NB. Put together as the engine does: a comment in the middle hides nothing from it.
        StringBuilder text = new StringBuilder();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner && WORDS.contains(name)) {
                elements.add(new Flaw(
                        nearestId(element),
                        "A \"" + inner.getTagName() + "\" stands inside of a \"" + element.getTagName()
                                + "\", which holds words only; remove it."));
            } else if (child instanceof Element inner) {
                look(inner);
            } else if (child instanceof Text words) {
                text.append(words.getData());
            } else if (!(child instanceof Comment)) {
                elements.add(new Flaw(
                        nearestId(element),
                        "The file holds an instruction or a reference to an entity; remove it, diagrams need none."));
            }
        }
        if (speaks(text.toString()) && !(space.equals(BPMN) && EXPRESSIONS.contains(name))) {
            settings.add(misplaced(element, "The text of \"" + element.getTagName() + "\""));
        }
    }

    private void attribute(Element element, Attr attribute) {
        String space = String.valueOf(attribute.getNamespaceURI());
        if (space.equals("http://www.w3.org/2000/xmlns/") || isSchemaLocation(element, attribute)) {
            return;
        }
        String name = attribute.getLocalName();
        boolean ofCamunda = Diagram.CAMUNDA.equals(element.getNamespaceURI());
        String written =
                switch (space) {
                    case "null" -> name;
                    case Diagram.CAMUNDA -> "camunda:" + name;
                    case XSI -> "xsi:" + name;
                    case MODELER -> "modeler:" + name;
                    default -> "?:" + name;
                };
        Set<String> allowed = ofCamunda
                ? OF_CAMUNDA.getOrDefault(element.getLocalName(), Set.of())
                : ELEMENTS.getOrDefault(element.getLocalName(), Set.of());
        if (!allowed.contains(written)
                || (written.equals("xsi:type") && !attribute.getValue().endsWith("tFormalExpression"))) {
            settings.add(new Flaw(
                    nearestId(element),
                    "The setting \"" + attribute.getName() + "\" (\"" + shortened(attribute.getValue())
                            + "\") may not be used here; clear it in the properties panel."));
        } else if (YES_OR_NO.contains(name) && !Set.of("true", "false").contains(attribute.getValue())) {
            settings.add(new Flaw(
                    nearestId(element),
                    "The setting \"" + attribute.getName() + "\" is \"" + shortened(attribute.getValue())
                            + "\"; write true or false, in these letters."));
        } else if (speaks(attribute.getValue()) && !EXPRESSION_ATTRIBUTES.contains(name)) {
            settings.add(misplaced(element, "The setting \"" + attribute.getName() + "\""));
        }
    }

    /** Inside a drawing there are shapes and lines; anything of the model there would be looked at by nobody. */
    private void drawn(Element element) {
        boolean known = DRAWING.contains(String.valueOf(element.getNamespaceURI()))
                && !element.getLocalName().equals("extension");
        if (!known) {
            elements.add(new Flaw(
                    nearestId(element), "A \"" + element.getTagName() + "\" is no part of a drawing; remove it."));
            return;
        }
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                drawn(inner);
            }
        }
    }

    private static Flaw misplaced(Element element, String where) {
        return new Flaw(
                nearestId(element),
                where + " holds an expression, and the engine would evaluate it; write plain words without ${ or #{.");
    }

    private static boolean isSchemaLocation(Element element, Attr attribute) {
        return element == root(element)
                && XSI.equals(attribute.getNamespaceURI())
                && attribute.getLocalName().equals("schemaLocation");
    }

    private static boolean isExtension(Element element) {
        return element.getParentNode() instanceof Element parent
                && BPMN.equals(parent.getNamespaceURI())
                && parent.getLocalName().equals("extensionElements");
    }

    /** The element that an extension belongs to. */
    private static String carrier(Element extension) {
        Node carrier = extension.getParentNode().getParentNode();
        return BPMN.equals(carrier.getNamespaceURI()) ? carrier.getLocalName() : "";
    }

    private static boolean speaks(String text) {
        return text.contains("${") || text.contains("#{");
    }

    private static Element root(Element element) {
        Document document = element.getOwnerDocument();
        return document.getDocumentElement();
    }

    private static String nearestId(Element element) {
        Node node = element;
        while (node instanceof Element around) {
            if (!around.getAttribute("id").isEmpty()) {
                return around.getAttribute("id");
            }
            node = around.getParentNode();
        }
        return "";
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
