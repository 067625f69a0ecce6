/** Microsoft Teams: the conversation over the Bot Connector's REST protocol, drawn as Adaptive Cards. */
@NullMarked
package io.drawbridge.notification.chat.teams;

import org.jspecify.annotations.NullMarked;
