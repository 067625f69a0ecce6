package io.drawbridge.notification.chat.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.util.json.GsonFactory;
import io.drawbridge.notification.chat.ChatForm;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.Conversation;
import io.drawbridge.notification.chat.Deed;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Slack's limits, of which the emulator knows nothing; by the reference of Block Kit. */
class BlockKitTest {
    private static final String LONG = "\uD83D\uDE00x".repeat(3000);

    @Test
    void keepsEveryLimitOfMessages() throws Exception {
        JsonNode blocks = json(BlockKit.message("k".repeat(36), endless(30)));

        assertThat(blocks).hasSizeLessThanOrEqualTo(50);
        assertKept(blocks);
        assertThat(BlockKit.preview(endless(1))).hasSizeLessThanOrEqualTo(3000);
    }

    @Test
    void keepsEveryLimitOfListsAndTheHomeTab() throws Exception {
        List<ChatMessage> many =
                IntStream.range(0, 60).mapToObj(each -> endless(12)).toList();

        JsonNode list = json(BlockKit.answer(many, BlockKit.MOST_BLOCKS));
        JsonNode home = json(BlockKit.home(new Conversation.Home(many, many), many.subList(0, 1)));

        assertThat(list).hasSizeBetween(1, 50);
        assertKept(list);
        assertThat(home.path("blocks")).hasSizeBetween(3, 100);
        assertThat(home.toString()).contains("Waits for your decision", "Asked for by you");
        assertKept(home.path("blocks"));
    }

    @Test
    void keepsEveryLimitOfForms() throws Exception {
        List<ChatForm.Option> options = IntStream.range(0, 150)
                .mapToObj(each -> new ChatForm.Option(each % 2 == 0 ? "v" + each : LONG, LONG))
                .toList();
        ChatForm form = new ChatForm(
                Deed.APPROVE,
                "s".repeat(4000),
                "t".repeat(24),
                endless(10),
                List.of(
                        new ChatForm.Field("a", LONG, ChatForm.Kind.CHOICE, true, "v0", LONG, 0, options),
                        new ChatForm.Field("b", "B", ChatForm.Kind.TEXT, true, null, null, 2000, List.of()),
                        new ChatForm.Field("c", "C", ChatForm.Kind.SUGGESTED, true, "v2", null, 0, options),
                        new ChatForm.Field("d", "D", ChatForm.Kind.CHECK, false, null, null, 0, List.of())),
                "u".repeat(24));

        JsonNode view = json(BlockKit.form(form));

        assertThat(view.path("title").path("text").asText()).hasSize(24);
        assertThat(view.path("private_metadata").asText()).hasSizeLessThanOrEqualTo(3000);
        assertThat(view.path("blocks")).hasSizeLessThanOrEqualTo(100);
        assertKept(view.path("blocks"));
        JsonNode select = view.findValue("options");
        assertThat(select).as("what could not be chosen is left out").hasSize(75);
        select.forEach(option -> {
            assertThat(option.path("text").path("text").asText()).hasSizeLessThanOrEqualTo(75);
            assertThat(option.path("value").asText()).hasSizeLessThanOrEqualTo(150);
        });
    }

    @Test
    void drawsWhatStrangersTypedAsPlainText() throws Exception {
        String wicked = "<!channel> <@U1> <http://evil.example|Approve> *bold* & more";
        JsonNode blocks = json(BlockKit.message(
                "key",
                new ChatMessage(
                        wicked,
                        wicked,
                        Map.of("Account", wicked),
                        "Justification",
                        wicked,
                        null,
                        wicked,
                        List.of(),
                        false)));

        blocks.findParents("text").forEach(text -> {
            if (text.path("type").asText().equals("mrkdwn")) {
                assertThat(text.path("text").asText()).isIn("*Account*", "*Justification*");
            }
        });
        assertThat(blocks.findValuesAsText("text")).contains(wicked);
        assertThat(BlockKit.preview(ChatMessage.of(wicked, "")))
                .doesNotContain("<")
                .contains("&lt;!channel&gt;");
    }

    @Test
    void neverCutsACharacterInTwo() {
        for (int longest = 3; longest < 12; longest++) {
            String cut = BlockKit.shortened(LONG, longest);
            assertThat(cut).hasSizeLessThanOrEqualTo(longest).endsWith("…");
            assertThat(Character.isHighSurrogate(cut.charAt(cut.length() - 2))).isFalse();
        }
        assertThat(BlockKit.shortened("short", 5)).isEqualTo("short");
    }

    @Test
    void saysAtEachFieldWhatIsWrongAndTheRestAtTheFirst() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("duration", "is too long.");
        wrong.put("identity", "is not yours.");

        assertThat(BlockKit.wrong(wrong, List.of("message", "duration")))
                .containsEntry("duration", "is too long.")
                .containsEntry("message", "identity is not yours.");
    }

    private static ChatMessage endless(int facts) {
        Map<String, String> many = new LinkedHashMap<>();
        IntStream.range(0, facts * 4).forEach(each -> many.put("n" + each + LONG, LONG));
        return new ChatMessage(
                LONG,
                LONG,
                many,
                "Justification",
                LONG,
                new ChatMessage.Link(LONG, "https://drawbridge.example.com/requests/1"),
                LONG,
                Arrays.stream(Deed.values())
                        .limit(5)
                        .map(deed -> new ChatMessage.Action(deed, LONG, LONG, ChatMessage.Style.DANGER))
                        .toList(),
                true);
    }

    /** Slack refuses the whole message for one text that is too long, or empty. */
    private static void assertKept(JsonNode blocks) {
        for (JsonNode block : blocks) {
            assertThat(block.path("block_id").asText()).hasSizeLessThanOrEqualTo(255);
            switch (block.path("type").asText()) {
                case "header" ->
                    assertThat(block.path("text").path("text").asText()).hasSizeBetween(1, 150);
                case "section" -> {
                    if (block.has("text")) {
                        assertThat(block.path("text").path("text").asText()).hasSizeBetween(1, 3000);
                    }
                    assertThat(block.path("fields")).hasSizeLessThanOrEqualTo(10);
                    block.path("fields")
                            .forEach(field ->
                                    assertThat(field.path("text").asText()).hasSizeBetween(1, 2000));
                }
                case "actions" -> {
                    assertThat(block.path("elements")).hasSizeBetween(1, 25);
                    block.path("elements").forEach(button -> {
                        assertThat(button.path("text").path("text").asText()).hasSizeBetween(1, 75);
                        assertThat(button.path("value").asText()).hasSizeLessThanOrEqualTo(2000);
                        assertThat(button.path("action_id").asText()).hasSizeBetween(1, 255);
                    });
                }
                case "input" -> {
                    assertThat(block.path("label").path("text").asText()).hasSizeBetween(1, 2000);
                    assertThat(block.path("hint").path("text").asText()).hasSizeLessThanOrEqualTo(2000);
                }
                case "context" ->
                    assertThat(block.path("elements").path(0).path("text").asText())
                            .hasSizeBetween(1, 3000);
                default -> assertThat(block.path("type").asText()).isEqualTo("divider");
            }
        }
    }

    private static JsonNode json(List<LayoutBlock> blocks) throws Exception {
        return new JsonMapper().readTree(GsonFactory.createSnakeCase().toJson(blocks));
    }

    private static JsonNode json(Object view) throws Exception {
        return new JsonMapper().readTree(GsonFactory.createSnakeCase().toJson(view));
    }
}
