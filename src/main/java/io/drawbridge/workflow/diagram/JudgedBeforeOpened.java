package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;

/** No access without a judgement and a confirmed approval before it, and none that was not written down first. */
final class JudgedBeforeOpened implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        Set<FlowNode> unjudged = diagram.reached(flow -> true, node -> diagram.effect(node) != Delegate.Effect.JUDGES);
        Set<FlowNode> unconfirmed = diagram.reached(flow -> !saysYes(diagram, flow), node -> true);
        Set<FlowNode> unwritten = diagram.reached(flow -> true, node -> diagram.effect(node) != Delegate.Effect.OPENS);
        for (CallActivity call : diagram.all(CallActivity.class)) {
            if (unjudged.contains(call)) {
                flaws.add(Diagram.flaw(
                        call,
                        "A way leads here on which no policy was asked; lead it through ${evaluatePolicyOnArrivalDelegate}"
                                + " or ${evaluatePolicyDelegate}."));
            }
            if (unconfirmed.contains(call)) {
                flaws.add(Diagram.flaw(
                        call,
                        "A way leads here on which nobody asked the request itself; lead it through"
                                + " ${confirmApprovalDelegate} and the answer ${mayOpen == 'yes'} right behind it."));
            }
        }
        if (diagram.all(CallActivity.class).size() > 1) {
            diagram.all(CallActivity.class).stream()
                    .skip(1)
                    .forEach(call ->
                            flaws.add(Diagram.flaw(call, "A request opens one grant; call timeboxed-grant once.")));
        }
        diagram.carriedOutBy(Delegate.Effect.OPENS).stream()
                .skip(1)
                .forEach(node -> flaws.add(Diagram.flaw(
                        node, "A grant is written down once, before anything else; remove the second time.")));
        diagram
                .carriedOutBy(
                        Delegate.Effect.PROVISIONS,
                        Delegate.Effect.CONFIRMS_ACCESS,
                        Delegate.Effect.BEGINS_REVOCATION,
                        Delegate.Effect.REVOKES,
                        Delegate.Effect.CONFIRMS_REMOVAL)
                .stream()
                .filter(unwritten::contains)
                .forEach(node -> flaws.add(Diagram.flaw(
                        node,
                        "A way leads here on which the grant and its end were not written down; lead it through"
                                + " ${openGrantDelegate}.")));
        return flaws;
    }

    private static boolean saysYes(Diagram diagram, SequenceFlow flow) {
        return diagram.comparison(flow)
                        .filter(comparison -> comparison.outcome() == Outcome.MAY_OPEN
                                && comparison.word().equals("yes"))
                        .isPresent()
                && isFedBy(diagram, flow.getSource(), Delegate.Effect.CONFIRMS_APPROVAL);
    }

    /** The gateway asks right behind such a task, so that what it reads was written a moment ago. */
    static boolean isFedBy(Diagram diagram, FlowNode gateway, Delegate.Effect effect) {
        return gateway instanceof ExclusiveGateway
                && !diagram.incoming(gateway).isEmpty()
                && diagram.incoming(gateway).stream().allMatch(flow -> diagram.effect(flow.getSource()) == effect);
    }
}
