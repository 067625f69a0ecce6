package io.drawbridge.web.pages;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what was typed into a form. */
final class Text {
    private Text() {}

    /** Without blanks around it; null if nothing else is there. */
    static @Nullable String filled(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** The lines in which something stands, without blanks around them. */
    static List<String> lines(@Nullable String text) {
        return text == null
                ? List.of()
                : text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    /**
     * Tells whether what is done is what was shown: a confirmation carries the fingerprint of what it names.
     *
     * @return SHA-256 in hex
     */
    static String fingerprint(Collection<String> things) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String thing : things) {
                digest.update(thing.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) '\n');
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
