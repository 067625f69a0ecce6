package io.drawbridge.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What was given cannot be used; names each field with what was expected. Nothing has changed. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> fields;

    public InvalidInputException(Map<String, String> fields) {
        super(fields.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining(" ")));
        this.fields = new LinkedHashMap<>(fields);
    }

    public InvalidInputException(String field, String message) {
        this(Map.of(field, message));
    }

    /** What is wrong, by field. */
    public Map<String, String> fields() {
        return fields;
    }
}
