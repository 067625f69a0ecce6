package io.drawbridge.notification.chat.teams;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.notification.chat.ChatForm;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.Deed;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws messages and forms as Adaptive Cards 1.5, with {@code Action.Execute} for what can be clicked.
 *
 * <p>What strangers typed is drawn as runs of text, which know no markdown (Adaptive Cards, TextRun), each line a block of its
 * own. A card is cut until it keeps to Teams' limit, and says that it was.
 */
final class AdaptiveCards {
    static final String CARD = "application/vnd.microsoft.card.adaptive";

    /** Largest card that Teams takes everywhere, in bytes; a webhook takes no larger message, its frame included. */
    static final int MOST_BYTES = 28 * 1024 - 1024;

    /** What a click is, as Teams hands it back. */
    static final String CLICK = "click";

    /** What sending a form is. */
    static final String SEND = "send";

    /** What asking for the message as it should be now is: by Teams when somebody looks at it, or by who leaves a form. */
    static final String SHOW = "show";

    /** Where our part stands in the data that comes back; what was filled in stands beside it. */
    static final String OURS = "drawbridge";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CUT = "… (cut)";
    private static final int LONGEST_SUBJECT = 300;
    private static final int LONGEST_LEAD = 1500;
    private static final int LONGEST_ADDENDUM = 1000;
    private static final int LONGEST_ERROR = 300;

    /** What is left of each field of a form, where all that was filled in finds no room. */
    private static final int SHORTEST_VALUE = 500;

    /** How long texts may be, from what is seldom reached to what always fits. */
    private static final List<Room> ROOMS =
            List.of(new Room(4000, 600), new Room(2000, 300), new Room(1000, 150), new Room(0, 0));

    private static final int MOST_LINES = 80;
    private static final int MOST_FACTS = 25;

    private AdaptiveCards() {}

    /** Longest quotation, and longest fact; without either there is the subject, and what can be clicked. */
    private record Room(int quotation, int fact) {}

    /**
     * A message.
     *
     * @param key by which Teams asks for it again when somebody looks at it; null for one that stays as it is
     * @param user for whom Teams asks by itself, as Teams calls him; null for whoever looks
     */
    static ObjectNode message(ChatMessage message, @Nullable String key, @Nullable String user) {
        return fitting(room -> {
            ObjectNode card = empty();
            ArrayNode body = card.putArray("body");
            text(body, message, room);
            ArrayNode actions = card.putArray("actions");
            for (ChatMessage.Action each : message.actions()) {
                execute(actions, each.label(), CLICK, each.deed(), each.subject(), key)
                        .put("style", style(each.style()))
                        .put("associatedInputs", "none");
            }
            link(actions, message.link());
            if (key != null && !message.actions().isEmpty()) {
                ObjectNode refresh = card.putObject("refresh");
                ObjectNode action = refresh.putObject("action");
                action.put("type", "Action.Execute").put("title", "Refresh").put("verb", SHOW);
                action.putObject("data").putObject(OURS).put("key", key);
                if (user != null) {
                    refresh.putArray("userIds").add(user);
                }
            }
            return card;
        });
    }

    /**
     * A form, in the place of the message that it was opened from.
     *
     * @param key of that message, to go back to it; null where there is none
     * @param values what stands in the fields in the place of what the form says; null for what the form says
     * @param wrong what is wrong, by field
     */
    static ObjectNode form(
            ChatForm form, @Nullable String key, @Nullable Map<String, String> values, Map<String, String> wrong) {
        return fitting(room -> {
            ObjectNode card = empty();
            ArrayNode body = card.putArray("body");
            run(body, form.title()).put("weight", "Bolder").put("size", "Medium");
            text(body, form.about(), room);
            Map<String, String> elsewhere = new LinkedHashMap<>(wrong);
            for (ChatForm.Field field : form.fields()) {
                String error = elsewhere.remove(field.name());
                if (error != null) {
                    run(body, shortened(error, LONGEST_ERROR))
                            .put("color", "Attention")
                            .put("weight", "Bolder");
                }
                String value = values == null ? field.value() : values.get(field.name());
                input(body, field, value == null ? null : cut(value, Math.max(room.quotation(), SHORTEST_VALUE)));
                String hint = field.hint();
                if (hint != null) {
                    run(body, hint).put("isSubtle", true).put("size", "Small");
                }
            }
            elsewhere.values().forEach(error -> run(body, shortened(error, LONGEST_ERROR))
                    .put("color", "Attention")
                    .put("weight", "Bolder"));
            ArrayNode actions = card.putArray("actions");
            execute(actions, form.submit(), SEND, form.deed(), form.subject(), key)
                    .put("style", form.deed() == Deed.DENY ? "destructive" : "positive")
                    .put("associatedInputs", "auto");
            if (key != null) {
                ObjectNode back = actions.addObject()
                        .put("type", "Action.Execute")
                        .put("title", "Back")
                        .put("verb", SHOW)
                        .put("associatedInputs", "none");
                back.putObject("data").putObject(OURS).put("key", key);
            }
            return card;
        });
    }

    /** A message without anything to click but its link, for where nothing can come back from. */
    static ObjectNode oneWay(ChatMessage message) {
        return fitting(room -> {
            ObjectNode card = empty();
            text(card.putArray("body"), message, room);
            link(card.putArray("actions"), message.link());
            return card;
        });
    }

    /** A card as an activity that is posted, with a line for whoever sees a notification only. */
    static ObjectNode activity(ObjectNode card, String summary, boolean alert) {
        ObjectNode activity = JSON.createObjectNode();
        activity.put("type", "message");
        activity.put("summary", shortened(summary, LONGEST_SUBJECT));
        ObjectNode attachment = activity.putArray("attachments").addObject();
        attachment.put("contentType", CARD);
        attachment.set("content", card);
        if (alert) {
            activity.putObject("channelData").putObject("notification").put("alert", true);
        }
        return activity;
    }

    private interface Drawing {
        ObjectNode draw(Room room);
    }

    private static ObjectNode fitting(Drawing drawing) {
        for (Room room : ROOMS) {
            ObjectNode card = drawing.draw(room);
            if (card.toString().getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES) {
                return card;
            }
        }
        throw new IllegalStateException("A card of its subject alone is larger than " + MOST_BYTES + " bytes.");
    }

    private static ObjectNode empty() {
        ObjectNode card = JSON.createObjectNode();
        card.put("type", "AdaptiveCard");
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("version", "1.5");
        card.putObject("msteams").put("width", "Full");
        return card;
    }

    private static void text(ArrayNode body, ChatMessage message, Room room) {
        ArrayNode top = body;
        if (message.loud()) {
            ObjectNode loud = body.addObject().put("type", "Container").put("style", "attention");
            loud.put("bleed", true);
            top = loud.putArray("items");
        }
        run(top, shortened(message.subject(), LONGEST_SUBJECT))
                .put("weight", "Bolder")
                .put("size", "Medium");
        if (room.fact() == 0) {
            run(body, CUT);
            return;
        }
        lines(top, shortened(message.lead(), LONGEST_LEAD));
        message.facts().entrySet().stream().limit(MOST_FACTS).forEach(fact -> {
            ArrayNode runs = body.addObject()
                    .put("type", "RichTextBlock")
                    .put("spacing", "Small")
                    .putArray("inlines");
            textRun(runs, shortened(fact.getKey(), room.fact()) + ": ").put("weight", "Bolder");
            textRun(runs, shortened(fact.getValue(), room.fact()));
        });
        String quotation = message.quotation();
        if (message.quotationOf() != null && quotation != null) {
            ObjectNode quoted = body.addObject().put("type", "Container").put("style", "emphasis");
            ArrayNode items = quoted.putArray("items");
            run(items, message.quotationOf()).put("weight", "Bolder");
            lines(items, shortened(quotation, room.quotation()));
        }
        String addendum = message.addendum();
        if (addendum != null) {
            lines(body, shortened(addendum, LONGEST_ADDENDUM));
        }
    }

    private static void link(ArrayNode actions, ChatMessage.@Nullable Link link) {
        if (link != null) {
            actions.addObject()
                    .put("type", "Action.OpenUrl")
                    .put("title", link.label())
                    .put("url", link.address());
        }
    }

    private static ObjectNode execute(
            ArrayNode actions, String label, String verb, Deed deed, String subject, @Nullable String key) {
        ObjectNode action = actions.addObject();
        action.put("type", "Action.Execute").put("title", label).put("verb", verb);
        ObjectNode ours = action.putObject("data").putObject(OURS);
        ours.put("deed", deed.word()).put("subject", subject);
        if (key != null) {
            ours.put("key", key);
        }
        return action;
    }

    private static String style(ChatMessage.Style style) {
        return switch (style) {
            case PLAIN -> "default";
            case PRIMARY -> "positive";
            case DANGER -> "destructive";
        };
    }

    private static void input(ArrayNode body, ChatForm.Field field, @Nullable String value) {
        ObjectNode input = body.addObject();
        input.put("id", field.name());
        switch (field.kind()) {
            case LINE, TEXT -> {
                input.put("type", "Input.Text").put("isMultiline", field.kind() == ChatForm.Kind.TEXT);
                if (field.longest() > 0) {
                    input.put("maxLength", field.longest());
                }
            }
            case CHOICE -> {
                input.put("type", "Input.ChoiceSet").put("style", "compact");
                choices(input, field.options());
            }
            case SUGGESTED -> {
                input.put("type", "Input.ChoiceSet").put("style", "filtered");
                choices(input, field.options());
                input.putObject("choices.data")
                        .put("type", "Data.Query")
                        .put("dataset", field.name())
                        .put("associatedInputs", "auto");
            }
            case CHECK ->
                input.put("type", "Input.Toggle")
                        .put("title", field.label())
                        .put("valueOn", "true")
                        .put("valueOff", "false");
        }
        if (field.kind() != ChatForm.Kind.CHECK) {
            input.put("label", field.label());
        }
        if (field.required()) {
            input.put("isRequired", true).put("errorMessage", "This is needed.");
        }
        if (value != null && !value.isEmpty()) {
            input.put("value", value);
        }
    }

    private static void choices(ObjectNode input, List<ChatForm.Option> options) {
        ArrayNode choices = input.putArray("choices");
        options.forEach(
                option -> choices.addObject().put("title", option.words()).put("value", option.value()));
    }

    /** Each line a block, close to the one above it. */
    private static void lines(ArrayNode body, String text) {
        List<String> lines = text.lines().toList();
        for (String line : lines.subList(0, Math.min(MOST_LINES, lines.size()))) {
            ObjectNode block = body.addObject().put("type", "RichTextBlock").put("spacing", "None");
            textRun(block.putArray("inlines"), line);
        }
        if (lines.size() > MOST_LINES) {
            run(body, CUT);
        }
    }

    /** A line of its own; returns its run, to be made to look as it should. */
    private static ObjectNode run(ArrayNode body, String text) {
        return textRun(runs(body), text);
    }

    private static ArrayNode runs(ArrayNode body) {
        return body.addObject().put("type", "RichTextBlock").putArray("inlines");
    }

    private static ObjectNode textRun(ArrayNode runs, String text) {
        return runs.addObject().put("type", "TextRun").put("text", harmless(text));
    }

    /** Without what no reader sees, and without the functions that a card would carry out, such as a date's. */
    private static String harmless(String text) {
        String seen = text.replaceAll("[\\p{Cc}&&[^\\t]]|[\\u202a-\\u202e\\u2066-\\u2069]", " ")
                .replace("{{", "{\u200b{");
        return seen.isEmpty() ? " " : seen;
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : cut(text, longest) + CUT;
    }

    /** Never in the middle of a character. */
    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        boolean halved = longest > 0 && Character.isHighSurrogate(text.charAt(longest - 1));
        return text.substring(0, halved ? longest - 1 : longest);
    }
}
