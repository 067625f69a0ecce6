package io.drawbridge.workflow.diagram;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables that a condition may read, and what each can say. */
enum Outcome {
    ARRIVAL("arrival", Diagram.ACCESS_REQUEST, "denied", "ask judged"),
    JUSTIFIED("justified", Diagram.ACCESS_REQUEST, "no", "yes"),
    JUDGEMENT("judgement", Diagram.ACCESS_REQUEST, "denied", "approved require"),
    MODE("mode", Diagram.ACCESS_REQUEST, "break_glass", "auto require"),
    DECISION("decision", Diagram.ACCESS_REQUEST, "denied", "approved"),
    MAY_OPEN("mayOpen", Diagram.ACCESS_REQUEST, "no", "yes"),
    ACCESS("access", Diagram.TIMEBOXED_GRANT, "waiting", "confirmed"),
    REMOVAL("removal", Diagram.TIMEBOXED_GRANT, "waiting", "confirmed");

    private static final Pattern COMPARISON = Pattern.compile("\\$\\{([a-zA-Z]+) == '([a-z_]+)'}");

    private final String variable;
    private final String process;
    private final String safe;
    private final String others;

    /** A condition as it is understood: one variable, one word. */
    record Comparison(Outcome outcome, String word) {
        boolean isKnown() {
            return outcome.safe.equals(word) || (" " + outcome.others + " ").contains(" " + word + " ");
        }
    }

    Outcome(String variable, String process, String safe, String others) {
        this.variable = variable;
        this.process = process;
        this.safe = safe;
        this.others = others;
    }

    String variable() {
        return variable;
    }

    /** What is assumed when nothing is known: no access, or more people who are told. */
    String safe() {
        return safe;
    }

    /** All that it can say, the safe one among them. */
    List<String> words() {
        return List.of((safe + " " + others).split(" "));
    }

    static Optional<Comparison> compared(String process, String condition) {
        Matcher comparison = COMPARISON.matcher(condition);
        if (!comparison.matches()) {
            return Optional.empty();
        }
        return Arrays.stream(values())
                .filter(outcome -> outcome.process.equals(process) && outcome.variable.equals(comparison.group(1)))
                .map(outcome -> new Comparison(outcome, comparison.group(2)))
                .filter(Comparison::isKnown)
                .findFirst();
    }
}
