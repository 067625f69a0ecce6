package io.drawbridge.audit;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;

/**
 * The end of a chain at a moment, signed.
 *
 * @param type always {@link #TYPE}
 * @param chain id of the chain, made when its first record was sealed
 * @param position of the last link
 * @param hash of the last link
 * @param signedAt as ISO 8601 in UTC
 * @param kind {@link #INTERVAL} of one that is written beside the database, {@link #EXPORT} of one that closes an export
 * @param key id of the key, as {@link SigningKey#id} of its public half
 * @param previous SHA-256 in hex of the line before it in its file; {@link Link#START} for the first, and in an export
 * @param signature Ed25519 (RFC 8032) in Base64
 */
@JsonPropertyOrder({"type", "chain", "tenant", "position", "hash", "signedAt", "kind", "key", "previous", "signature"})
record Head(
        String type,
        String chain,
        String tenant,
        long position,
        String hash,
        String signedAt,
        String kind,
        String key,
        String previous,
        String signature) {
    static final String TYPE = "head";
    static final String INTERVAL = "interval";
    static final String EXPORT = "export";

    private static final String FORM = "drawbridge-audit-head-1";

    /** What is signed. */
    byte[] text() {
        return Canonical.bytes(FORM, chain, tenant, String.valueOf(position), hash, signedAt, kind, key, previous);
    }

    Head signed(String made) {
        return new Head(type, chain, tenant, position, hash, signedAt, kind, key, previous, made);
    }

    Instant signedInstant() {
        return Instant.parse(signedAt);
    }
}
