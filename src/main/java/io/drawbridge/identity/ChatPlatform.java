package io.drawbridge.identity;

import java.util.Locale;

/** Where people chat. */
public enum ChatPlatform {
    SLACK("Slack"),
    TEAMS("Microsoft Teams");

    private final String title;

    ChatPlatform(String title) {
        this.title = title;
    }

    /** As people call it. */
    public String title() {
        return title;
    }

    /** As it is stored and stands in addresses, such as {@code slack}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
