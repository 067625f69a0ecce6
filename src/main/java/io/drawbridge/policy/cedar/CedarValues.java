package io.drawbridge.policy.cedar;

import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.DateTime;
import com.cedarpolicy.value.Decimal;
import com.cedarpolicy.value.Duration;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.IpAddress;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.PrimLong;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import com.cedarpolicy.value.functions.Offset;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads Cedar's JSON strictly: what is not understood is refused, never rounded or dropped.
 *
 * <p>Cedar's own reader takes 1.5 for 1, and beyond 128 levels it panics and prints the input. So it is not used.
 */
final class CedarValues {
    /** Brackets within brackets; Cedar panics from 128 on. */
    static final int MAX_DEPTH = 64;
    /** Characters of one JSON text. */
    static final int MAX_TEXT = 8 << 20;
    /** Entities of one question. */
    static final int MAX_ENTITIES = 20_000;

    private static final Pattern TYPE = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*+(?:::[_a-zA-Z][_a-zA-Z0-9]*+)*+");
    private static final int LONGEST_TYPE = 512;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(1 << 20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String source;
    private final Map<String, EntityTypeName> types = new HashMap<>();

    /**
     * @param source what to call the text in problems
     */
    private CedarValues(String source) {
        this.source = source;
    }

    /** Reads a context: a JSON object. */
    static Map<String, Value> context(String text) {
        CedarValues values = new CedarValues("context");
        JsonNode node = values.tree(text);
        if (!node.isObject()) {
            throw values.refused("The context is no JSON object; expected {\"name\": value, …}.");
        }
        return values.record(node, "context");
    }

    /** Reads entities: a JSON array. */
    static Set<Entity> entities(String text) {
        CedarValues values = new CedarValues("entities");
        JsonNode node = values.tree(text);
        if (!node.isArray()) {
            throw values.refused(
                    "The entities are no JSON array; expected [{\"uid\": …, \"attrs\": …, \"parents\": …}].");
        }
        if (node.size() > MAX_ENTITIES) {
            throw values.refused("There are " + node.size() + " entities; expected at most " + MAX_ENTITIES + ".");
        }
        Set<Entity> entities = new LinkedHashSet<>();
        for (int i = 0; i < node.size(); i++) {
            entities.add(values.entity(node.get(i), "entity " + i));
        }
        return entities;
    }

    /** Reads a reference of the question. */
    static EntityUID reference(String source, EntityRef reference) {
        CedarValues values = new CedarValues(source);
        return values.type(reference.type(), source).of(reference.id());
    }

    /**
     * Reads what a judgement was made from, as {@link CedarEngine#evidence} wrote it.
     *
     * @throws InvalidPolicyException if it is not that
     */
    static Kept evidence(String text) {
        CedarValues values = new CedarValues("evidence");
        JsonNode node = values.tree(text);
        JsonNode request = node.path("request");
        if (!request.isObject() || !node.path("entities").isArray()) {
            throw values.refused("The evidence has no request and entities.");
        }
        Set<Entity> entities = new LinkedHashSet<>();
        for (int i = 0; i < node.get("entities").size(); i++) {
            entities.add(values.entity(node.get("entities").get(i), "entity " + i));
        }
        return new Kept(
                values.uid(request.path("principal"), "principal"),
                values.uid(request.path("action"), "action"),
                values.uid(request.path("resource"), "resource"),
                values.record(request.path("context"), "context"),
                entities);
    }

    /** A question that was asked before. */
    record Kept(
            EntityUID principal,
            EntityUID action,
            EntityUID resource,
            Map<String, Value> context,
            Set<Entity> entities) {}

    private JsonNode tree(String text) {
        if (text.length() > MAX_TEXT) {
            throw refused("The text has " + text.length() + " characters; expected at most " + MAX_TEXT + ".");
        }
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw refused("The text is empty; expected JSON.");
            }
            return node;
        } catch (JsonProcessingException unreadable) {
            int line = unreadable.getLocation() == null
                    ? 0
                    : unreadable.getLocation().getLineNr();
            int column = unreadable.getLocation() == null
                    ? 0
                    : unreadable.getLocation().getColumnNr();
            throw new InvalidPolicyException(List.of(new Problem(
                    source,
                    "",
                    Math.max(0, line),
                    Math.max(0, column),
                    PolicyCompiler.text(unreadable.getOriginalMessage()))));
        }
    }

    private Entity entity(JsonNode node, String where) {
        if (!node.isObject()) {
            throw refused(where + " is no JSON object.");
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!Set.of("uid", "attrs", "parents", "tags").contains(name)) {
                throw refused(where + " has an unknown field \"" + PolicyCompiler.text(name)
                        + "\"; expected uid, attrs, parents or tags.");
            }
        });
        for (String name : List.of("uid", "attrs", "parents")) {
            if (!node.has(name)) {
                throw refused(where + " has no \"" + name + "\".");
            }
        }
        EntityUID uid = uid(node.get("uid"), where + ".uid");
        JsonNode parents = node.get("parents");
        if (!parents.isArray()) {
            throw refused(where + ".parents is no JSON array.");
        }
        Set<EntityUID> above = new LinkedHashSet<>();
        parents.forEach(parent -> above.add(uid(parent, where + ".parents")));
        return new Entity(
                uid,
                attributes(node.get("attrs"), where + ".attrs"),
                above,
                node.has("tags") ? attributes(node.get("tags"), where + ".tags") : Map.of());
    }

    private Map<String, Value> attributes(JsonNode node, String where) {
        if (!node.isObject()) {
            throw refused(where + " is no JSON object.");
        }
        return record(node, where);
    }

    private Map<String, Value> record(JsonNode node, String where) {
        Map<String, Value> record = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> record.put(entry.getKey(), value(entry.getValue(), where + "." + entry.getKey())));
        return record;
    }

    private Value value(JsonNode node, String where) {
        if (node.isTextual()) {
            return new PrimString(node.textValue());
        }
        if (node.isBoolean()) {
            return new PrimBool(node.booleanValue());
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return new PrimLong(node.longValue());
        }
        if (node.isArray()) {
            CedarList list = new CedarList();
            node.forEach(element -> list.add(value(element, where)));
            return list;
        }
        if (node.isObject()) {
            if (node.has("__entity")) {
                return uid(node, where);
            }
            return node.has("__extn") ? extension(node, where) : new CedarMap(record(node, where));
        }
        throw refused(where + " is " + PolicyCompiler.text(node.toString())
                + "; expected a string, a boolean, a whole number of 64 bits, an array or an object.");
    }

    /** {@code {"type", "id"}}, or the same within {@code "__entity"}. */
    private EntityUID uid(JsonNode node, String where) {
        JsonNode plain = node;
        if (node.has("__entity")) {
            if (node.size() != 1) {
                throw refused(where + " has more than \"__entity\".");
            }
            plain = node.get("__entity");
        }
        if (plain.size() != 2
                || !plain.path("type").isTextual()
                || !plain.path("id").isTextual()) {
            throw refused(where + " is no entity reference; expected {\"type\": \"…\", \"id\": \"…\"}.");
        }
        return type(plain.get("type").textValue(), where).of(plain.get("id").textValue());
    }

    private EntityTypeName type(String name, String where) {
        EntityTypeName known = types.get(name);
        if (known != null) {
            return known;
        }
        // Only what looks like a name goes to Cedar's recursive parser.
        if (name.length() > LONGEST_TYPE || !TYPE.matcher(name).matches()) {
            throw refused(where + ": \"" + PolicyCompiler.text(name)
                    + "\" is no entity type; expected such as Drawbridge::User.");
        }
        EntityTypeName type = EntityTypeName.parse(name)
                .orElseThrow(() -> refused(where + ": \"" + name + "\" is no entity type; it is a reserved word."));
        types.put(name, type);
        return type;
    }

    private Value extension(JsonNode node, String where) {
        JsonNode call = node.get("__extn");
        String function = call.path("fn").asText("");
        if (node.size() != 1 || call.size() != 2) {
            throw refused(where + " is no extension value; expected {\"__extn\": {\"fn\": \"…\", \"arg\": \"…\"}}.");
        }
        try {
            if (function.equals("offset") && call.path("args").size() == 2) {
                Value start = value(call.get("args").get(0), where);
                Value length = value(call.get("args").get(1), where);
                if (start instanceof DateTime dateTime && length instanceof Duration duration) {
                    return new Offset(dateTime, duration);
                }
            }
            JsonNode argument = call.has("args") && call.get("args").size() == 1
                    ? call.get("args").get(0)
                    : call.path("arg");
            if (argument.isTextual()) {
                String text = argument.textValue();
                switch (function) {
                    case "ip", "ipaddr" -> {
                        return new IpAddress(text);
                    }
                    case "decimal" -> {
                        return new Decimal(text);
                    }
                    case "datetime" -> {
                        return new DateTime(text);
                    }
                    case "duration" -> {
                        return new Duration(text);
                    }
                    default -> {
                        // Refused below.
                    }
                }
            }
        } catch (IllegalArgumentException unreadable) {
            throw refused(where + ": " + PolicyCompiler.text(unreadable.getMessage()));
        }
        throw refused(where + " is no extension value that Cedar knows: " + PolicyCompiler.text(node.toString()));
    }

    private InvalidPolicyException refused(String message) {
        return new InvalidPolicyException(List.of(new Problem(source, "", 0, 0, message)));
    }
}
