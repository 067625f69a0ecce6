package io.drawbridge.notification;

import io.drawbridge.identity.OneLine;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a notice says, before it is put into words for mail and page.
 *
 * <p>Most of it was typed by strangers, and a denied call is input that an attacker can produce. So whatever stands on
 * one line loses its control characters, and what may have several lines is set off as a quotation: neither a header nor
 * a line of our own can be forged.
 *
 * @param subject one line, at most {@value #LONGEST_SUBJECT} characters
 * @param lead what happened, and what is expected now
 * @param facts in order, each on one line
 * @param quotationOf whose words the quotation holds, such as {@code Justification}
 * @param quotation what a person wrote, with its line breaks
 * @param request the request to open on the page, null if there is none
 * @param scopePath where the request's account lies, from the root down; null without a request
 * @param loud whether it has to stand out
 */
public record Letter(
        NoticeKind kind,
        String subject,
        String lead,
        Map<String, String> facts,
        @Nullable String quotationOf,
        @Nullable String quotation,
        @Nullable RequestId request,
        @Nullable String scopePath,
        boolean loud) {

    /** Longest subject, in characters. */
    public static final int LONGEST_SUBJECT = 200;

    private static final Pattern LINE_BREAK = Pattern.compile("\\r\\n?|[\\u0085\\u2028\\u2029\\u000b\\f]");
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\u202a-\\u202e\\u2066-\\u2069&&[^\\n\\t]]");

    public Letter {
        subject = shortened(OneLine.of(subject));
        Map<String, String> lines = new LinkedHashMap<>();
        facts.forEach((name, value) -> lines.put(OneLine.of(name), OneLine.of(value)));
        facts = Collections.unmodifiableMap(lines);
        quotation = quotation == null ? null : severalLines(quotation);
    }

    /** A letter without facts, quotation or request, to be added to. */
    static Letter of(NoticeKind kind, String subject, String lead) {
        return new Letter(kind, subject, lead, Map.of(), null, null, null, null, false);
    }

    Letter about(AccessRequest about) {
        return new Letter(kind, subject, lead, facts, quotationOf, quotation, about.id(), about.scopePath(), loud);
    }

    Letter with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new Letter(kind, subject, lead, more, quotationOf, quotation, request, scopePath, loud);
    }

    Letter with(Map<String, String> added) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.putAll(added);
        return new Letter(kind, subject, lead, more, quotationOf, quotation, request, scopePath, loud);
    }

    Letter quoting(String whose, String words) {
        return new Letter(kind, subject, lead, facts, whose, words, request, scopePath, loud);
    }

    Letter loudly() {
        return new Letter(kind, subject, lead, facts, quotationOf, quotation, request, scopePath, true);
    }

    /** The quotation line by line, empty if there is none. */
    List<String> quotedLines() {
        return quotation == null ? List.of() : quotation.lines().toList();
    }

    /** The page of the request; it needs a login, carries no token, and decides nothing. */
    @Nullable
    public String link(URI base) {
        return request == null ? null : base + "/requests/" + request;
    }

    /** As plain text. */
    public String text(URI base) {
        List<String> lines = new ArrayList<>();
        lines.add(lead);
        if (!facts.isEmpty()) {
            lines.add("");
            facts.forEach((name, value) -> lines.add(name + ": " + value));
        }
        if (quotationOf != null) {
            lines.add("");
            lines.add(quotationOf + ":");
            quotedLines().forEach(line -> lines.add("> " + line));
        }
        String link = link(base);
        if (link != null) {
            lines.add("");
            lines.add("Open the request: " + link);
        }
        lines.add("");
        return String.join("\n", lines);
    }

    private static String severalLines(String text) {
        return UNSEEN.matcher(LINE_BREAK.matcher(text).replaceAll("\n"))
                .replaceAll("")
                .strip();
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST_SUBJECT ? line : line.substring(0, LONGEST_SUBJECT - 1) + "…";
    }
}
