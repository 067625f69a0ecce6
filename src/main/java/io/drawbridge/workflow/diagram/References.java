package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Each element refers to elements of the kind that belongs there; the model cannot even be read otherwise. */
final class References {
    private static final Set<String> ACTIVITIES =
            Set.of("serviceTask", "userTask", "receiveTask", "subProcess", "callActivity");
    private static final Set<String> NODES = Set.of(
            "serviceTask",
            "userTask",
            "receiveTask",
            "subProcess",
            "callActivity",
            "startEvent",
            "endEvent",
            "intermediateThrowEvent",
            "intermediateCatchEvent",
            "boundaryEvent",
            "exclusiveGateway",
            "inclusiveGateway",
            "parallelGateway");

    /** By element and attribute. */
    private static final Map<String, Map<String, Set<String>>> KINDS = Map.of(
            "sequenceFlow", Map.of("sourceRef", NODES, "targetRef", NODES),
            "boundaryEvent", Map.of("attachedToRef", ACTIVITIES),
            "exclusiveGateway", Map.of("default", Set.of("sequenceFlow")),
            "inclusiveGateway", Map.of("default", Set.of("sequenceFlow")),
            "receiveTask", Map.of("messageRef", Set.of("message")),
            "messageEventDefinition", Map.of("messageRef", Set.of("message")),
            "errorEventDefinition", Map.of("errorRef", Set.of("error")));

    private References() {}

    static List<Flaw> flaws(Document document) {
        NodeList all = document.getElementsByTagNameNS("*", "*");
        Map<String, String> kinds = new HashMap<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            kinds.put(element.getAttribute("id"), element.getLocalName());
        }
        List<Flaw> flaws = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            KINDS.getOrDefault(element.getLocalName(), Map.of()).forEach((attribute, wanted) -> {
                String reference = element.getAttribute(attribute);
                if (!reference.isEmpty() && !wanted.contains(kinds.getOrDefault(reference, ""))) {
                    flaws.add(new Flaw(
                            element.getAttribute("id"),
                            "Its \"" + attribute + "\" names \"" + reference
                                    + "\", which is nothing that belongs there; connect it anew."));
                }
            });
        }
        return flaws;
    }
}
