package io.drawbridge.notification;

import io.drawbridge.organization.Seal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Seals by AES-256 in Galois/Counter Mode, with a random nonce for each text and its place authenticated beside it.
 *
 * <p>A sealed text is {@code 1.<key>.<nonce and ciphertext in Base64>}, where {@code key} is the beginning of the key's
 * SHA-256: so several keys can be known at a time, and a missing one be named. NIST SP 800-38D, 8.3, bounds random nonces
 * of 96 bits to 2^32 texts a key; a tenant has 20 channels.
 */
@Component
final class AesSeal implements Seal {
    private static final String SETTING = "drawbridge.channels.secret-keys";
    private static final String VERSION = "1";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();

    AesSeal(ChannelProperties properties) {
        List<String> texts = properties.secretKeys();
        for (int at = 0; at < texts.size(); at++) {
            byte[] key = key(texts.get(at), at);
            keys.put(fingerprint(key), new SecretKeySpec(key, "AES"));
        }
    }

    @Override
    public boolean isThere() {
        return !keys.isEmpty();
    }

    @Override
    public String seal(String text, String place) {
        Map.Entry<String, SecretKeySpec> first = keys.entrySet().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "There is no key to keep a secret with; set " + SETTING + " to 32 random bytes in Base64."));
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, first.getValue(), nonce, place)
                    .doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] whole = ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return VERSION + "." + first.getKey() + "." + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has AES/GCM.", impossible);
        }
    }

    @Override
    public String open(String sealed, String place) {
        String[] parts = sealed.split("\\.", -1);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            throw new IllegalStateException(
                    "What is kept as the secret of \"" + place + "\" is none that was sealed here.");
        }
        SecretKeySpec key = keys.get(parts[1]);
        if (key == null) {
            throw new IllegalStateException("The secret of \"" + place + "\" was sealed with the key " + parts[1]
                    + ", which this installation does not have; add that key to " + SETTING + ".");
        }
        try {
            byte[] whole = Base64.getDecoder().decode(parts[2]);
            byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
            byte[] text = cipher(Cipher.DECRYPT_MODE, key, nonce, place)
                    .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
            return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException forged) {
            throw new IllegalStateException(
                    "The secret of \"" + place + "\" was changed in the database, or is another channel's.", forged);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String place)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] key(String text, int at) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException unreadable) {
            throw bad(at, unreadable);
        }
        if (key.length != KEY_BYTES) {
            throw bad(at, null);
        }
        return key;
    }

    private static IllegalArgumentException bad(int at, @org.jspecify.annotations.Nullable Exception cause) {
        return new IllegalArgumentException(
                SETTING + "[" + at + "] cannot be used; expected " + KEY_BYTES
                        + " random bytes in Base64, such as \"openssl rand -base64 32\" prints.",
                cause);
    }

    private static String fingerprint(byte[] key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key), 0, 4);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
