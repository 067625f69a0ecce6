package io.drawbridge.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Several texts as one run of bytes that can be read in one way only: each as a netstring, its length in bytes of UTF-8 in
 * decimal digits, a colon, the bytes, a comma (cr.yp.to/proto/netstrings.txt).
 */
final class Canonical {
    private static final HexFormat HEX = HexFormat.of();

    private Canonical() {}

    static byte[] bytes(String... texts) {
        byte[][] parts = new byte[texts.length * 2][];
        int length = 0;
        for (int i = 0; i < texts.length; i++) {
            byte[] text = texts[i].getBytes(StandardCharsets.UTF_8);
            parts[2 * i] = (text.length + ":").getBytes(StandardCharsets.US_ASCII);
            parts[2 * i + 1] = text;
            length += parts[2 * i].length + text.length + 1;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            System.arraycopy(parts[i], 0, all, at, parts[i].length);
            at += parts[i].length;
            if (i % 2 == 1) {
                all[at++] = ',';
            }
        }
        return all;
    }

    static boolean anyNull(@Nullable Object... values) {
        for (Object value : values) {
            if (value == null) {
                return true;
            }
        }
        return false;
    }

    /** SHA-256 in hex, 64 digits. */
    static String sha256(byte[] bytes) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
