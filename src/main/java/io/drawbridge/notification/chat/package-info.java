/**
 * The telling in chat, and the answering: one conversation, the same on every platform, and a port that a platform plugs into.
 *
 * <p>{@link io.drawbridge.notification.chat.Conversation} is what people say and click, and what they get to see for it. It
 * speaks of {@link io.drawbridge.notification.chat.ChatMessage}s and {@link io.drawbridge.notification.chat.ChatForm}s only;
 * a platform draws them, and reads what comes back. A platform is two things: a
 * {@link io.drawbridge.notification.chat.ChatLine}, by which messages go out, and a
 * {@link io.drawbridge.request.ChatDoor}, through which deliveries come in.
 */
@NullMarked
package io.drawbridge.notification.chat;

import org.jspecify.annotations.NullMarked;
