package io.drawbridge.policy;

import java.util.List;
import java.util.stream.Collectors;

/** Policies, schema, entities or a question that cannot be used; names each place. */
public final class InvalidPolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidPolicyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    /**
     * One thing that is wrong.
     *
     * @param source the file, or the name of the part of a question, such as {@code policies}
     * @param policy id of the policy, empty if it has none or the problem is elsewhere
     * @param line from 1; 0 if unknown
     * @param column from 1; 0 if unknown
     * @param message what is wrong and what was expected
     */
    public record Problem(String source, String policy, int line, int column, String message) {
        @Override
        public String toString() {
            return source + (line > 0 ? ":" + line + ":" + column : "") + (policy.isEmpty() ? "" : " (" + policy + ")")
                    + ": " + message;
        }
    }
}
