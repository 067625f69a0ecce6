package io.drawbridge.workflow.diagram;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaIn;

/** Expressions read one declared variable, or compare it with one word; timers may also say a plain time. */
final class Expressions implements Rule {
    private static final Duration SHORTEST_CYCLE = Duration.ofMinutes(1);

    /** More is as good as never, and what the engine makes of it depends on how many digits it has. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private static final Pattern DURATION = Pattern.compile("P[0-9DTHMS]+");
    private static final Pattern REPEATED = Pattern.compile("R\\d*/(P.+)");
    private static final Pattern PRIORITY = Pattern.compile("\\d{1,4}");
    private static final Pattern TIMEOUT_OF_THE_POLICY =
            Pattern.compile("\\$\\{approvalTimeout == null \\? '(P[0-9DTHMS]+)' : approvalTimeout}");

    private static final Set<String> MOMENTS = Set.of(Diagram.END_OF_GRANT, "${expiresSoonAt}");
    private static final String ASK_AGAIN = "${askAgainAfter}";
    private static final String BUSINESS_KEY = "#{execution.processBusinessKey}";

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        for (SequenceFlow flow : diagram.all(SequenceFlow.class)) {
            if (flow.getConditionExpression() != null
                    && diagram.comparison(flow).isEmpty()) {
                flaws.add(Diagram.flaw(
                        flow,
                        "The condition \"" + flow.getConditionExpression().getTextContent()
                                + "\" is not understood; compare one outcome with one of its words, such as"
                                + " ${decision == 'approved'}."));
            }
        }
        for (FlowNode node : diagram.all(FlowNode.class)) {
            Diagram.definition(node, TimerEventDefinition.class)
                    .filter(timer -> !tells(diagram, node, timer))
                    .ifPresent(timer -> flaws.add(Diagram.flaw(
                            node,
                            "The timer \"" + Diagram.timer(node)
                                    + "\" is not understood; write a duration such as PT1H and of a year at most, a cycle of a minute or more"
                                    + " such as R/PT1H, or the variable that docs/process-owners.md names for it.")));
            String priority = Diagram.attribute(node, "jobPriority");
            if (!priority.isEmpty() && !PRIORITY.matcher(priority).matches()) {
                flaws.add(Diagram.flaw(node, "The priority \"" + priority + "\" must be a plain number."));
            }
            String cycle = Diagram.retryCycle(node);
            if (!cycle.isEmpty() && intervals(cycle).isEmpty()) {
                flaws.add(Diagram.flaw(
                        node, "The retry times \"" + cycle + "\" must be durations such as PT1S,PT5S,PT15S."));
            }
        }
        for (CallActivity call : diagram.all(CallActivity.class)) {
            call(diagram, call, flaws);
        }
        return flaws;
    }

    private static boolean tells(Diagram diagram, FlowNode node, TimerEventDefinition timer) {
        String said = Diagram.timer(node);
        boolean one = timer.getChildElementsByType(org.camunda.bpm.model.bpmn.instance.Expression.class)
                        .size()
                == 1;
        if (!one) {
            return false;
        }
        if (timer.getTimeDate() != null) {
            return diagram.is(Diagram.TIMEBOXED_GRANT) && MOMENTS.contains(said);
        }
        if (timer.getTimeCycle() != null) {
            Matcher cycle = REPEATED.matcher(said);
            return cycle.matches()
                    && duration(cycle.group(1))
                            .filter(each -> each.compareTo(SHORTEST_CYCLE) >= 0)
                            .isPresent();
        }
        return duration(said).isPresent()
                || (said.equals(ASK_AGAIN) && diagram.is(Diagram.TIMEBOXED_GRANT))
                || (diagram.is(Diagram.ACCESS_REQUEST)
                        && unlessThePolicySays(said).isPresent());
    }

    private static void call(Diagram diagram, CallActivity call, List<Flaw> flaws) {
        boolean known = diagram.is(Diagram.ACCESS_REQUEST) && Diagram.TIMEBOXED_GRANT.equals(call.getCalledElement());
        if (!known) {
            flaws.add(Diagram.flaw(
                    call,
                    "It calls \"" + Diagram.text(call.getCalledElement())
                            + "\"; only access-request calls, and only timeboxed-grant."));
        }
        List<String> handedOver = call.getExtensionElements() == null
                ? List.of()
                : call.getExtensionElements().getElementsQuery().filterByType(CamundaIn.class).list().stream()
                        .map(in -> Diagram.text(in.getCamundaBusinessKey()))
                        .toList();
        if (!handedOver.equals(List.of(BUSINESS_KEY))) {
            flaws.add(Diagram.flaw(
                    call, "It must hand over the business key " + BUSINESS_KEY + " once, and nothing else."));
        }
    }

    /** The intervals of a retry cycle; empty if it cannot be read. */
    static List<Duration> intervals(String cycle) {
        List<Duration> intervals = new ArrayList<>();
        for (String each : cycle.split(",", -1)) {
            Optional<Duration> interval = duration(each.strip());
            if (interval.isEmpty()) {
                return List.of();
            }
            intervals.add(interval.get());
        }
        return intervals;
    }

    /** What stands in the timer for requests whose policy says nothing; empty if that is not what it asks. */
    static Optional<Duration> unlessThePolicySays(String timer) {
        Matcher timeout = TIMEOUT_OF_THE_POLICY.matcher(timer);
        return timeout.matches() ? duration(timeout.group(1)) : Optional.empty();
    }

    /** How long one round of a cycle without an end takes; empty if it is none. */
    static Optional<Duration> round(String timer) {
        return timer.startsWith("R/") ? duration(timer.substring(2)) : Optional.empty();
    }

    /** A whole duration from a second to a year, as ISO 8601. */
    static Optional<Duration> duration(String text) {
        if (!DURATION.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            Duration duration = Duration.parse(text);
            return duration.toSeconds() >= 1 && duration.compareTo(LONGEST) <= 0
                    ? Optional.of(duration)
                    : Optional.empty();
        } catch (DateTimeParseException | ArithmeticException none) {
            return Optional.empty();
        }
    }
}
