package io.drawbridge.workflow.diagram;

import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.ParallelGateway;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;

/** Whoever breaks the glass is asked about it afterwards: the review begins where the grant does. */
final class EmergenciesAreReviewed implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        Set<FlowNode> unreviewed = diagram.reached(flow -> true, node -> !beginsTheReview(diagram, node));
        return diagram.all(CallActivity.class).stream()
                .filter(unreviewed::contains)
                .map(call -> Diagram.flaw(
                        call,
                        "A way leads here on which a broken glass is not reviewed; let one inclusive or parallel gateway"
                                + " lead to the grant and to \"" + Parts.REVIEW
                                + "\", always or if ${mode == 'break_glass'}."))
                .toList();
    }

    private static boolean beginsTheReview(Diagram diagram, FlowNode node) {
        return (node instanceof InclusiveGateway || node instanceof ParallelGateway)
                && diagram.outgoing(node).stream()
                        .filter(flow -> Parts.REVIEW.equals(flow.getTarget().getId()))
                        .anyMatch(flow -> holdsInAnEmergency(diagram, node, flow));
    }

    private static boolean holdsInAnEmergency(Diagram diagram, FlowNode node, SequenceFlow flow) {
        boolean fallback = node instanceof InclusiveGateway gateway && flow.equals(gateway.getDefault());
        return flow.getConditionExpression() == null ? !fallback : SafeDefaults.asksForAnEmergency(diagram, flow);
    }
}
