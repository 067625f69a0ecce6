package io.drawbridge.policy.cedar;

import io.drawbridge.policy.InvalidPolicyException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cedar text, cut into its policies before Cedar itself sees it.
 *
 * <p>It is cut for two reasons. Cedar reports places within one policy only, so each policy is parsed alone. And some
 * texts are dangerous (see {@link DeepStack}): those are refused here, by counting, without recursion.
 */
final class PolicyText {
    /** Open brackets at one place. 1,000 were seen to pass on the deep stack. */
    static final int MAX_DEPTH = 128;
    /** Operators in one policy; a chain of them is a tree just as deep. 12,000 were seen to evaluate. */
    static final int MAX_OPERATORS = 4_000;
    /** {@code if} in one policy. 2,000 were seen to pass. */
    static final int MAX_CONDITIONALS = 200;
    /** Steps in one {@code a.b.c}; validation of {@code has a.b.c} grows with the square. */
    static final int MAX_STEPS = 64;
    /** Characters of one policy. */
    static final int MAX_POLICY = 64 << 10;
    /** Characters of all policies of one text. */
    static final int MAX_TEXT = 8 << 20;
    /** Policies of one text. */
    static final int MAX_POLICIES = 20_000;

    private static final Set<String> EFFECTS = Set.of("permit", "forbid");

    private final String source;
    private final String text;
    private final List<Piece> pieces = new ArrayList<>();

    private int at;
    private int line = 1;
    private int lineStart;

    private PolicyText(String source, String text) {
        this.source = source;
        this.text = text;
    }

    /**
     * Cuts a text.
     *
     * @param source what to call it in problems
     * @param problems gets what makes the text unfit for Cedar; the pieces are not to be used then
     */
    static List<Piece> cut(String source, String text, List<Problem> problems) {
        if (text.length() > MAX_TEXT) {
            problems.add(new Problem(
                    source,
                    "",
                    0,
                    0,
                    "The text has " + text.length() + " characters; expected at most " + MAX_TEXT + "."));
            return List.of();
        }
        PolicyText scan = new PolicyText(source, text);
        while (scan.skipBlank()) {
            Problem problem = scan.piece();
            if (problem != null) {
                problems.add(problem);
                return List.of();
            }
            if (scan.pieces.size() > MAX_POLICIES) {
                problems.add(new Problem(source, "", 0, 0, "More than " + MAX_POLICIES + " policies in one text."));
                return List.of();
            }
        }
        return List.copyOf(scan.pieces);
    }

    /**
     * Refuses a schema that is too large or too deep to be given to Cedar.
     *
     * @param problems gets what is wrong
     */
    static void checkSchema(String source, String text, List<Problem> problems) {
        SchemaSize.check(source, text, problems);
    }

    /** Goes to the next character that is neither blank nor comment; false at the end. */
    private boolean skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '/' && at + 1 < text.length() && text.charAt(at + 1) == '/') {
                skipComment();
            } else if (Character.isWhitespace(c)) {
                step(c);
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void step(char c) {
        at++;
        if (c == '\n') {
            line++;
            lineStart = at;
        }
    }

    /** Reads one policy up to its semicolon (or the end) and keeps it; the problem if it is unfit. */
    private @Nullable Problem piece() {
        int start = at;
        int startLine = line;
        int startColumn = at - lineStart + 1;
        List<Mark> marks = new ArrayList<>();
        String label = "";
        int depth = 0;
        int operators = 0;
        int conditionals = 0;
        int steps = 0;
        int scopeEnd = -1;
        int atSign = -1;
        boolean effectSeen = false;
        boolean inScope = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (at - start > MAX_POLICY) {
                return unfit(label, "is longer than " + MAX_POLICY + " characters");
            }
            if (c == '/' && at + 1 < text.length() && text.charAt(at + 1) == '/') {
                skipComment();
                continue;
            }
            if (c == '"') {
                int from = at + 1;
                skipString();
                if (depth == 1
                        && !effectSeen
                        && !marks.isEmpty()
                        && marks.get(marks.size() - 1).name().equals("id")) {
                    label = text.substring(from, Math.max(from, Math.min(at - 1, from + 200)));
                }
                steps = 0;
                continue;
            }
            if (isWordStart(c)) {
                int from = at;
                while (at < text.length() && isWord(text.charAt(at))) {
                    at++;
                }
                String word = text.substring(from, at);
                if (atSign >= 0) {
                    marks.add(new Mark(word, atSign - start));
                    atSign = -1;
                } else if (depth == 0 && EFFECTS.contains(word)) {
                    effectSeen = true;
                } else if (word.equals("if") && ++conditionals > MAX_CONDITIONALS) {
                    return unfit(label, "has more than " + MAX_CONDITIONALS + " conditionals (if)");
                } else if ((word.equals("when") || word.equals("unless")) && ++operators > MAX_OPERATORS) {
                    return unfit(label, "has more than " + MAX_OPERATORS + " operators");
                }
                continue;
            }
            switch (c) {
                case '(', '[', '{' -> {
                    if (depth == 0 && effectSeen && scopeEnd < 0) {
                        inScope = true;
                    }
                    if (++depth > MAX_DEPTH) {
                        return unfit(label, "is nested deeper than " + MAX_DEPTH + " brackets");
                    }
                    if (c == '[') {
                        operators++;
                    }
                }
                case ')', ']', '}' -> {
                    if (--depth < 0) {
                        return unfit(label, "closes a bracket that was not opened");
                    }
                    if (depth == 0 && inScope) {
                        scopeEnd = at + 1 - start;
                        inScope = false;
                    }
                }
                case '@' -> atSign = at;
                case '.' -> {
                    operators++;
                    if (++steps > MAX_STEPS) {
                        return unfit(label, "has a path of more than " + MAX_STEPS + " steps");
                    }
                }
                case '&', '|', '+', '-', '*', '!', '<', '>', '=' -> operators++;
                default -> {
                    // Blanks, commas, colons: nothing that nests.
                }
            }
            if (operators > MAX_OPERATORS) {
                return unfit(label, "has more than " + MAX_OPERATORS + " operators");
            }
            if (c != '.' && !Character.isWhitespace(c)) {
                steps = 0;
            }
            step(c);
            if (c == ';' && depth == 0) {
                break;
            }
        }
        if (at - start > MAX_POLICY) {
            return unfit(label, "is longer than " + MAX_POLICY + " characters");
        }
        pieces.add(new Piece(source, text.substring(start, at), startLine, startColumn, label, scopeEnd, marks));
        return null;
    }

    private void skipString() {
        step('"');
        while (at < text.length()) {
            char c = text.charAt(at);
            step(c);
            if (c == '\\' && at < text.length()) {
                step(text.charAt(at));
            } else if (c == '"') {
                return;
            }
        }
    }

    private Problem unfit(String label, String what) {
        return new Problem(
                source,
                label,
                line,
                at - lineStart + 1,
                "The policy " + what + "; make it smaller, or split it into several.");
    }

    private static boolean isWordStart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isWord(char c) {
        return isWordStart(c) || (c >= '0' && c <= '9');
    }

    /**
     * One policy as it stands in its text.
     *
     * @param line of its first character, from 1
     * @param column of its first character, from 1
     * @param label the text of its {@code @id}, empty without one; for messages only
     * @param scopeEnd offset after the bracket that closes its scope, negative if there is none
     */
    record Piece(String source, String text, int line, int column, String label, int scopeEnd, List<Mark> marks) {

        /** The policy without its conditions: small and flat however large the policy is. */
        String head() {
            return text.substring(0, scopeEnd) + ";";
        }

        /** A problem at a place in this policy, counted as Cedar does: bytes of UTF-8 from its start. */
        Problem problem(int bytes, String message) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int end = Math.max(0, Math.min(bytes, utf8.length));
            return problemAt(new String(utf8, 0, end, StandardCharsets.UTF_8).length(), message);
        }

        /** A problem at an annotation of that name, or at the start of the policy. */
        Problem problem(String annotation, String message) {
            int offset = marks.stream()
                    .filter(mark -> mark.name().equals(annotation))
                    .mapToInt(Mark::offset)
                    .findFirst()
                    .orElse(0);
            return problemAt(offset, message);
        }

        private Problem problemAt(int offset, String message) {
            int atLine = line;
            int atColumn = column;
            for (int i = 0; i < offset && i < text.length(); i++) {
                if (text.charAt(i) == '\n') {
                    atLine++;
                    atColumn = 1;
                } else {
                    atColumn++;
                }
            }
            return new Problem(source, label, atLine, atColumn, message);
        }
    }

    /** Where an annotation begins, in characters from the start of its policy. */
    record Mark(String name, int offset) {}
}
