package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.FlowNode;

/** What each diagram must have, and have reached from its start, so that no request and no access is left unattended. */
final class Parts implements Rule {
    static final String JUSTIFY = "UserTask_JustifyRequest";
    static final String APPROVE = "UserTask_ApproveRequest";
    static final String REVIEW = "UserTask_ReviewBreakGlass";

    private static final Map<String, List<Delegate>> DELEGATES = Map.of(
            Diagram.ACCESS_REQUEST,
            List.of(
                    Delegate.EVALUATE_POLICY_ON_ARRIVAL,
                    Delegate.EVALUATE_POLICY,
                    Delegate.ASK_APPROVERS,
                    Delegate.ESCALATE_REQUEST,
                    Delegate.EXPIRE_REQUEST,
                    Delegate.EXPIRE_JUSTIFICATION,
                    Delegate.NOTIFY_BREAK_GLASS,
                    Delegate.CONFIRM_APPROVAL),
            Diagram.TIMEBOXED_GRANT,
            List.of(
                    Delegate.OPEN_GRANT,
                    Delegate.PROVISION_ACCESS,
                    Delegate.CONFIRM_ACCESS,
                    Delegate.BEGIN_REVOCATION,
                    Delegate.REVOKE_ACCESS,
                    Delegate.CONFIRM_REMOVAL),
            Diagram.DRIFT_REMOVAL,
            List.of(Delegate.REMOVE_DRIFT),
            Diagram.STANDING_TROUBLE,
            List.of(Delegate.CONFIRM_REMEDY));

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        Set<FlowNode> reached = diagram.reached(flow -> true, node -> true);
        List<Flaw> flaws = new ArrayList<>();
        for (Delegate delegate : DELEGATES.getOrDefault(diagram.key(), List.of())) {
            if (reached.stream()
                    .noneMatch(node -> diagram.delegate(node).stream().anyMatch(delegate::equals))) {
                flaws.add(missing(diagram, "task with ${" + delegate.bean() + "}"));
            }
        }
        if (diagram.is(Diagram.ACCESS_REQUEST)) {
            for (String task : List.of(JUSTIFY, APPROVE, REVIEW)) {
                if (reached.stream().noneMatch(node -> task.equals(node.getId()))) {
                    flaws.add(missing(diagram, task));
                }
            }
            if (reached.stream().noneMatch(CallActivity.class::isInstance)) {
                flaws.add(missing(diagram, "call activity that calls timeboxed-grant"));
            }
            if (reached.stream().noneMatch(node -> Diagram.message(node).equals(Diagram.REQUEST_WITHDRAWN))) {
                flaws.add(missing(diagram, "event that takes the message RequestWithdrawn"));
            }
        }
        diagram.all(FlowNode.class).stream()
                .filter(node -> !reached.contains(node))
                .forEach(node ->
                        flaws.add(Diagram.flaw(node, "No way from the start leads here; connect it or remove it.")));
        return flaws;
    }

    private static Flaw missing(Diagram diagram, String part) {
        return new Flaw(
                diagram.key(), "No way from the start leads to a " + part + "; without it the process must not run.");
    }
}
