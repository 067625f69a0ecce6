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

    private static final Map<String, Set<String>> KINDS = Map.of(
            "sequenceFlow sourceRef", NODES,
            "sequenceFlow targetRef", NODES,
            "boundaryEvent attachedToRef", ACTIVITIES,
            "exclusiveGateway default", Set.of("sequenceFlow"),
            "inclusiveGateway default", Set.of("sequenceFlow"),
            "receiveTask messageRef", Set.of("message"),
            "messageEventDefinition messageRef", Set.of("message"),
            "errorEventDefinition errorRef", Set.of("error"));

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
            KINDS.forEach((place, wanted) -> {
                String[] words = place.split(" ");
                String reference = element.getAttribute(words[1]);
                if (element.getLocalName().equals(words[0])
                        && !reference.isEmpty()
                        && !wanted.contains(kinds.getOrDefault(reference, ""))) {
                    flaws.add(new Flaw(
                            element.getAttribute("id"),
                            "Its \"" + words[1] + "\" names \"" + reference
                                    + "\", which is nothing that belongs there; connect it anew."));
                }
            });
        }
        return flaws;
    }
}
