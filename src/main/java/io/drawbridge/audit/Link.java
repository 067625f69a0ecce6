package io.drawbridge.audit;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A record in its place in the chain.
 *
 * @param position from 1, without gaps
 * @param number of the record that was sealed there
 * @param previous hash of the link before, {@link #START} for the first
 * @param hash what it was sealed with
 * @param content the record as it is found now; null if it is gone
 */
record Link(long position, long number, String previous, String hash, @Nullable Content content) {
    /** What the first link of a chain is chained to. */
    static final String START = "0".repeat(64);

    private static final String FORM = "drawbridge-audit-1";
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * Every column of a record.
     *
     * @param at in UTC with six digits after the second, as {@link Link#text} writes it
     * @param details the very text that was recorded
     */
    record Content(String tenant, long number, String at, String actor, String action, String subject, String details) {

        /** The hash of this record in that place. */
        String hash(String previous, long position) {
            return Canonical.sha256(Canonical.bytes(
                    FORM,
                    previous,
                    tenant,
                    String.valueOf(position),
                    String.valueOf(number),
                    at,
                    actor,
                    action,
                    subject,
                    details));
        }

        Content numbered(long other) {
            return new Content(tenant, other, at, actor, action, subject, details);
        }
    }

    /** A moment as it is hashed; both databases keep microseconds. */
    static String text(Instant at) {
        return MICROSECONDS.format(at);
    }

    /** Seals a record after the link with that position and hash. */
    static Link after(long position, String previous, Content content) {
        return new Link(position + 1, content.number(), previous, content.hash(previous, position + 1), content);
    }

    /** Whether its record is the one that it was sealed with, in the place that it claims. */
    boolean holds() {
        return content != null
                && content.number() == number
                && content.hash(previous, position).equals(hash);
    }
}
