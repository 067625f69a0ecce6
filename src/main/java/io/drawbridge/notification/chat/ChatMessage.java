package io.drawbridge.notification.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a message says, before a platform draws it.
 *
 * <p>All of it is plain text, and most of it was typed by strangers: whoever draws it escapes it, mentions nobody, and makes
 * no link of it but {@link #link}. What is longer than the platform takes is cut there, with a mark that it was.
 *
 * @param subject one line
 * @param lead what happened, and what is expected now
 * @param facts in order, each on one line
 * @param quotationOf whose words the quotation holds, such as {@code Justification}
 * @param quotation what a person wrote, with its line breaks
 * @param link a page of ours to open, null for none
 * @param addendum the tenant's own words, to stand below; null for none
 * @param actions what can be clicked, in order; at most five
 * @param loud whether it has to stand out
 */
public record ChatMessage(
        String subject,
        String lead,
        Map<String, String> facts,
        @Nullable String quotationOf,
        @Nullable String quotation,
        @Nullable Link link,
        @Nullable String addendum,
        List<Action> actions,
        boolean loud) {
    public ChatMessage {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        actions = List.copyOf(actions);
    }

    /** An address with what stands on it; opening it decides nothing. */
    public record Link(String label, String address) {}

    /**
     * Something to click.
     *
     * @param subject id of the request it is about, or what {@link Deed} says of it
     */
    public record Action(Deed deed, String subject, String label, Style style) {}

    /** How an action looks. */
    public enum Style {
        PLAIN,
        PRIMARY,
        DANGER
    }

    /** A message of a subject and a sentence. */
    public static ChatMessage of(String subject, String lead) {
        return new ChatMessage(subject, lead, Map.of(), null, null, null, null, List.of(), false);
    }

    /** As plain text, without what can be clicked: for who is read to, for a line of preview, and for the Notices page. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(lead);
        facts.forEach((name, value) -> lines.add(name + ": " + value));
        if (quotationOf != null && quotation != null) {
            lines.add(quotationOf + ":");
            quotation.lines().forEach(line -> lines.add("> " + line));
        }
        if (link != null) {
            lines.add(link.label() + ": " + link.address());
        }
        if (addendum != null) {
            lines.add(addendum);
        }
        return String.join("\n", lines);
    }

    ChatMessage with(Map<String, String> added) {
        return new ChatMessage(subject, lead, added, quotationOf, quotation, link, addendum, actions, loud);
    }

    ChatMessage with(List<Action> added) {
        return new ChatMessage(subject, lead, facts, quotationOf, quotation, link, addendum, added, loud);
    }

    ChatMessage quoting(String whose, @Nullable String words) {
        return words == null
                ? this
                : new ChatMessage(subject, lead, facts, whose, words, link, addendum, actions, loud);
    }

    ChatMessage linking(String label, String address) {
        return new ChatMessage(
                subject, lead, facts, quotationOf, quotation, new Link(label, address), addendum, actions, loud);
    }

    ChatMessage ending(@Nullable String words) {
        return new ChatMessage(subject, lead, facts, quotationOf, quotation, link, words, actions, loud);
    }
}
