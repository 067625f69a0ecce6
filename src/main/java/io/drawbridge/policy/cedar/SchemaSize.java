package io.drawbridge.policy.cedar;

import io.drawbridge.policy.InvalidPolicyException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses schemas that Cedar must not see: too long, too deep, or growing without bound.
 *
 * <p>Cedar writes a named type out wherever it is used. Thirty types that each use the one before twice are a billion,
 * and fill the memory of the process. So the written-out size is counted here first.
 */
final class SchemaSize {
    /** Characters of a schema. */
    static final int MAX_TEXT = 256 << 10;
    /** Open brackets at one place, angle brackets among them. 1,000 were seen to pass on the deep stack. */
    static final int MAX_DEPTH = 64;
    /** Words of the schema once every named type is written out. */
    static final long MAX_WORDS = 200_000;

    private SchemaSize() {}

    static void check(String source, String text, List<Problem> problems) {
        if (text.length() > MAX_TEXT) {
            problems.add(new Problem(
                    source,
                    "",
                    0,
                    0,
                    "The schema has " + text.length() + " characters; expected at most " + MAX_TEXT + "."));
            return;
        }
        List<String> words = new ArrayList<>();
        int depth = 0;
        int line = 1;
        int lineStart = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                lineStart = at + 1;
            } else if (c == '/' && text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = (end < 0 ? text.length() : end) - 1;
            } else if (c == '"') {
                for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                    if (text.charAt(at) == '\\') {
                        at++;
                    }
                }
            } else if (c == '(' || c == '[' || c == '{' || c == '<') {
                if (++depth > MAX_DEPTH) {
                    problems.add(new Problem(
                            source,
                            "",
                            line,
                            at - lineStart + 1,
                            "The schema is nested deeper than " + MAX_DEPTH + " brackets."));
                    return;
                }
            } else if (c == ')' || c == ']' || c == '}' || c == '>') {
                depth = Math.max(0, depth - 1);
            } else if (Character.isJavaIdentifierStart(c)) {
                int from = at;
                while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
                    at++;
                }
                words.add(text.substring(from, at));
                at--;
            } else if (c == ';') {
                words.add(";");
            }
        }
        if (writtenOut(words) > MAX_WORDS) {
            problems.add(new Problem(
                    source,
                    "",
                    0,
                    0,
                    "The schema has more than " + MAX_WORDS
                            + " words once its named types are written out; use fewer types within types."));
        }
    }

    /** Counts every word once, and a named type as often as it is reached; saturates well above the limit. */
    private static long writtenOut(List<String> words) {
        Map<String, List<String>> types = new HashMap<>();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals("type")) {
                int end = i + 2;
                while (end < words.size() && !words.get(end).equals(";")) {
                    end++;
                }
                // The same name in two namespaces: counted as one that holds both, which is never too little.
                types.computeIfAbsent(words.get(i + 1), name -> new ArrayList<>())
                        .addAll(words.subList(i + 2, end));
            }
        }
        Map<String, Long> sizes = new HashMap<>();
        long total = 0;
        for (String word : words) {
            total = capped(total + sizeOf(word, types, sizes, new HashSet<>(), 0));
        }
        return total;
    }

    private static long sizeOf(
            String word, Map<String, List<String>> types, Map<String, Long> sizes, Set<String> above, int depth) {
        List<String> body = types.get(word);
        if (body == null) {
            return 1;
        }
        Long known = sizes.get(word);
        if (known != null) {
            return known;
        }
        if (depth > 200) {
            return MAX_WORDS + 1;
        }
        if (!above.add(word)) {
            return 1; // A cycle, which Cedar refuses by name.
        }
        long size = 1;
        for (String part : body) {
            size = capped(size + sizeOf(part, types, sizes, above, depth + 1));
        }
        above.remove(word);
        sizes.put(word, size);
        return size;
    }

    private static long capped(long value) {
        return Math.min(value, MAX_WORDS + 1);
    }
}
