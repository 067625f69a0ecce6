package io.drawbridge.grant.aws.scp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells whether the content of a policy is still what was written. */
public final class PolicyContent {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PolicyContent() {}

    /** SHA-256 of the bytes, 64 small hexadecimal digits. */
    public static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    /**
     * Whether both say the same, white space and the order of keys aside: a save in AWS's console strips white space.
     * Content that is no JSON, or names a key twice, is the same as nothing but itself.
     */
    public static boolean same(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        try {
            return STRICT.readTree(one).equals(STRICT.readTree(other));
        } catch (JsonProcessingException unreadable) {
            return false;
        }
    }
}
