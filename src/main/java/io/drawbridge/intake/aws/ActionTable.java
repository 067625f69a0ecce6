package io.drawbridge.intake.aws;

import io.drawbridge.organization.PermissionName;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * From event source and event name to the IAM action, by the file {@code cloudtrail/actions.yaml}.
 *
 * <p>An event source that the file does not know, and an event name that stands for several actions, stay unmapped.
 */
final class ActionTable {

    private static final String FILE = "/cloudtrail/actions.yaml";
    private static final String DOMAIN = ".amazonaws.com";
    private static final Pattern VERSION = Pattern.compile("20\\d{2}_?\\d{2}_?\\d{2}(v\\d{1,2})?$");
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Za-z0-9]{0,127}");

    private final Map<String, String> prefixes;
    private final Set<String> versioned;
    private final Map<String, Map<String, String>> actions;
    private final Map<String, Map<String, String>> methods;
    private final Map<String, Map<String, String>> ambiguous;

    private ActionTable(Map<?, ?> file) {
        Map<String, String> known = new HashMap<>(texts(file.get("renamed")));
        for (Object name : list(file.get("same"))) {
            known.put(text(name), text(name));
        }
        prefixes = Map.copyOf(known);
        Set<String> withVersion = new HashSet<>();
        for (Object prefix : list(file.get("versioned"))) {
            withVersion.add(text(prefix));
        }
        versioned = Set.copyOf(withVersion);
        actions = tables(file.get("actions"));
        methods = tables(file.get("methods"));
        ambiguous = tables(file.get("ambiguous"));
    }

    /**
     * Reads the table that is built in.
     *
     * @throws IllegalStateException if it is missing or of another form
     */
    static ActionTable builtIn() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream stream = ActionTable.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw new IllegalStateException("The resource \"" + FILE + "\" is missing; rebuild the application.");
            }
            if (new Yaml(new SafeConstructor(options)).<Object>load(stream) instanceof Map<?, ?> file) {
                return new ActionTable(file);
            }
            throw new IllegalStateException("The resource \"" + FILE + "\" is no mapping.");
        } catch (IOException unreadable) {
            throw new IllegalStateException("The resource \"" + FILE + "\" cannot be read.", unreadable);
        }
    }

    /** The IAM prefix of an event source such as {@code monitoring.amazonaws.com}; empty if the source is not known. */
    Optional<String> prefix(String eventSource) {
        return eventSource.endsWith(DOMAIN)
                ? Optional.ofNullable(prefixes.get(eventSource.substring(0, eventSource.length() - DOMAIN.length())))
                : Optional.empty();
    }

    DeniedAction action(String eventSource, String eventName) {
        Optional<String> prefix = prefix(eventSource);
        if (prefix.isEmpty()) {
            return DeniedAction.unmapped("The message names no action, and the event source "
                    + Quotation.of(eventSource) + " is not in the table of services.");
        }
        return action(prefix.get(), eventSource, eventName);
    }

    private DeniedAction action(String prefix, String eventSource, String eventName) {
        String name = versioned.contains(prefix) ? VERSION.matcher(eventName).replaceFirst("") : eventName;
        String several = ambiguous.getOrDefault(prefix, Map.of()).get(name);
        if (several != null) {
            return DeniedAction.unmapped("The message names no action, and " + Quotation.of(name) + " of "
                    + Quotation.of(eventSource) + " may be " + several + ".");
        }
        String action = actions.getOrDefault(prefix, Map.of()).get(name);
        if (action == null) {
            action = methods.containsKey(prefix) ? method(prefix, name) : name;
        }
        if (action == null || !NAME.matcher(action).matches()) {
            return DeniedAction.unmapped("The message names no action, and the event name " + Quotation.of(eventName)
                    + " of " + Quotation.of(eventSource) + " cannot be mapped to one.");
        }
        return DeniedAction.of(new PermissionName(prefix, action), "By event source and event name.");
    }

    private @Nullable String method(String prefix, String name) {
        return methods.getOrDefault(prefix, Map.of()).entrySet().stream()
                .filter(entry -> name.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, Map<String, String>> tables(@Nullable Object value) {
        Map<String, Map<String, String>> tables = new HashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((prefix, table) -> tables.put(text(prefix), texts(table)));
        }
        return Map.copyOf(tables);
    }

    private static Map<String, String> texts(@Nullable Object value) {
        Map<String, String> texts = new HashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, text) -> texts.put(text(key), text(text)));
        }
        return Map.copyOf(texts);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalStateException("\"" + value + "\" in \"" + FILE + "\" is no text; put it in quotes.");
    }
}
