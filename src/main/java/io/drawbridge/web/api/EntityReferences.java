package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads references to entities: as {@code {type, id}}, or as Cedar writes them, {@code Drawbridge::User::"alice"}.
 *
 * <p>Escapes in the id are those of Cedar's strings (Cedar 4, grammar of {@code STR}): {@code \n \r \t \\ \0 \' \"},
 * {@code \x} with two hex digits up to 7F, and a {@code u} with one to six in braces.
 */
final class EntityReferences {
    private static final Pattern TYPE = Pattern.compile("[A-Za-z_]\\w{0,99}(?:::[A-Za-z_]\\w{0,99}){0,20}");
    private static final Pattern REFERENCE = Pattern.compile("(" + TYPE.pattern() + ")::\"(.*)\"", Pattern.DOTALL);
    private static final Map<Character, Character> ESCAPES =
            Map.of('n', '\n', 'r', '\r', 't', '\t', '\\', '\\', '0', '\0', '\'', '\'', '"', '"');
    private static final int LONGEST = 10_000;

    private EntityReferences() {}

    /**
     * The reference in a field.
     *
     * @throws InvalidInputException if it is missing or in neither form
     */
    static EntityRef read(String field, @Nullable JsonNode given) {
        if (given == null || given.isNull()) {
            throw new InvalidInputException(field, "is missing; give Drawbridge::Type::\"id\" or {type, id}.");
        }
        if (given.isTextual() && given.textValue().length() <= LONGEST) {
            return text(field, given.textValue());
        }
        if (given.isObject()) {
            JsonNode type = given.path("type");
            JsonNode id = given.path("id");
            TreeSet<String> unknown = new TreeSet<>();
            given.fieldNames().forEachRemaining(unknown::add);
            unknown.remove("type");
            unknown.remove("id");
            if (!unknown.isEmpty()) {
                throw new InvalidInputException(
                        field + "." + unknown.first(),
                        "is not a field of an entity reference; its fields are id, type.");
            }
            if (type.isTextual()
                    && id.isTextual()
                    && id.textValue().length() <= LONGEST
                    && TYPE.matcher(type.textValue()).matches()) {
                return sound(field, new EntityRef(type.textValue(), id.textValue()));
            }
        }
        throw unreadable(field);
    }

    private static EntityRef text(String field, String text) {
        Matcher parts = REFERENCE.matcher(text.strip());
        if (!parts.matches()) {
            throw unreadable(field);
        }
        String quoted = parts.group(2);
        StringBuilder id = new StringBuilder();
        int at = 0;
        while (at < quoted.length()) {
            char each = quoted.charAt(at++);
            if (each == '"') {
                throw unreadable(field);
            }
            if (each != '\\') {
                id.append(each);
                continue;
            }
            char escape = at < quoted.length() ? quoted.charAt(at++) : ' ';
            if (escape == 'x') {
                int end = Math.min(at + 2, quoted.length());
                id.appendCodePoint(code(field, quoted.substring(at, end), 2, 2, 0x7F));
                at = end;
            } else if (escape == 'u' && at < quoted.length() && quoted.charAt(at) == '{') {
                int end = quoted.indexOf('}', at);
                if (end < 0) {
                    throw unreadable(field);
                }
                id.appendCodePoint(code(field, quoted.substring(at + 1, end), 1, 6, Character.MAX_CODE_POINT));
                at = end + 1;
            } else {
                Character plain = ESCAPES.get(escape);
                if (plain == null) {
                    throw unreadable(field);
                }
                id.append(plain.charValue());
            }
        }
        return sound(field, new EntityRef(parts.group(1), id.toString()));
    }

    private static int code(String field, String digits, int fewest, int most, int highest) {
        if (digits.length() >= fewest
                && digits.length() <= most
                && digits.chars().allMatch(digit -> Character.digit(digit, 16) >= 0 && digit < 128)) {
            int code = Integer.parseInt(digits, 16);
            if (code <= highest) {
                return code;
            }
        }
        throw unreadable(field);
    }

    /** Half characters cannot be handed over to Cedar; a null character can. */
    private static EntityRef sound(String field, EntityRef reference) {
        String flaw = ApiJson.flawIn(reference.id().replace('\0', ' '));
        if (!flaw.isEmpty()) {
            throw new InvalidInputException(field, flaw);
        }
        return reference;
    }

    private static InvalidInputException unreadable(String field) {
        return new InvalidInputException(
                field, "is no entity reference; expected Drawbridge::Type::\"id\" or {\"type\": …, \"id\": …}.");
    }
}
