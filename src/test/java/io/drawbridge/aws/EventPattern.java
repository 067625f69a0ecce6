package io.drawbridge.aws;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * An event pattern of EventBridge, for the operators that our rules use: equal, {@code prefix} with and without case,
 * {@code anything-but}, {@code $or}. Any other is refused.
 *
 * <p>Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns".
 */
public record EventPattern(JsonNode pattern) {

    public boolean matches(JsonNode event) {
        return matches(pattern, event);
    }

    private static boolean matches(JsonNode pattern, JsonNode event) {
        return pattern.properties().stream().allMatch(field -> {
            JsonNode wanted = field.getValue();
            if (field.getKey().equals("$or")) {
                return any(wanted, way -> matches(way, event));
            }
            JsonNode found = event.path(field.getKey());
            if (wanted.isObject()) {
                return matches(wanted, found);
            }
            // Absent and null match none of these operators.
            return found.isTextual() && any(wanted, operator -> holds(operator, found.textValue()));
        });
    }

    private static boolean holds(JsonNode operator, String found) {
        if (operator.isTextual()) {
            return operator.textValue().equals(found);
        }
        if (operator.size() != 1) {
            throw new IllegalArgumentException("Expected one operator, found " + operator + ".");
        }
        JsonNode argument = operator.iterator().next();
        return switch (operator.fieldNames().next()) {
            case "prefix" ->
                argument.isTextual()
                        ? found.startsWith(argument.textValue())
                        : found.toLowerCase(Locale.ROOT)
                                .startsWith(argument.required("equals-ignore-case")
                                        .textValue()
                                        .toLowerCase(Locale.ROOT));
            case "anything-but" -> !any(argument, value -> value.textValue().equals(found));
            default -> throw new IllegalArgumentException("Operator " + operator + " is not known here.");
        };
    }

    private static boolean any(JsonNode list, Predicate<JsonNode> holds) {
        if (!list.isArray()) {
            throw new IllegalArgumentException("Expected a list, found " + list + ".");
        }
        return StreamSupport.stream(list.spliterator(), false).anyMatch(holds);
    }
}
