package io.drawbridge.notification.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What somebody gets for what he said, clicked or sent; for his eyes only. */
public sealed interface ChatReply {
    /** Something to read; one message at least. */
    record Said(List<ChatMessage> messages) implements ChatReply {
        public Said {
            messages = List.copyOf(messages);
        }

        Said(ChatMessage message) {
            this(List.of(message));
        }
    }

    /**
     * A form to fill in. Where the platform lets none be opened at that moment, a message with one button stands in for it:
     * {@link #asMessage}.
     */
    record Opened(ChatForm form) implements ChatReply {
        /** A message whose button opens the form. */
        public ChatMessage asMessage() {
            return ChatMessage.of(form.title(), "Open the form to go on.")
                    .with(List.of(new ChatMessage.Action(
                            form.deed(), form.subject(), "Open the form", ChatMessage.Style.PRIMARY)));
        }
    }

    /** The form stays open: what is wrong, by field. Nothing has changed. */
    record Wrong(Map<String, String> fields) implements ChatReply {
        public Wrong {
            fields = new LinkedHashMap<>(fields);
        }
    }

    /** Says what was wrong where no form is open any more. */
    static ChatMessage notTaken(Wrong wrong) {
        return ChatMessage.of("Not done", "It could not be taken; try again.").with(wrong.fields());
    }

    /** The same was delivered before; there is nothing to show. */
    record Again() implements ChatReply {}
}
