package io.drawbridge.intake.aws;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, with bounds.
 *
 * @param path where the object stands in the record, for messages; empty, or ending in a dot
 */
record Fields(JsonNode object, String path) {

    /** A field that must be there and match as a whole. */
    String required(String name, Pattern form) {
        String value = optional(name, form);
        if (value == null) {
            throw new MalformedRecordException("The field \"" + path + name + "\" is missing.");
        }
        return value;
    }

    /** A field that may be absent, null or empty, and else must match as a whole. */
    @Nullable
    String optional(String name, Pattern form) {
        String value = text(name);
        if (value != null && !form.matcher(value).matches()) {
            throw new MalformedRecordException("The field \"" + path + name + "\" is " + Quotation.of(value) + " of "
                    + value.length() + " characters; expected the form " + form.pattern() + ".");
        }
        return value;
    }

    /**
     * A free text that may be absent; control characters and broken surrogates are replaced by U+FFFD, because no page,
     * log or database should have to bear them.
     *
     * @param longest in characters, included
     */
    @Nullable
    String free(String name, int longest) {
        String value = text(name);
        if (value != null && value.length() > longest) {
            throw new MalformedRecordException("The field \"" + path + name + "\" has " + value.length()
                    + " characters; expected at most " + longest + ".");
        }
        return value == null ? null : printable(value);
    }

    /** An object that may be absent or null, and then has no fields. */
    Fields nested(String name) {
        JsonNode value = object.path(name);
        if (!value.isObject() && !value.isMissingNode() && !value.isNull()) {
            throw wrongType(name, value, "an object");
        }
        return new Fields(value, path + name + ".");
    }

    private @Nullable String text(String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrongType(name, value, "a text");
        }
        return value.textValue().isEmpty() ? null : value.textValue();
    }

    private MalformedRecordException wrongType(String name, JsonNode value, String expected) {
        return new MalformedRecordException(
                "The field \"" + path + name + "\" is of type " + value.getNodeType() + "; expected " + expected + ".");
    }

    /** The text with U+FFFD for every control character and broken surrogate. */
    static String printable(String value) {
        StringBuilder text = new StringBuilder(value.length());
        value.codePoints()
                .map(point -> Character.isISOControl(point)
                                || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)
                        ? 0xFFFD
                        : point)
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
