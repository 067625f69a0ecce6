package io.drawbridge.audit;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/** Records and heads as lines of JSON, as exports and the file of heads hold them. */
final class LineForm {
    static final String RECORD = "record";

    /** Whatever is not exactly what was written is not read: no further field, none twice, none left out. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private LineForm() {}

    /**
     * A line of an export.
     *
     * @param position null if the record is not sealed yet, as are the two hashes
     */
    @JsonPropertyOrder({
        "type",
        "position",
        "number",
        "tenant",
        "at",
        "actor",
        "action",
        "subject",
        "details",
        "previous",
        "hash"
    })
    record Line(
            String type,
            @Nullable Long position,
            long number,
            String tenant,
            String at,
            String actor,
            String action,
            String subject,
            String details,
            @Nullable String previous,
            @Nullable String hash) {
        Link.Content content() {
            return new Link.Content(tenant, number, at, actor, action, subject, details);
        }
    }

    /** Only its type is read. */
    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    record Typed(@Nullable String type) {}

    static String of(Link link, Link.Content content) {
        return write(line(link.position(), content, link.previous(), link.hash()));
    }

    static String unsealed(Link.Content content) {
        return write(line(null, content, null, null));
    }

    private static Line line(
            @Nullable Long position, Link.Content content, @Nullable String previous, @Nullable String hash) {
        return new Line(
                RECORD,
                position,
                content.number(),
                content.tenant(),
                content.at(),
                content.actor(),
                content.action(),
                content.subject(),
                content.details(),
                previous,
                hash);
    }

    static String of(Head head) {
        return write(head);
    }

    /** What a line is; empty if it cannot be read at all. */
    static String type(String line) {
        try {
            Typed typed = JSON.readValue(line, Typed.class);
            String type = typed == null ? null : typed.type();
            return type == null ? "" : type;
        } catch (JsonProcessingException unreadable) {
            return "";
        }
    }

    static Line record(String line) throws JsonProcessingException {
        return whole(JSON.readValue(line, Line.class));
    }

    static Head head(String line) throws JsonProcessingException {
        Head head = JSON.readValue(line, Head.class);
        if (head == null
                || Canonical.anyNull(
                        head.chain(),
                        head.tenant(),
                        head.hash(),
                        head.signedAt(),
                        head.kind(),
                        head.key(),
                        head.previous(),
                        head.signature())) {
            throw new NotWritten("The head lacks a field.");
        }
        return head;
    }

    private static Line whole(@Nullable Line line) throws JsonProcessingException {
        if (line == null
                || Canonical.anyNull(
                        line.tenant(), line.at(), line.actor(), line.action(), line.subject(), line.details())) {
            throw new NotWritten("The record lacks a field.");
        }
        return line;
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A line of the audit chain cannot be written.", impossible);
        }
    }

    /** A line that we would not have written. */
    static final class NotWritten extends JsonProcessingException {
        private static final long serialVersionUID = 1L;

        NotWritten(String message) {
            super(message);
        }
    }
}
