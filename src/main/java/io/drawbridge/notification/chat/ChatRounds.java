package io.drawbridge.notification.chat;

import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.operations.Rounds;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends the courier of the chats round and round, and takes up what came in and was not done; on a thread of its own.
 *
 * <p>The end of the application waits for a message that is under way, so that it is noted as posted; what is left is posted
 * by another node, or later.
 */
@Component
class ChatRounds extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(ChatRounds.class);

    private final ChatLines lines;
    private final ChatCourier courier;
    private final Conversation conversation;
    private final NotificationProperties properties;

    ChatRounds(ChatLines lines, ChatCourier courier, Conversation conversation, NotificationProperties properties) {
        super("drawbridge-chat", properties.poll(), properties.timeout());
        this.lines = lines;
        this.courier = courier;
        this.conversation = conversation;
        this.properties = properties;
    }

    @Override
    protected List<Runnable> rounds() {
        return lines.any() ? List.of(this::round) : List.of();
    }

    private void round() {
        try {
            conversation.resume();
            while (courier.round() > 0 && !Thread.currentThread().isInterrupted()) {
                // The outbox held more than one round takes, or was filled meanwhile.
            }
        } catch (RuntimeException failure) {
            LOG.warn(
                    "The outbox of the chats could not be read; the next look follows in {}.",
                    properties.poll(),
                    failure);
        }
    }
}
