package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** No request's process ends while the request still waits for somebody or something. */
final class NothingLeftUnanswered implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        if (diagram.is(Diagram.ACCESS_REQUEST)) {
            diagram.ways()
                    .unanswered()
                    .forEach((end, owed) -> flaws.add(Diagram.flaw(
                            end,
                            "The process can end here while its request waits for "
                                    + owed.stream().map(Owed::toString).collect(Collectors.joining(", "))
                                    + ", and nobody would see to it; lead each answer to what it asks for, and let"
                                    + " nothing but its expiry or its withdrawal take a question away.")));
            diagram.ways()
                    .early()
                    .forEach((node, owed) -> flaws.add(Diagram.flaw(
                            node,
                            "A way leads here before what has to come first: "
                                    + owed.stream().map(Owed::toString).collect(Collectors.joining(", "))
                                    + "; lead it through the task that does it.")));
            for (String asked : List.of(Parts.JUSTIFY, Parts.APPROVE)) {
                diagram.node(asked)
                        .filter(task -> diagram.ways().resting().stream()
                                .map(diagram.ways()::at)
                                .anyMatch(active -> active.contains(task)
                                        && Hearing.at(diagram, active, Diagram.REQUEST_WITHDRAWN)
                                                .isEmpty()))
                        .ifPresent(task -> flaws.add(Diagram.flaw(
                                task,
                                "The requester cannot withdraw while it waits here; let the message RequestWithdrawn end"
                                        + " it or the sub-process around it.")));
            }
        }
        return flaws;
    }
}
