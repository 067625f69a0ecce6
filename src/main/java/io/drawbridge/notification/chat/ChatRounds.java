package io.drawbridge.notification.chat;

import io.drawbridge.notification.NotificationProperties;
import io.drawbridge.operations.Rounds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Sends the courier of the chats round and round, and takes up what came in and was not done; on a thread of its own. */
@Component
class ChatRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ChatRounds.class);

    private final ChatLines lines;
    private final ChatCourier courier;
    private final Conversation conversation;
    private final NotificationProperties properties;
    private @Nullable Rounds rounds;

    ChatRounds(ChatLines lines, ChatCourier courier, Conversation conversation, NotificationProperties properties) {
        this.lines = lines;
        this.courier = courier;
        this.conversation = conversation;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        if (rounds == null && lines.any()) {
            rounds = new Rounds("drawbridge-chat", properties.poll(), this::round);
        }
    }

    /** Waits for a message that is under way, so that it is noted as posted; what is left is posted by another node, or later. */
    @Override
    public synchronized void stop() {
        if (rounds != null) {
            rounds.end();
            rounds.await(properties.timeout());
            rounds = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return rounds != null;
    }

    /** A database that is down must not end the rounds: what throws once would never be scheduled again. */
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
