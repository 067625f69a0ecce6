package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.UserTask;

/**
 * When in doubt, no: questions are asked at exclusive gateways, and each has a default answer that leads to no access, to
 * asking again or to an alarm.
 */
final class SafeDefaults implements Rule {
    /** Parts of the way to access, which nobody takes without a clear yes. */
    private static final Set<Delegate.Effect> ONWARDS =
            EnumSet.of(Delegate.Effect.JUDGES, Delegate.Effect.ASKS, Delegate.Effect.APPROVES, Delegate.Effect.OPENS);

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        for (SequenceFlow flow : diagram.all(SequenceFlow.class)) {
            boolean asked =
                    flow.getSource() instanceof ExclusiveGateway || flow.getSource() instanceof InclusiveGateway;
            if (flow.getConditionExpression() != null
                    && (!asked || diagram.outgoing(flow.getSource()).size() < 2)) {
                flaws.add(Diagram.flaw(
                        flow, "It has a condition although nothing is asked here; remove it, or draw a gateway."));
            }
        }
        for (ExclusiveGateway gateway : diagram.all(ExclusiveGateway.class)) {
            if (diagram.outgoing(gateway).size() > 1) {
                exclusive(diagram, gateway, flaws);
            }
        }
        for (InclusiveGateway gateway : diagram.all(InclusiveGateway.class)) {
            inclusive(diagram, gateway, flaws);
        }
        return flaws;
    }

    /**
     * It says what follows a broken glass besides, and nothing else. NB. It takes every answer that holds and its default only
     * where none does, so that it goes on to access without a yes, or with a no beside it.
     */
    private static void inclusive(Diagram diagram, InclusiveGateway gateway, List<Flaw> flaws) {
        if (gateway.getDefault() != null) {
            flaws.add(Diagram.flaw(
                    gateway,
                    "An inclusive gateway decides nothing and has no default; let an exclusive gateway ask, with the safe"
                            + " answer as its default."));
        }
        List<SequenceFlow> conditional = diagram.outgoing(gateway).stream()
                .filter(flow -> flow.getConditionExpression() != null)
                .toList();
        conditional.stream()
                .filter(flow -> !asksForAnEmergency(diagram, flow))
                .forEach(flow -> flaws.add(Diagram.flaw(
                        flow,
                        "An inclusive gateway decides nothing and asks only whether ${mode == 'break_glass'}; let an exclusive"
                                + " gateway ask, with the safe answer as its default.")));
        if (conditional.size() == diagram.outgoing(gateway).size()) {
            flaws.add(Diagram.flaw(
                    gateway, "Where no answer holds it would be stuck; give it a flow without a condition."));
        }
    }

    static boolean asksForAnEmergency(Diagram diagram, SequenceFlow flow) {
        return diagram.comparison(flow)
                .filter(comparison -> comparison.outcome() == Outcome.MODE
                        && comparison.word().equals(Outcome.MODE.safe()))
                .isPresent();
    }

    private static void exclusive(Diagram diagram, ExclusiveGateway gateway, List<Flaw> flaws) {
        SequenceFlow fallback = gateway.getDefault();
        if (fallback == null || !diagram.outgoing(gateway).contains(fallback)) {
            flaws.add(Diagram.flaw(gateway, "It has no default flow; make the safe answer the default."));
            return;
        }
        if (fallback.getConditionExpression() != null) {
            flaws.add(Diagram.flaw(fallback, "The default flow has a condition; remove the condition."));
        }
        List<SequenceFlow> answers = diagram.outgoing(gateway).stream()
                .filter(flow -> !flow.equals(fallback))
                .toList();
        answers.stream()
                .filter(flow -> flow.getConditionExpression() == null)
                .forEach(flow -> flaws.add(Diagram.flaw(
                        flow,
                        "It has no condition; say which answer leads here, such as" + " ${decision == 'approved'}.")));
        List<Outcome.Comparison> compared = answers.stream()
                .map(diagram::comparison)
                .flatMap(Optional::stream)
                .toList();
        Set<Outcome> asked = compared.stream().map(Outcome.Comparison::outcome).collect(Collectors.toSet());
        if (asked.size() > 1) {
            flaws.add(Diagram.flaw(gateway, "It asks for several outcomes at once; draw a gateway for each."));
            return;
        }
        for (SequenceFlow flow : answers) {
            diagram.comparison(flow)
                    .filter(comparison ->
                            comparison.word().equals(comparison.outcome().safe()))
                    .ifPresent(comparison -> flaws.add(Diagram.flaw(
                            flow,
                            "The answer '" + comparison.word() + "' of \""
                                    + comparison.outcome().variable()
                                    + "\" is the safe one; make it the default flow, and let the others have the"
                                    + " conditions.")));
        }
        asked.stream()
                .findFirst()
                .flatMap(outcome -> doubt(diagram, outcome, fallback))
                .ifPresent(flaws::add);
    }

    /** Where the default flow leads although nothing is known. */
    private static Optional<Flaw> doubt(Diagram diagram, Outcome outcome, SequenceFlow fallback) {
        return switch (outcome) {
            case MODE -> alarm(diagram, fallback);
            case ACCESS -> again(diagram, fallback, Delegate.Effect.CONFIRMS_ACCESS);
            case REMOVAL -> again(diagram, fallback, Delegate.Effect.CONFIRMS_REMOVAL);
            case ARRIVAL, JUSTIFIED, JUDGEMENT, DECISION, MAY_OPEN ->
                inScope(diagram, fallback).stream()
                        .filter(node -> node instanceof CallActivity
                                || node instanceof UserTask
                                || ONWARDS.contains(diagram.effect(node)))
                        .findFirst()
                        .map(onwards -> Diagram.flaw(
                                fallback,
                                "The default flow must be the safe one, and this one leads on to \"" + onwards.getId()
                                        + "\"; lead it to a denial, and give the way to access a condition."));
        };
    }

    private static Optional<Flaw> alarm(Diagram diagram, SequenceFlow fallback) {
        FlowNode next = fallback.getTarget();
        while (next instanceof Gateway && diagram.outgoing(next).size() == 1) {
            next = diagram.outgoing(next).iterator().next().getTarget();
        }
        return diagram.delegate(next)
                        .filter(Delegate.NOTIFY_BREAK_GLASS::equals)
                        .isPresent()
                ? Optional.empty()
                : Optional.of(Diagram.flaw(
                        fallback,
                        "The default flow must be the safe one; lead it to the task with ${notifyBreakGlassDelegate}"
                                + " first, so that no broken glass stays silent."));
    }

    private static Optional<Flaw> again(Diagram diagram, SequenceFlow fallback, Delegate.Effect asks) {
        Set<FlowNode> ahead = diagram.along(fallback.getTarget(), node -> diagram.effect(node) != asks);
        boolean comesBack = ahead.stream().anyMatch(node -> diagram.effect(node) == asks);
        boolean goesOn = ahead.stream()
                .anyMatch(node -> node instanceof EndEvent
                        || (diagram.effect(node) == Delegate.Effect.NONE
                                && diagram.delegate(node).isPresent()));
        return comesBack && !goesOn
                ? Optional.empty()
                : Optional.of(Diagram.flaw(
                        fallback,
                        "The default flow must be the safe one; lead it over a timer back to the task that asks the"
                                + " cloud."));
    }

    /** What can come behind the flow, no further than to the end of the sub-process in which it lies. */
    private static Set<FlowNode> inScope(Diagram diagram, SequenceFlow flow) {
        Object scope = flow.getParentElement();
        return diagram.reached(flow.getTarget(), each -> true, node -> !node.equals(scope));
    }
}
