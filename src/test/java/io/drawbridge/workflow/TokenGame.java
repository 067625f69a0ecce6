package io.drawbridge.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Plays a diagram on its XML, move by move, to see whether an instance can end while somebody has access; and looks where
 * its questions lead while nothing is known.
 *
 * <p>Knows nothing of the check: it reads the file itself, keeps one board for each running sub-process, counts tokens one
 * by one, lets every event come at every moment, and opens and closes a door as the delegates do to the cloud.
 */
final class TokenGame {
    private static final String BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    private static final String CAMUNDA = "http://camunda.org/schema/1.0/bpmn";

    /** More tokens at one place than this are more of the same. */
    private static final int MOST_TOKENS = 2;

    /** Steps of a request that nobody takes without a clear yes. */
    private static final Set<String> ONWARDS = Set.of(
            "${evaluatePolicyOnArrivalDelegate}",
            "${evaluatePolicyDelegate}",
            "${askApproversDelegate}",
            "${notifyBreakGlassDelegate}",
            "${notifyRequesterApprovedDelegate}");

    private final Map<String, Element> elements = new HashMap<>();
    private final Map<String, List<Element>> leaving = new HashMap<>();
    private final Map<String, List<String>> entering = new HashMap<>();
    private final Map<String, List<Element>> attached = new HashMap<>();
    private final Element process;
    private final int mostPositions;

    /** How the game went. */
    record Result(Set<String> endsWithAccess, int positions, boolean whole) {}

    /** Told to take back, or asked to; the door itself says whether somebody has access. */
    private enum Door {
        SHUT,
        WIDE,
        TOLD,
        ASKED
    }

    /** Tokens as a sorted text, each with the numbers of the boards around it: "3/7:Task_X". */
    private record Position(List<String> tokens, Door door) {}

    private TokenGame(Document file, int mostPositions) {
        this.mostPositions = mostPositions;
        this.process = (Element) file.getElementsByTagNameNS(BPMN, "process").item(0);
        read(process);
    }

    static Result play(Document file, int mostPositions) {
        return new TokenGame(file, mostPositions).play();
    }

    /** Flows that are taken though no answer of their gateway holds, and lead on to access, or away from it as if it were gone. */
    static Set<String> leadsOnInDoubt(Document file) {
        return new TokenGame(file, 0).leadsOnInDoubt();
    }

    private Set<String> leadsOnInDoubt() {
        Set<String> found = new TreeSet<>();
        leaving.forEach((id, flows) -> {
            Element gateway = elements.get(id);
            if (gateway == null
                    || !Set.of("exclusiveGateway", "inclusiveGateway").contains(gateway.getLocalName())) {
                return;
            }
            String fallback = gateway.getAttribute("default");
            for (Element asking : flows) {
                String answer = asking.getAttribute("id").equals(fallback) ? "" : condition(asking);
                flows.stream()
                        .filter(flow -> flow.getAttribute("id").equals(fallback)
                                || condition(flow).isEmpty())
                        .filter(flow -> leadsOn(flow, answer))
                        .forEach(flow -> found.add(flow.getAttribute("id")));
            }
        });
        return found;
    }

    /** Along the flows alone, and from a question to the cloud no further than to the next time that it is asked. */
    private boolean leadsOn(Element flow, String answer) {
        Set<Element> seen = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(flow.getAttribute("targetRef")));
        while (!next.isEmpty()) {
            Element node = elements.get(next.pop());
            if (node == null || !seen.add(node)) {
                continue;
            }
            String name = node.getLocalName();
            String bean = node.getAttributeNS(CAMUNDA, "delegateExpression");
            if (answer.startsWith("${access ") || answer.startsWith("${removal ")) {
                if (name.equals("endEvent")) {
                    return true;
                }
                if (bean.equals("${confirmAccessDelegate}") || bean.equals("${confirmRemovalDelegate}")) {
                    continue;
                }
            } else if (!answer.isEmpty()
                    && !answer.startsWith("${mode ")
                    && (name.equals("callActivity") || name.equals("userTask") || ONWARDS.contains(bean))) {
                return true;
            }
            leaving.getOrDefault(node.getAttribute("id"), List.of())
                    .forEach(each -> next.push(each.getAttribute("targetRef")));
        }
        return false;
    }

    private static String condition(Element flow) {
        List<Element> conditions = inside(flow, "conditionExpression");
        return conditions.isEmpty() ? "" : conditions.get(0).getTextContent();
    }

    private void read(Element around) {
        for (Node child = around.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && BPMN.equals(element.getNamespaceURI())) {
                elements.put(element.getAttribute("id"), element);
                if (element.getLocalName().equals("sequenceFlow")) {
                    leaving.computeIfAbsent(element.getAttribute("sourceRef"), none -> new ArrayList<>())
                            .add(element);
                    entering.computeIfAbsent(element.getAttribute("targetRef"), none -> new ArrayList<>())
                            .add(element.getAttribute("id"));
                } else if (element.getLocalName().equals("boundaryEvent")) {
                    attached.computeIfAbsent(element.getAttribute("attachedToRef"), none -> new ArrayList<>())
                            .add(element);
                } else if (element.getLocalName().equals("subProcess")) {
                    read(element);
                }
            }
        }
    }

    private Result play() {
        Set<String> bad = new TreeSet<>();
        Set<Position> seen = new HashSet<>();
        Deque<Position> open = new ArrayDeque<>();
        for (Element start : inside(process, "startEvent")) {
            open.push(new Position(List.of("/" + start.getAttribute("id")), Door.SHUT));
        }
        while (!open.isEmpty()) {
            Position position = open.pop();
            if (!seen.add(position)) {
                continue;
            }
            if (seen.size() > mostPositions) {
                return new Result(bad, seen.size(), false);
            }
            for (Map.Entry<Position, String> move : moves(position)) {
                if (!move.getKey().tokens().isEmpty()) {
                    open.push(move.getKey());
                } else if (move.getKey().door() != Door.SHUT) {
                    bad.add(move.getValue());
                }
            }
        }
        return new Result(bad, seen.size(), true);
    }

    private List<Map.Entry<Position, String>> moves(Position position) {
        List<Map.Entry<Position, String>> moves = new ArrayList<>();
        for (String token : new TreeSet<>(position.tokens())) {
            String board = token.substring(0, token.lastIndexOf('/') + 1);
            String id = token.substring(token.lastIndexOf('/') + 1);
            Element element = Objects.requireNonNull(elements.get(id), id);
            for (Position after : step(position, token, board, element)) {
                moves.add(Map.entry(after, id));
            }
            for (Element event : attached.getOrDefault(id, List.of())) {
                if (has(event, "errorEventDefinition")) {
                    continue;
                }
                List<String> left = new ArrayList<>(position.tokens());
                if (!event.getAttribute("cancelActivity").equals("false")) {
                    left.remove(token);
                    left.removeIf(each -> each.startsWith(token + "/"));
                }
                left.add(board + event.getAttribute("id"));
                moves.add(Map.entry(position(left, position.door()), event.getAttribute("id")));
            }
        }
        Set<String> boards = new TreeSet<>(Set.of("/"));
        position.tokens().stream()
                .filter(token -> name(token).equals("subProcess"))
                .forEach(token -> boards.add(token + "/"));
        for (String board : boards) {
            for (Element side : sides(board)) {
                Element start = inside(side, "startEvent").get(0);
                boolean spontaneous = !has(start, "errorEventDefinition");
                boolean busy = position.tokens().contains(board + side.getAttribute("id"));
                if (spontaneous && !busy) {
                    moves.add(Map.entry(beside(position, board, side, start), side.getAttribute("id")));
                }
            }
        }
        return moves;
    }

    private List<Position> step(Position position, String token, String board, Element element) {
        List<String> left = new ArrayList<>(position.tokens());
        left.remove(token);
        String id = element.getAttribute("id");
        List<Position> after = new ArrayList<>();
        switch (element.getLocalName()) {
            case "sequenceFlow" -> {
                List<String> needed = entering.getOrDefault(element.getAttribute("targetRef"), List.of());
                List<String> rest = new ArrayList<>(position.tokens());
                for (String flow : needed) {
                    if (!rest.remove(board + flow)) {
                        return List.of();
                    }
                }
                after.add(all(
                        rest,
                        position.door(),
                        board,
                        leaving.getOrDefault(element.getAttribute("targetRef"), List.of())));
            }
            case "subProcess" -> {
                if (position.tokens().stream().anyMatch(each -> each.startsWith(token + "/"))) {
                    return List.of();
                }
                after.add(all(left, position.door(), board, leaving.getOrDefault(id, List.of())));
            }
            case "endEvent" -> {
                if (has(element, "terminateEventDefinition")) {
                    left.removeIf(each -> each.startsWith(board));
                }
                if (has(element, "errorEventDefinition")) {
                    after.addAll(thrown(left, position.door(), token));
                } else {
                    after.add(position(left, position.door()));
                }
            }
            case "exclusiveGateway" -> {
                for (Element flow : leaving.getOrDefault(id, List.of())) {
                    after.add(all(left, position.door(), board, List.of(flow)));
                }
            }
            case "inclusiveGateway" -> after.addAll(some(left, position.door(), board, element));
            case "serviceTask" -> {
                String bean = element.getAttributeNS(CAMUNDA, "delegateExpression");
                if (bean.equals("${provisionAccessDelegate}") || bean.equals("${confirmAccessDelegate}")) {
                    after.addAll(thrown(left, Door.WIDE, token));
                }
                after.add(all(left, afterwards(bean, position.door()), board, leaving.getOrDefault(id, List.of())));
            }
            case "callActivity" -> after.add(all(left, Door.SHUT, board, leaving.getOrDefault(id, List.of())));
            default -> after.add(all(left, position.door(), board, leaving.getOrDefault(id, List.of())));
        }
        return after;
    }

    private static Door afterwards(String bean, Door door) {
        return switch (bean) {
            case "${openGrantDelegate}", "${provisionAccessDelegate}", "${confirmAccessDelegate}" -> Door.WIDE;
            case "${beginRevocationDelegate}" -> door == Door.WIDE ? Door.TOLD : door;
            case "${revokeAccessDelegate}" -> door == Door.TOLD ? Door.ASKED : door;
            default -> door;
        };
    }

    /** Puts a token at the end of each flow; the answer "confirmed" right behind the question shuts the door. */
    private Position all(List<String> left, Door door, String board, List<Element> flows) {
        List<String> tokens = new ArrayList<>(left);
        Door now = door;
        for (Element flow : flows) {
            if (now == Door.ASKED && isConfirmation(flow)) {
                now = Door.SHUT;
            }
            String target = flow.getAttribute("targetRef");
            Element next = elements.get(target);
            if (next == null) {
                // An edit has left a flow without its end; its token is gone.
                continue;
            }
            if (next.getLocalName().equals("parallelGateway")
                    && entering.getOrDefault(target, List.of()).size() > 1) {
                tokens.add(board + flow.getAttribute("id"));
            } else {
                now = put(tokens, now, board, next);
            }
        }
        return position(tokens, now);
    }

    private Door put(List<String> tokens, Door door, String board, Element element) {
        String token = board + element.getAttribute("id");
        tokens.add(token);
        if (element.getLocalName().equals("callActivity")
                || element.getAttributeNS(CAMUNDA, "delegateExpression").equals("${provisionAccessDelegate}")) {
            return Door.WIDE;
        }
        if (element.getLocalName().equals("subProcess")) {
            inside(element, "startEvent").forEach(start -> tokens.add(token + "/" + start.getAttribute("id")));
        }
        return door;
    }

    private boolean isConfirmation(Element flow) {
        String gateway = flow.getAttribute("sourceRef");
        List<Element> conditions = inside(flow, "conditionExpression");
        return !conditions.isEmpty()
                && conditions.get(0).getTextContent().equals("${removal == 'confirmed'}")
                && entering.getOrDefault(gateway, List.of()).stream()
                        .map(each -> Objects.requireNonNull(elements.get(each)).getAttribute("sourceRef"))
                        .allMatch(each -> elements.containsKey(each)
                                && Objects.requireNonNull(elements.get(each))
                                        .getAttributeNS(CAMUNDA, "delegateExpression")
                                        .equals("${confirmRemovalDelegate}"));
    }

    private List<Position> some(List<String> left, Door door, String board, Element gateway) {
        List<Element> fixed = new ArrayList<>();
        List<Element> free = new ArrayList<>();
        Optional<Element> fallback = Optional.empty();
        for (Element flow : leaving.getOrDefault(gateway.getAttribute("id"), List.of())) {
            if (flow.getAttribute("id").equals(gateway.getAttribute("default"))) {
                fallback = Optional.of(flow);
            } else {
                (has(flow, "conditionExpression") ? free : fixed).add(flow);
            }
        }
        List<List<Element>> choices = new ArrayList<>(List.of(fixed));
        for (Element flow : free) {
            for (List<Element> choice : List.copyOf(choices)) {
                List<Element> longer = new ArrayList<>(choice);
                longer.add(flow);
                choices.add(longer);
            }
        }
        List<Position> after = new ArrayList<>();
        for (List<Element> choice : choices) {
            List<Element> taken = choice.isEmpty() ? fallback.stream().toList() : choice;
            if (!taken.isEmpty()) {
                after.add(all(left, door, board, taken));
            }
        }
        return after;
    }

    /** From the innermost outwards: who catches the failure goes on, and if nobody does the token is gone. */
    private List<Position> thrown(List<String> left, Door door, String token) {
        String place = token;
        while (!place.isEmpty()) {
            String here = place;
            String board = here.substring(0, here.lastIndexOf('/') + 1);
            String id = here.substring(here.lastIndexOf('/') + 1);
            List<Position> caught = new ArrayList<>();
            for (Element event : attached.getOrDefault(id, List.of())) {
                if (has(event, "errorEventDefinition")) {
                    List<String> tokens = new ArrayList<>(left);
                    tokens.remove(here);
                    tokens.removeIf(each -> each.startsWith(here + "/"));
                    tokens.add(board + event.getAttribute("id"));
                    caught.add(position(tokens, door));
                }
            }
            for (Element side : sides(board)) {
                Element start = inside(side, "startEvent").get(0);
                if (has(start, "errorEventDefinition")
                        && !side.getAttribute("id").equals(id)) {
                    caught.add(beside(new Position(left, door), board, side, start));
                }
            }
            if (!caught.isEmpty()) {
                return caught;
            }
            place = here.substring(0, here.lastIndexOf('/'));
        }
        return List.of(position(left, door));
    }

    private Position beside(Position position, String board, Element side, Element start) {
        List<String> tokens = new ArrayList<>(position.tokens());
        if (!start.getAttribute("isInterrupting").equals("false")) {
            tokens.removeIf(each -> each.startsWith(board));
        }
        Door door = put(tokens, position.door(), board, side);
        return position(tokens, door);
    }

    private List<Element> sides(String board) {
        Element scope = board.equals("/")
                ? process
                : elements.get(board.substring(board.lastIndexOf('/', board.length() - 2) + 1, board.length() - 1));
        return inside(scope, "subProcess").stream()
                .filter(each -> each.getAttribute("triggeredByEvent").equals("true"))
                .toList();
    }

    private String name(String token) {
        return Objects.requireNonNull(elements.get(token.substring(token.lastIndexOf('/') + 1)))
                .getLocalName();
    }

    private static Position position(List<String> tokens, Door door) {
        List<String> sorted = new ArrayList<>(tokens);
        Collections.sort(sorted);
        List<String> bounded = new ArrayList<>();
        for (String token : sorted) {
            if (Collections.frequency(bounded, token) < MOST_TOKENS) {
                bounded.add(token);
            }
        }
        return new Position(bounded, door);
    }

    private static boolean has(Element element, String name) {
        return !inside(element, name).isEmpty();
    }

    private static List<Element> inside(@Nullable Element around, String name) {
        List<Element> found = new ArrayList<>();
        Node child = around == null ? null : around.getFirstChild();
        for (; child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getLocalName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
