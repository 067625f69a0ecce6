package io.drawbridge.notification.chat.slack;

import static com.slack.api.model.block.Blocks.actions;
import static com.slack.api.model.block.Blocks.context;
import static com.slack.api.model.block.Blocks.divider;
import static com.slack.api.model.block.Blocks.header;
import static com.slack.api.model.block.Blocks.input;
import static com.slack.api.model.block.Blocks.section;
import static com.slack.api.model.block.composition.BlockCompositions.markdownText;
import static com.slack.api.model.block.composition.BlockCompositions.option;
import static com.slack.api.model.block.composition.BlockCompositions.plainText;
import static com.slack.api.model.block.element.BlockElements.button;
import static com.slack.api.model.block.element.BlockElements.checkboxes;
import static com.slack.api.model.block.element.BlockElements.externalSelect;
import static com.slack.api.model.block.element.BlockElements.plainTextInput;
import static com.slack.api.model.block.element.BlockElements.staticSelect;
import static com.slack.api.model.view.Views.view;
import static com.slack.api.model.view.Views.viewClose;
import static com.slack.api.model.view.Views.viewSubmit;
import static com.slack.api.model.view.Views.viewTitle;

import com.slack.api.model.block.InputBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.composition.OptionObject;
import com.slack.api.model.block.composition.PlainTextObject;
import com.slack.api.model.block.composition.TextObject;
import com.slack.api.model.block.element.BlockElement;
import com.slack.api.model.block.element.ButtonElement;
import com.slack.api.model.view.View;
import com.slack.api.model.view.ViewState;
import io.drawbridge.notification.chat.ChatForm;
import io.drawbridge.notification.chat.ChatMessage;
import io.drawbridge.notification.chat.Conversation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws messages and forms as Slack's Block Kit, within the limits that its reference names (docs.slack.dev, read in 2026),
 * and reads back what was filled in.
 *
 * <p>Whatever anybody typed is drawn as plain text, of which Slack makes no link, no mention and no command; only words of
 * our own are Markdown.
 */
final class BlockKit {
    /** Begins each id that we give, so that what is not ours is told from what is. */
    static final String OURS = "drawbridge:";

    static final int LONGEST_TEXT = 3000;
    static final int LONGEST_HEADER = 150;
    static final int LONGEST_FIELD = 2000;
    static final int MOST_FIELDS = 10;
    static final int MOST_BLOCKS = 50;
    static final int MOST_VIEW_BLOCKS = 100;
    static final int LONGEST_BUTTON = 75;
    static final int LONGEST_VALUE = 2000;
    static final int LONGEST_URL = 3000;
    static final int LONGEST_OPTION = 75;
    static final int LONGEST_OPTION_VALUE = 150;
    static final int MOST_OPTIONS = 100;
    static final int LONGEST_LABEL = 2000;
    static final int LONGEST_METADATA = 3000;

    private static final String OPEN = "open";
    private static final String CHECKED = "true";

    private BlockKit() {}

    /** What a notification on the screen says of the message. */
    static String preview(ChatMessage message) {
        return shortened(escaped(message.subject()), LONGEST_TEXT);
    }

    /** The blocks of a message of its own, to be found again by its key. */
    static List<LayoutBlock> message(String key, ChatMessage message) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(header(head -> head.blockId(OURS + key).text(heading(message))));
        blocks.addAll(body(message));
        return blocks.subList(0, Math.min(blocks.size(), MOST_BLOCKS));
    }

    /** Whether these are the blocks of the message with that key. */
    static boolean isOf(String key, @Nullable List<LayoutBlock> blocks) {
        return blocks != null
                && !blocks.isEmpty()
                && (OURS + key).equals(blocks.get(0).getBlockId());
    }

    /** The blocks of an answer, which nobody has to find again. */
    static List<LayoutBlock> answer(List<ChatMessage> messages, int most) {
        List<LayoutBlock> blocks = new ArrayList<>();
        for (ChatMessage message : messages) {
            List<LayoutBlock> one = new ArrayList<>();
            if (!blocks.isEmpty()) {
                one.add(divider());
            }
            one.add(header(head -> head.text(heading(message))));
            one.addAll(body(message));
            if (blocks.size() + one.size() > most) {
                break;
            }
            blocks.addAll(one);
        }
        return blocks;
    }

    /** A view that shows something and asks nothing. */
    static View shown(List<ChatMessage> messages) {
        return view(modal -> modal.type("modal")
                .callbackId(OURS + "shown")
                .title(viewTitle(title -> title.type("plain_text").text("Drawbridge")))
                .close(viewClose(close -> close.type("plain_text").text("Close")))
                .blocks(answer(messages, MOST_VIEW_BLOCKS)));
    }

    /** The view of a form. */
    static View form(ChatForm form) {
        List<LayoutBlock> blocks = new ArrayList<>();
        ChatMessage about = form.about();
        blocks.add(header(head -> head.text(heading(about))));
        blocks.addAll(words(about));
        form.fields().forEach(field -> blocks.add(drawn(field)));
        return view(modal -> modal.type("modal")
                .callbackId(OURS + form.deed().word())
                .privateMetadata(shortened(form.subject(), LONGEST_METADATA))
                .title(viewTitle(title -> title.type("plain_text").text(form.title())))
                .submit(viewSubmit(submit -> submit.type("plain_text").text(form.submit())))
                .close(viewClose(close -> close.type("plain_text").text("Close")))
                .blocks(blocks.subList(0, Math.min(blocks.size(), MOST_VIEW_BLOCKS))));
    }

    /** One's own page: what waits, and what was asked for. */
    static View home(Conversation.Home home, List<ChatMessage> first) {
        List<LayoutBlock> blocks = new ArrayList<>(answer(first, MOST_VIEW_BLOCKS));
        blocks.addAll(list("Waits for your decision", home.waiting(), "Nothing waits for you.", blocks.size()));
        blocks.addAll(list("Asked for by you", home.mine(), "You have asked for nothing that is open.", blocks.size()));
        return view(page -> page.type("home").blocks(blocks));
    }

    /** The page of an account that speaks for nobody. */
    static View home(ChatMessage message) {
        return view(page -> page.type("home").blocks(answer(List.of(message), MOST_VIEW_BLOCKS)));
    }

    static OptionObject choice(ChatForm.Option choice) {
        return option(plain(choice.words(), LONGEST_OPTION), choice.value());
    }

    /** Options that Slack takes; one with too long a value could not be chosen, and is left out. */
    static List<OptionObject> choices(List<ChatForm.Option> choices) {
        return choices.stream()
                .filter(choice -> choice.value().length() <= LONGEST_OPTION_VALUE)
                .limit(MOST_OPTIONS)
                .map(BlockKit::choice)
                .toList();
    }

    /** What was filled in, by the names of the fields. */
    static Map<String, String> values(@Nullable ViewState state) {
        Map<String, String> values = new LinkedHashMap<>();
        if (state == null || state.getValues() == null) {
            return values;
        }
        state.getValues().forEach((block, elements) -> elements.values().forEach(element -> {
            if (element.getValue() != null) {
                values.put(block, element.getValue());
            } else if (element.getSelectedOption() != null) {
                values.put(block, element.getSelectedOption().getValue());
            } else if (element.getSelectedOptions() != null
                    && !element.getSelectedOptions().isEmpty()) {
                values.put(block, element.getSelectedOptions().get(0).getValue());
            }
        }));
        return values;
    }

    /**
     * What is wrong, by fields that the form has; the rest stands at the first.
     *
     * @param fields the names of the form's fields, in order
     */
    static Map<String, String> wrong(Map<String, String> wrong, List<String> fields) {
        Map<String, String> shown = new LinkedHashMap<>();
        wrong.forEach((field, said) -> {
            boolean there = fields.contains(field) || fields.isEmpty();
            shown.merge(
                    there ? field : fields.get(0),
                    shortened(there ? said : field + " " + said, LONGEST_TEXT),
                    (one, other) -> shortened(one + " " + other, LONGEST_TEXT));
        });
        return shown;
    }

    /** The names of the fields of a form that was sent. */
    static List<String> fields(View view) {
        return view.getBlocks() == null
                ? List.of()
                : view.getBlocks().stream()
                        .filter(InputBlock.class::isInstance)
                        .map(LayoutBlock::getBlockId)
                        .toList();
    }

    private static List<LayoutBlock> list(String title, List<ChatMessage> messages, String none, int before) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(divider());
        blocks.add(section(part -> part.text(markdownText("*" + title + "*"))));
        if (messages.isEmpty()) {
            blocks.add(section(part -> part.text(plain(none, LONGEST_TEXT))));
        }
        blocks.addAll(answer(messages, (MOST_VIEW_BLOCKS - before) / 2 - blocks.size()));
        return blocks;
    }

    private static PlainTextObject heading(ChatMessage message) {
        return plain((message.loud() ? "\uD83D\uDEA8 " : "") + message.subject(), LONGEST_HEADER);
    }

    private static List<LayoutBlock> body(ChatMessage message) {
        List<LayoutBlock> blocks = new ArrayList<>(words(message));
        List<BlockElement> buttons = new ArrayList<>();
        message.actions()
                .forEach(action -> buttons.add(button(button -> {
                    ButtonElement.ButtonElementBuilder drawn = button.actionId(
                                    OURS + action.deed().word())
                            .text(plain(action.label(), LONGEST_BUTTON))
                            .value(shortened(action.subject().isEmpty() ? "-" : action.subject(), LONGEST_VALUE));
                    return switch (action.style()) {
                        case PLAIN -> drawn;
                        case PRIMARY -> drawn.style("primary");
                        case DANGER -> drawn.style("danger");
                    };
                })));
        ChatMessage.Link link = message.link();
        if (link != null && link.address().length() <= LONGEST_URL) {
            buttons.add(button(button -> button.actionId(OURS + OPEN)
                    .text(plain(link.label(), LONGEST_BUTTON))
                    .url(link.address())));
        }
        if (!buttons.isEmpty()) {
            blocks.add(actions(buttons));
        }
        String addendum = message.addendum();
        if (addendum != null && !addendum.isBlank()) {
            blocks.add(context(List.of(plain(addendum, LONGEST_FIELD))));
        }
        return blocks;
    }

    /** Lead, facts and quotation; a table of names and values of at most five lines a block. */
    private static List<LayoutBlock> words(ChatMessage message) {
        List<LayoutBlock> blocks = new ArrayList<>();
        if (!message.lead().isBlank()) {
            blocks.add(section(part -> part.text(plain(message.lead(), LONGEST_TEXT))));
        }
        List<TextObject> fields = new ArrayList<>();
        message.facts().forEach((name, value) -> {
            fields.add(markdownText("*" + shortened(escaped(name), LONGEST_FIELD - 2) + "*"));
            fields.add(plain(value.isBlank() ? "-" : value, LONGEST_FIELD));
        });
        for (int from = 0; from < fields.size(); from += MOST_FIELDS) {
            List<TextObject> some = List.copyOf(fields.subList(from, Math.min(fields.size(), from + MOST_FIELDS)));
            blocks.add(section(part -> part.fields(some)));
        }
        String quotation = message.quotation();
        if (quotation != null && !quotation.isBlank()) {
            blocks.add(section(
                    part -> part.text(markdownText("*" + escaped(String.valueOf(message.quotationOf())) + "*"))));
            blocks.add(section(part -> part.text(plain(quotation, LONGEST_TEXT))));
        }
        return blocks;
    }

    private static InputBlock drawn(ChatForm.Field field) {
        return input(block -> block.blockId(field.name())
                .label(plain(field.label(), LONGEST_LABEL))
                .hint(field.hint() == null ? null : plain(field.hint(), LONGEST_LABEL))
                .optional(!field.required())
                .element(element(field)));
    }

    private static BlockElement element(ChatForm.Field field) {
        String value = field.value();
        return switch (field.kind()) {
            case LINE, TEXT ->
                plainTextInput(text -> text.actionId(field.name())
                        .multiline(field.kind() == ChatForm.Kind.TEXT)
                        .initialValue(value)
                        .maxLength(Math.min(field.longest(), LONGEST_TEXT)));
            case CHOICE ->
                staticSelect(select -> select.actionId(field.name())
                        .options(choices(field.options()))
                        .initialOption(chosen(field)));
            case SUGGESTED ->
                externalSelect(select ->
                        select.actionId(OURS + field.name()).minQueryLength(0).initialOption(chosen(field)));
            case CHECK ->
                checkboxes(boxes -> boxes.actionId(field.name())
                        .options(List.of(option(plain("Yes", LONGEST_OPTION), CHECKED)))
                        .initialOptions(
                                CHECKED.equals(value) ? List.of(option(plain("Yes", LONGEST_OPTION), CHECKED)) : null));
        };
    }

    private static @Nullable OptionObject chosen(ChatForm.Field field) {
        return field.options().stream()
                .filter(option -> option.value().equals(field.value()))
                .filter(option -> option.value().length() <= LONGEST_OPTION_VALUE)
                .findFirst()
                .map(BlockKit::choice)
                .orElse(null);
    }

    private static PlainTextObject plain(String text, int longest) {
        return plainText(shortened(text.isBlank() ? "-" : text, longest), false);
    }

    /** Slack's own three characters, by its reference on formatting text. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** With a mark that something was cut, and never in the middle of a character. */
    static String shortened(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = longest - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
