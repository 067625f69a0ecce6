package io.drawbridge.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The public half of a key that heads are signed with. */
final class VerifyingKey {
    static final String ALGORITHM = "Ed25519";

    private static final int ID_DIGITS = 16;

    private final PublicKey key;

    VerifyingKey(PublicKey key) {
        this.key = key;
    }

    /**
     * Reads it from a PEM file.
     *
     * @throws IllegalArgumentException if the file cannot be read, or holds no public key of Ed25519
     */
    static VerifyingKey read(Path file) {
        byte[] encoded = block(file, "PUBLIC KEY");
        try {
            return new VerifyingKey(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalArgumentException(
                    "The PUBLIC KEY in \"" + file + "\" is no public key of Ed25519.", unreadable);
        }
    }

    /** The content of the block of that name in a PEM file. */
    static byte[] block(Path file, String name) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("The key file \"" + file + "\" cannot be read.", unreadable);
        }
        Matcher block = Pattern.compile("-----BEGIN " + name + "-----(.*?)-----END " + name + "-----", Pattern.DOTALL)
                .matcher(text);
        if (!block.find()) {
            throw new IllegalArgumentException(
                    "The key file \"" + file + "\" has no block BEGIN " + name + "; expected PEM.");
        }
        try {
            return Base64.getMimeDecoder().decode(block.group(1));
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(
                    "The block BEGIN " + name + " in \"" + file + "\" is no Base64.", unreadable);
        }
    }

    /** The first 16 hex digits of the SHA-256 of the key's DER form. */
    String id() {
        return Canonical.sha256(key.getEncoded()).substring(0, ID_DIGITS);
    }

    String pem() {
        return SigningKey.pem("PUBLIC KEY", key.getEncoded());
    }

    /** Whether the head was signed with the other half, as it is. */
    boolean signed(Head head) {
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(head.text());
            return check.verify(Base64.getDecoder().decode(head.signature()));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            return false;
        }
    }
}
