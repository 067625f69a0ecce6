package io.drawbridge.notification.chat.teams;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * Where an account is written to.
 *
 * @param serviceUrl of the part of Teams that the account belongs to; looked up on the list again at each use
 * @param conversation id of its private chat with the bot
 * @param user how Teams calls the account towards the bot, beginning with {@code 29:}; null if it has never spoken
 */
record TeamsReach(String serviceUrl, String conversation, @Nullable String user) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    String written() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Three texts cannot be written as JSON.", impossible);
        }
    }

    static TeamsReach read(String text) {
        try {
            return JSON.readValue(text, TeamsReach.class);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("What was kept to reach a Teams account cannot be read.", unreadable);
        }
    }
}
