package io.drawbridge.notification.chat.teams;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.notification.chat.ChatForm;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.Deed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a message looks like as an Adaptive Card. */
class AdaptiveCardsTest {
    private static final String NASTY =
            "**bold** [click](https://evil.example) <at>all</at> {{DATE(2030-01-01T00:00:00Z)}} \u202egnp.exe\u0007";

    @Test
    @DisplayName(
            "R60 what strangers typed is text and nothing else: no markdown, no link, no function, no turned letters")
    void textIsText() {
        ChatMessage message = new ChatMessage(
                NASTY,
                NASTY,
                Map.of("Requester " + NASTY, NASTY),
                "Justification",
                NASTY + "\nsecond line",
                null,
                NASTY,
                List.of(),
                true);

        ObjectNode card = AdaptiveCards.message(message, null, null);

        assertThat(card.findValuesAsText("type"))
                .doesNotContain("TextBlock", "FactSet", "Action.OpenUrl")
                .contains("RichTextBlock", "TextRun");
        assertThat(card.toString()).doesNotContain("{{", "\u202e", "\\u0007");
        assertThat(texts(card)).contains("second line");
        assertThat(card.findValues("entities")).isEmpty();
    }

    @Test
    @DisplayName("R60 a card of the longest texts keeps to what Teams takes, and says that it was cut")
    void keepsToTheLimit() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (int each = 0; each < 20; each++) {
            facts.put("Fact " + each, "\u20ac".repeat(300));
        }
        ChatMessage message = new ChatMessage(
                "\u20ac".repeat(2000),
                "\u20ac".repeat(2000),
                facts,
                "Justification",
                "\u20ac\n".repeat(10000),
                null,
                "\u20ac".repeat(1000),
                List.of(new ChatMessage.Action(Deed.APPROVE, "x".repeat(36), "Approve", ChatMessage.Style.PRIMARY)),
                true);

        ObjectNode card = AdaptiveCards.message(message, "key", "29:user");

        assertThat(card.toString().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(AdaptiveCards.MOST_BYTES);
        assertThat(texts(card)).anyMatch(text -> text.endsWith("(cut)"));
        assertThat(card.path("actions").path(0).path("title").asText()).isEqualTo("Approve");
    }

    @Test
    @DisplayName("R43 a form keeps what was filled in, and says at each field what is wrong with it")
    void formSaysWhatIsWrong() {
        ChatForm form = new ChatForm(
                Deed.DENY,
                "42",
                "Deny the request",
                ChatMessage.of("Something", "To be denied."),
                List.of(new ChatForm.Field(
                        "message", "Message", ChatForm.Kind.TEXT, true, null, null, 2000, List.of())),
                "Deny");

        ObjectNode card = AdaptiveCards.form(
                form, "key", Map.of("message", "x"), Map.of("message", "Too short.", "other", "Odd."));

        assertThat(texts(card)).contains("Too short.", "Odd.");
        JsonNode input = card.path("body").findParents("maxLength").get(0);
        assertThat(input.path("value").asText()).isEqualTo("x");
        assertThat(input.path("maxLength").asInt()).isEqualTo(2000);
        assertThat(card.path("actions").findValuesAsText("title")).containsExactly("Deny", "Back");
        assertThat(card.at("/actions/0/data/drawbridge/subject").asText()).isEqualTo("42");
        assertThat(card.at("/actions/1/associatedInputs").asText()).isEqualTo("none");
    }

    private static List<String> texts(JsonNode card) {
        List<String> texts = new ArrayList<>();
        card.findValues("inlines").forEach(inlines -> texts.add(String.join("", inlines.findValuesAsText("text"))));
        return texts;
    }
}
