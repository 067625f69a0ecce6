package io.drawbridge.workflow.diagram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;

/** Who is asked has a time: a justification an end, an approval an end and an escalation before it. */
final class DeadlinesOfPeople implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        diagram.node(Parts.JUSTIFY).ifPresent(task -> {
            demand(
                    diagram,
                    task,
                    "BoundaryEvent_JustificationOverdue",
                    event -> event.cancelActivity() && !Diagram.isCycle(event),
                    Delegate.EXPIRE_JUSTIFICATION,
                    "an interrupting timer that says until when the requester may justify",
                    flaws);
        });
        diagram.node(Parts.APPROVE).ifPresent(task -> {
            demand(
                    diagram,
                    task,
                    "BoundaryEvent_ApprovalExpired",
                    event -> event.cancelActivity()
                            && Expressions.unlessThePolicySays(Diagram.timer(event))
                                    .isPresent(),
                    Delegate.EXPIRE_REQUEST,
                    "an interrupting timer with which the request expires, such as ${approvalTimeout == null ? 'PT24H' :"
                            + " approvalTimeout}",
                    flaws);
            demand(
                    diagram,
                    task,
                    "BoundaryEvent_ApprovalOverdue",
                    event -> !event.cancelActivity() && comesBefore(diagram, event, "BoundaryEvent_ApprovalExpired"),
                    Delegate.ESCALATE_REQUEST,
                    "a repeating timer that interrupts nothing and asks the next rung, without an end such as R/PT1H and"
                            + " sooner than the request expires",
                    flaws);
        });
        return flaws;
    }

    private static boolean comesBefore(Diagram diagram, BoundaryEvent cycle, String expiry) {
        Optional<Duration> last = diagram.node(expiry).map(Diagram::timer).flatMap(Expressions::unlessThePolicySays);
        return Expressions.round(Diagram.timer(cycle))
                .filter(each -> last.isEmpty() || each.compareTo(last.get()) < 0)
                .isPresent();
    }

    private static void demand(
            Diagram diagram,
            FlowNode task,
            String id,
            Predicate<BoundaryEvent> shape,
            Delegate first,
            String words,
            List<Flaw> flaws) {
        boolean kept = diagram.boundaries(task).stream()
                .filter(event -> id.equals(event.getId()))
                .filter(event -> !Diagram.timer(event).isEmpty())
                .filter(shape)
                .flatMap(event -> diagram.outgoing(event).stream())
                .map(SequenceFlow::getTarget)
                .anyMatch(next -> diagram.delegate(next).filter(first::equals).isPresent());
        if (!kept) {
            flaws.add(Diagram.flaw(
                    task,
                    "It needs " + words + ": attach \"" + id + "\" and lead it to the task with ${" + first.bean()
                            + "}."));
        }
    }
}
