/** Slack, by its own SDK and Bolt: how the conversation is drawn there, and how what comes back is read. */
@NullMarked
package io.drawbridge.notification.chat.slack;

import org.jspecify.annotations.NullMarked;
