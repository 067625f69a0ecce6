/** Where chat platforms call; whatever they bring is handed on unread to whoever can prove where it comes from. */
@NullMarked
package io.drawbridge.web.chat;

import org.jspecify.annotations.NullMarked;
