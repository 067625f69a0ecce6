package io.drawbridge.workflow.diagram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.IntermediateCatchEvent;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;

/**
 * The cloud is called in jobs of their own; what ends access goes before every other job and is tried again soon; and
 * whatever goes on failing is an incident soon.
 */
final class JobsOfTheirOwn implements Rule {
    private static final int URGENT = 100;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** All pauses of a job together: its incident comes after the last of them (7.24, {@code DefaultJobRetryCmd}). */
    private static final Duration LONGEST_IN_ALL = Duration.ofMinutes(15);

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        for (FlowNode node : diagram.all(FlowNode.class)) {
            boolean outside =
                    diagram.delegate(node).filter(Delegate::callsOutside).isPresent();
            if (outside && node instanceof ServiceTask task && !task.isCamundaAsyncBefore()) {
                flaws.add(Diagram.flaw(
                        node, "It calls the cloud inside the transaction before it; tick \"Asynchronous before\"."));
            }
            if (outside && Diagram.retryCycle(node).isEmpty()) {
                flaws.add(Diagram.flaw(
                        node,
                        "It calls the cloud without retry times; write some, such as PT1S,PT2S,PT5S,PT10S,PT15S."));
            }
            List<Duration> pauses = Expressions.intervals(Diagram.retryCycle(node));
            Duration inAll = pauses.stream().reduce(Duration.ZERO, Duration::plus);
            if (inAll.compareTo(LONGEST_IN_ALL) > 0) {
                flaws.add(Diagram.flaw(
                        node,
                        "Its retry times are " + inAll + " in all, and operations see an incident only after the last;"
                                + " let them come to 15 minutes at most."));
            }
            String priority = Diagram.attribute(node, "jobPriority");
            int given = priority.matches("\\d{1,4}") ? Integer.parseInt(priority) : 0;
            if (!isUrgent(diagram, node)) {
                if (given >= URGENT) {
                    flaws.add(Diagram.flaw(
                            node, "Only what ends access has the priority 100 or more; set a lower one, or none."));
                }
                continue;
            }
            if (given < URGENT) {
                flaws.add(
                        Diagram.flaw(node, "It ends access and goes before every other job; set its priority to 100."));
            }
            if (pauses.isEmpty() || pauses.stream().anyMatch(pause -> pause.compareTo(LONGEST_PAUSE) > 0)) {
                flaws.add(Diagram.flaw(
                        node,
                        "It ends access and must be tried again within 5 minutes each time; write retry times such as"
                                + " PT1S,PT2S,PT5S,PT10S,PT15S."));
            }
        }
        return flaws;
    }

    private static boolean isUrgent(Diagram diagram, FlowNode node) {
        return diagram.delegate(node).filter(Delegate::isUrgent).isPresent()
                || Diagram.strikesAtTheEnd(node)
                || waitsForTheRemoval(diagram, node);
    }

    private static boolean waitsForTheRemoval(Diagram diagram, FlowNode node) {
        return node instanceof IntermediateCatchEvent
                && diagram.reached(node, flow -> true, each -> each.equals(node) || !diagram.waits(each)).stream()
                        .anyMatch(next -> diagram.effect(next) == Delegate.Effect.CONFIRMS_REMOVAL);
    }
}
