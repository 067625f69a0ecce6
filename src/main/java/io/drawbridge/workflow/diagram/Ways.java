package io.drawbridge.workflow.diagram;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.IntermediateCatchEvent;
import org.camunda.bpm.model.bpmn.instance.ParallelGateway;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TerminateEventDefinition;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/**
 * Every state that an instance of the diagram can come to: where its tokens are, and what has become of the access.
 *
 * <p>More ways than the engine takes, never fewer: each answer is possible, each event can come whenever something waits,
 * each task that can fail fails. Two tokens or more at one place count as many, so that there is an end to it.
 */
final class Ways {
    /** The shipped diagrams have fewer than two hundred. */
    private static final int MOST = 20_000;

    private static final int MANY = 2;

    /** Places with tokens at once; the shipped diagrams have fewer than ten. */
    private static final int MOST_TOKENS = 20;

    /** What has become of the access; it is due to be revoked once its end has come, and only a confirmed revocation closes it. */
    enum Access {
        CLOSED,
        OPEN,
        DUE,
        ENDING,
        REVOKING
    }

    /**
     * Tokens by the id of the node at which they are, or of the flow on which they wait for others to join.
     *
     * @param owed what the request still waits for
     */
    record State(SortedMap<String, Integer> tokens, Access access, Set<Owed> owed) {
        State with(Access become) {
            return new State(tokens, become, owed);
        }

        State with(SortedMap<String, Integer> moved) {
            return new State(moved, access, owed);
        }

        State with(Set<Owed> left) {
            return left.equals(owed) ? this : new State(tokens, access, left);
        }
    }

    /** @param byItself needs nobody and nothing from outside, and no longer than a revocation may take */
    private record Step(State after, FlowNode by, boolean byItself) {}

    private final Diagram diagram;
    private final Map<State, List<Step>> explored = new LinkedHashMap<>();
    private final Set<FlowNode> leaks = new LinkedHashSet<>();
    private final Map<FlowNode, Set<Owed>> unanswered = new LinkedHashMap<>();
    private final Map<FlowNode, Set<Owed>> early = new LinkedHashMap<>();
    private final Set<FlowNode> uncaught = new LinkedHashSet<>();
    private final Set<FlowNode> twice = new LinkedHashSet<>();
    private List<State> resting = List.of();
    private boolean tooMany;

    private Ways(Diagram diagram) {
        this.diagram = diagram;
    }

    static Ways of(Diagram diagram) {
        Ways ways = new Ways(diagram);
        Diagram.start(diagram.process()).ifPresent(ways::explore);
        ways.resting = ways.explored.keySet().stream()
                .filter(state -> ways.moving(state).isEmpty())
                .toList();
        return ways;
    }

    /** Nodes with which an instance can end while its access is not closed. */
    Set<FlowNode> leaks() {
        return Collections.unmodifiableSet(leaks);
    }

    /** Nodes with which an instance can end, each with what its request then still waits for. */
    Map<FlowNode, Set<Owed>> unanswered() {
        return Collections.unmodifiableMap(unanswered);
    }

    /** Nodes to which an instance can come too early, each with what has to be done before. */
    Map<FlowNode, Set<Owed>> early() {
        return Collections.unmodifiableMap(early);
    }

    /** Nodes whose error nothing catches, and which would end there (7.24: as if they were ends). */
    Set<FlowNode> uncaught() {
        return Collections.unmodifiableSet(uncaught);
    }

    /** Sub-processes that can run twice at once. */
    Set<FlowNode> twice() {
        return Collections.unmodifiableSet(twice);
    }

    /** Whether there are more states than were looked at. */
    boolean tooMany() {
        return tooMany;
    }

    /** States in which nothing moves until something happens. */
    List<State> resting() {
        return resting;
    }

    /**
     * Where tokens are from which no way leads to a closed access, nor to an end; none that goes by itself, once the access
     * has ended.
     */
    Set<FlowNode> stuck() {
        Set<State> hopeful = leadingToTheEnd(step -> true);
        Set<State> byThemselves = leadingToTheEnd(Step::byItself);
        Set<FlowNode> stuck = new LinkedHashSet<>();
        explored.keySet().stream()
                .filter(state -> state.access() != Access.CLOSED)
                .filter(state -> !(state.access() == Access.OPEN ? hopeful : byThemselves).contains(state))
                .filter(state -> moving(state).isEmpty())
                .forEach(state -> stuck.addAll(at(state)));
        return stuck;
    }

    private Set<State> leadingToTheEnd(Predicate<Step> by) {
        Map<State, List<State>> before = new LinkedHashMap<>();
        explored.forEach((state, steps) -> steps.stream().filter(by).forEach(step -> before.computeIfAbsent(
                        step.after(), none -> new ArrayList<>())
                .add(state)));
        Deque<State> good = new ArrayDeque<>(before.keySet().stream()
                .filter(state ->
                        state.access() == Access.CLOSED || state.tokens().isEmpty())
                .toList());
        Set<State> leading = new HashSet<>(good);
        while (!good.isEmpty()) {
            for (State earlier : before.getOrDefault(good.pop(), List.of())) {
                if (leading.add(earlier)) {
                    good.push(earlier);
                }
            }
        }
        return leading;
    }

    /** The nodes at which the tokens of the state are, those that wait for others to join at their gateway. */
    Set<FlowNode> at(State state) {
        Set<FlowNode> nodes = new LinkedHashSet<>();
        for (String id : state.tokens().keySet()) {
            diagram.node(id).or(() -> flow(id).map(SequenceFlow::getTarget)).ifPresent(nodes::add);
        }
        return nodes;
    }

    private void explore(StartEvent start) {
        State first = enter(new State(new TreeMap<>(), Access.CLOSED, Set.of()), start);
        Set<State> seen = new HashSet<>(Set.of(first));
        Deque<State> next = new ArrayDeque<>(seen);
        while (!next.isEmpty()) {
            State state = next.pop();
            List<Step> steps = steps(state);
            explored.put(state, steps);
            for (Step step : steps) {
                if (step.after().tokens().isEmpty()) {
                    ended(step);
                } else if (seen.add(step.after())) {
                    next.push(step.after());
                }
                if (seen.size() > MOST || step.after().tokens().size() > MOST_TOKENS) {
                    tooMany = true;
                    return;
                }
            }
        }
    }

    private void ended(Step step) {
        if (step.after().access() != Access.CLOSED) {
            leaks.add(step.by());
        }
        if (!step.after().owed().isEmpty()) {
            unanswered
                    .computeIfAbsent(step.by(), none -> EnumSet.noneOf(Owed.class))
                    .addAll(step.after().owed());
        }
    }

    /** What moves by itself, before anything else can happen: it is one transaction of the engine. */
    private List<String> moving(State state) {
        return state.tokens().keySet().stream()
                .filter(id -> flow(id).map(flow -> isJoined(state, flow)).orElseGet(() -> diagram.node(id)
                        .filter(node ->
                                node instanceof SubProcess ? inside(state, node).isEmpty() : !diagram.waits(node))
                        .isPresent()))
                .toList();
    }

    private List<Step> steps(State state) {
        List<Step> steps = new ArrayList<>();
        List<String> moving = moving(state);
        if (!moving.isEmpty()) {
            moving.forEach(id -> advance(state, id, steps));
            return steps;
        }
        for (String id : state.tokens().keySet()) {
            Optional<FlowNode> node = diagram.node(id);
            if (node.isEmpty()) {
                continue;
            }
            if (!(node.get() instanceof SubProcess)) {
                advance(state, id, steps);
            }
            for (BoundaryEvent event : diagram.boundaries(node.get())) {
                if (Diagram.definition(event, ErrorEventDefinition.class).isEmpty()) {
                    State left = event.cancelActivity() ? without(state, each -> isAtOrIn(each, node.get())) : state;
                    steps.add(new Step(enter(event.cancelActivity() ? told(left, event) : left, event), event, false));
                }
            }
        }
        for (SubProcess side : diagram.sides()) {
            boolean runs = diagram.isTopLevel(side)
                    || state.tokens().containsKey(((FlowNode) side.getParentElement()).getId());
            boolean called = Diagram.start(side)
                    .filter(start -> Diagram.definition(start, ErrorEventDefinition.class)
                            .isEmpty())
                    .isPresent();
            if (runs && called) {
                steps.add(new Step(beginAside(state, side), side, false));
            }
        }
        return steps;
    }

    private void advance(State state, String id, List<Step> steps) {
        Optional<SequenceFlow> joined = flow(id);
        if (joined.isPresent()) {
            FlowNode join = joined.get().getTarget();
            State left = state;
            for (SequenceFlow incoming : diagram.incoming(join)) {
                left = less(left, incoming.getId()).get(0);
            }
            leave(left, join).forEach(after -> steps.add(new Step(after, join, true)));
            return;
        }
        FlowNode node = diagram.node(id).orElseThrow();
        boolean byItself = !diagram.waits(node)
                || node instanceof ServiceTask
                || (node instanceof IntermediateCatchEvent && EndOfAccess.goesOnByItself(diagram, node));
        for (State left : less(state, id)) {
            if (diagram.delegate(node).filter(Delegate::mayFail).isPresent()) {
                fail(left, node, Diagram.PROVISIONING_FAILED)
                        .forEach(after -> steps.add(new Step(after, node, byItself)));
            }
            leave(done(left, node), node).forEach(after -> steps.add(new Step(after, node, byItself)));
        }
    }

    /** The states in which one token fewer is at the place. */
    private static List<State> less(State state, String id) {
        SortedMap<String, Integer> fewer = new TreeMap<>(state.tokens());
        int count = fewer.getOrDefault(id, 0);
        if (count >= MANY) {
            SortedMap<String, Integer> one = new TreeMap<>(fewer);
            one.put(id, 1);
            return List.of(state.with(one), state);
        }
        fewer.remove(id);
        return List.of(state.with(fewer));
    }

    /** What the node has done to the access, and what the request no longer waits for, when it is left. */
    private State done(State state, FlowNode node) {
        Access access = state.access();
        Delegate.Effect effect = diagram.effect(node);
        if (node instanceof CallActivity) {
            access = Access.CLOSED;
        } else if (effect == Delegate.Effect.BEGINS_REVOCATION && (access == Access.OPEN || access == Access.DUE)) {
            access = Access.ENDING;
        } else if (effect == Delegate.Effect.REVOKES && access == Access.ENDING) {
            access = Access.REVOKING;
        }
        return told(state.with(access), node).with(Owed.after(diagram, node, state.owed()));
    }

    /** The end of the access has come, be it by its time or because somebody ends it early. */
    private static State told(State state, FlowNode event) {
        boolean end = Diagram.strikesAtTheEnd(event) || Hearing.message(event).equals(Diagram.GRANT_ENDED_EARLY);
        State ended = end && state.access() == Access.OPEN ? state.with(Access.DUE) : state;
        return Hearing.message(event).equals(Diagram.REQUEST_WITHDRAWN)
                ? ended.with(Owed.withdrawn(state.owed()))
                : ended;
    }

    private List<State> leave(State state, FlowNode node) {
        if (node instanceof EndEvent end) {
            if (Diagram.definition(end, TerminateEventDefinition.class).isPresent()) {
                ModelElementInstance scope = end.getParentElement();
                return List.of(without(state, each -> isIn(each, scope)));
            }
            Optional<ErrorEventDefinition> error = Diagram.definition(end, ErrorEventDefinition.class);
            return error.isPresent()
                    ? fail(state, end, Diagram.text(error.get().getError().getErrorCode()))
                    : List.of(state);
        }
        Collection<SequenceFlow> ways = diagram.outgoing(node);
        if (node instanceof ExclusiveGateway) {
            return ways.stream().map(flow -> arrive(state, flow)).toList();
        }
        if (node instanceof InclusiveGateway gateway) {
            return leaveSome(state, gateway);
        }
        State after = state;
        for (SequenceFlow flow : ways) {
            after = arrive(after, flow);
        }
        return List.of(after);
    }

    /** Any of those with a condition, and those without one; the default alone if there would be none. */
    private List<State> leaveSome(State state, InclusiveGateway gateway) {
        List<SequenceFlow> answers = new ArrayList<>();
        List<SequenceFlow> always = new ArrayList<>();
        for (SequenceFlow flow : diagram.outgoing(gateway)) {
            if (!flow.equals(gateway.getDefault())) {
                (flow.getConditionExpression() == null ? always : answers).add(flow);
            }
        }
        List<State> after = new ArrayList<>();
        for (int chosen = 0; chosen < 1 << Math.min(answers.size(), 10); chosen++) {
            List<SequenceFlow> taken = new ArrayList<>(always);
            for (int i = 0; i < answers.size(); i++) {
                if ((chosen >> i & 1) == 1) {
                    taken.add(answers.get(i));
                }
            }
            if (taken.isEmpty() && gateway.getDefault() != null) {
                taken.add(gateway.getDefault());
            }
            State next = state;
            for (SequenceFlow flow : taken) {
                next = arrive(next, flow);
            }
            if (!taken.isEmpty()) {
                after.add(next);
            }
        }
        return after;
    }

    private State arrive(State state, SequenceFlow flow) {
        State told = state.access() == Access.REVOKING && confirmsTheRemoval(flow) ? state.with(Access.CLOSED) : state;
        State answered = told.with(Owed.along(diagram, flow, state.owed()));
        FlowNode target = flow.getTarget();
        return target instanceof ParallelGateway && diagram.incoming(target).size() > 1
                ? more(answered, flow.getId())
                : enter(answered, target);
    }

    /** The cloud has said that the access is gone, a moment ago. */
    private boolean confirmsTheRemoval(SequenceFlow flow) {
        return diagram.comparison(flow)
                        .filter(comparison -> comparison.outcome() == Outcome.REMOVAL
                                && comparison.word().equals("confirmed"))
                        .isPresent()
                && JudgedBeforeOpened.isFedBy(diagram, flow.getSource(), Delegate.Effect.CONFIRMS_REMOVAL);
    }

    private State enter(State state, FlowNode node) {
        Access access =
                switch (diagram.effect(node)) {
                    case OPENS, PROVISIONS, CONFIRMS_ACCESS -> state.access() == Access.DUE ? Access.DUE : Access.OPEN;
                    default -> node instanceof CallActivity ? Access.OPEN : state.access();
                };
        Set<Owed> before = Owed.tooLate(node, state.owed());
        if (!before.isEmpty()) {
            early.computeIfAbsent(node, none -> EnumSet.noneOf(Owed.class)).addAll(before);
        }
        State entered = more(state.with(access).with(Owed.at(node, state.owed())), node.getId());
        if (node instanceof SubProcess subProcess) {
            if (entered.tokens().getOrDefault(node.getId(), 0) >= MANY) {
                twice.add(node);
                return state;
            }
            return Diagram.start(subProcess).map(start -> enter(entered, start)).orElse(entered);
        }
        return entered;
    }

    private static State more(State state, String id) {
        SortedMap<String, Integer> tokens = new TreeMap<>(state.tokens());
        tokens.merge(id, 1, (one, another) -> Math.min(one + another, MANY));
        return state.with(tokens);
    }

    /** The nearest that catches the error goes on; if nothing does, the token ends there. */
    private List<State> fail(State state, FlowNode origin, String code) {
        for (FlowNode around : diagram.outwards(origin)) {
            List<State> caught = new ArrayList<>();
            for (BoundaryEvent event : diagram.boundaries(around)) {
                if (catches(event, code)) {
                    caught.add(enter(without(state, each -> isAtOrIn(each, around)), event));
                }
            }
            for (SubProcess side : diagram.sides()) {
                boolean near = side.getParentElement().equals(around.getParentElement()) && !around.equals(side);
                if (near
                        && Diagram.start(side)
                                .filter(start -> catches(start, code))
                                .isPresent()) {
                    caught.add(beginAside(state, side));
                }
            }
            if (!caught.isEmpty()) {
                return caught;
            }
        }
        uncaught.add(origin);
        return List.of(state);
    }

    private static boolean catches(CatchEvent event, String code) {
        return Diagram.definition(event, ErrorEventDefinition.class)
                .filter(error ->
                        error.getError() == null || code.equals(error.getError().getErrorCode()))
                .isPresent();
    }

    private State beginAside(State state, SubProcess side) {
        boolean interrupts = Diagram.start(side)
                .filter(start -> start.isInterrupting()
                        || Diagram.definition(start, ErrorEventDefinition.class).isPresent())
                .isPresent();
        ModelElementInstance scope = side.getParentElement();
        State left = interrupts ? without(state, each -> isIn(each, scope)) : state;
        State begun = Diagram.start(side)
                .filter(StartEvent::isInterrupting)
                .map(start -> told(left, start))
                .orElse(left);
        return enter(begun, side);
    }

    private boolean isJoined(State state, SequenceFlow flow) {
        return diagram.incoming(flow.getTarget()).stream()
                .allMatch(incoming -> state.tokens().containsKey(incoming.getId()));
    }

    private Set<String> inside(State state, FlowNode scope) {
        Set<String> inside = new LinkedHashSet<>(state.tokens().keySet());
        inside.removeIf(id -> !isIn(id, scope));
        return inside;
    }

    private boolean isAtOrIn(String id, FlowNode node) {
        return id.equals(node.getId()) || isIn(id, node);
    }

    /** The place lies inside the sub-process, or anywhere if the scope is the process. */
    private boolean isIn(String id, ModelElementInstance scope) {
        if (!(scope instanceof FlowNode around)) {
            return true;
        }
        return diagram.node(id)
                .or(() -> flow(id).map(SequenceFlow::getTarget))
                .filter(node -> diagram.lies(node, around))
                .isPresent();
    }

    private static State without(State state, Predicate<String> gone) {
        SortedMap<String, Integer> tokens = new TreeMap<>(state.tokens());
        tokens.keySet().removeIf(gone);
        return state.with(tokens);
    }

    private Optional<SequenceFlow> flow(String id) {
        return diagram.flow(id);
    }
}
