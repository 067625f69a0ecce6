package io.drawbridge.workflow.diagram;

import java.util.List;
import java.util.regex.Pattern;

/** The process says for how many days its history is kept. */
final class HistoryIsKept implements Rule {
    private static final Pattern DAYS = Pattern.compile("P[1-9][0-9]{0,4}D");

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        String kept = Diagram.attribute(diagram.process(), "historyTimeToLive");
        return DAYS.matcher(kept).matches()
                ? List.of()
                : List.of(Diagram.flaw(
                        diagram.process(),
                        "The history time to live is \"" + kept + "\"; set it to a number of days such as P365D."));
    }
}
