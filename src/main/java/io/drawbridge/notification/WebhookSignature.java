package io.drawbridge.notification;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Shows a receiver that a body is Drawbridge's, and how old it is. */
final class WebhookSignature {
    static final String HEADER = "X-Drawbridge-Signature";

    private WebhookSignature() {}

    /** {@code t=<Unix seconds>,v1=<HMAC-SHA256 in hex over t, a full stop and the body>}. */
    static String of(String secret, Instant at, String body) {
        long seconds = at.getEpochSecond();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(signature);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has HMAC-SHA256.", impossible);
        }
    }
}
