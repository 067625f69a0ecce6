package io.drawbridge.organization.catalogue;

import io.drawbridge.organization.PermissionCatalogue.CataloguedPermission;
import io.drawbridge.organization.PermissionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * One file of the catalogue, read strictly: a typing error must not leave a permission open.
 *
 * @param service prefix of all its permissions, and the name of the file
 */
record CatalogueFile(String service, String title, List<CataloguedPermission> permissions) {

    /** Length of a title, a group's name or a reason, in characters; they stand on one line of a page. */
    private static final int LONGEST_LINE = 200;

    /** Size of a file, in characters. */
    private static final int LARGEST_FILE = 1_000_000;

    private static final Set<String> FILE_KEYS = Set.of("service", "title", "groups");
    private static final Set<String> GROUP_KEYS = Set.of("name", "reason", "permissions");

    CatalogueFile {
        permissions = List.copyOf(permissions);
    }

    /**
     * Reads the text of a file.
     *
     * @param file its name without a folder, such as {@code s3.yaml}
     * @param source what to call it in messages
     * @throws InvalidCatalogueException if anything in it is unknown, missing, doubled or of another form; names all
     */
    static CatalogueFile parse(String file, String source, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(1);
        options.setNestingDepthLimit(10);
        options.setCodePointLimit(LARGEST_FILE);
        Object content;
        try {
            content = new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException unreadable) {
            throw new InvalidCatalogueException(
                    source + ": is no YAML that can be read; correct it. " + unreadable.getMessage(), unreadable);
        }
        return new Reader(source).file(file, content);
    }

    /** Walks the parsed YAML and collects every problem before it gives up. */
    private static final class Reader {
        private final String source;
        private final List<String> problems = new ArrayList<>();

        Reader(String source) {
            this.source = source;
        }

        CatalogueFile file(String file, @Nullable Object content) {
            Map<?, ?> top = map("the file", content, FILE_KEYS);
            String service = line("the file", top, "service");
            String title = line("the file", top, "title");
            if (!service.isEmpty() && !file.equals(service + ".yaml")) {
                problem("the file", "is of service \"" + service + "\"; name it \"" + service + ".yaml\".");
            }
            List<CataloguedPermission> permissions = new ArrayList<>();
            int position = 0;
            for (Object entry : list("the file", top, "groups")) {
                position++;
                permissions.addAll(group("group " + position, service, entry));
            }
            if (!problems.isEmpty()) {
                throw new InvalidCatalogueException(problems);
            }
            return new CatalogueFile(service, title, permissions);
        }

        private List<CataloguedPermission> group(String position, String service, @Nullable Object entry) {
            Map<?, ?> group = map(position, entry, GROUP_KEYS);
            String name = line(position, group, "name");
            String place = name.isEmpty() ? position : "group \"" + name + "\"";
            String reason = line(place, group, "reason");
            List<CataloguedPermission> permissions = new ArrayList<>();
            for (Object action : list(place, group, "permissions")) {
                PermissionName permission = permission(place, service, action);
                if (permission != null) {
                    permissions.add(new CataloguedPermission(permission, name, reason));
                }
            }
            return permissions;
        }

        private @Nullable PermissionName permission(String place, String service, @Nullable Object action) {
            String text = String.valueOf(action);
            if (text.contains("*") || text.contains("?")) {
                problem(place, "\"" + text + "\" holds a wildcard; name each IAM action.");
                return null;
            }
            try {
                PermissionName permission = PermissionName.parse(text);
                if (permission.service().equals(service)) {
                    return permission;
                }
                problem(
                        place,
                        "\"" + text + "\" is of another service; expected \"" + service
                                + ":\" before it, or move it to the file of its service.");
            } catch (IllegalArgumentException unreadable) {
                problem(place, unreadable.getMessage() + " Correct the entry.");
            }
            return null;
        }

        private Map<?, ?> map(String place, @Nullable Object value, Set<String> known) {
            if (!(value instanceof Map<?, ?> map)) {
                problem(place, "is no mapping; expected the keys " + sorted(known) + ".");
                return Map.of();
            }
            for (Object key : map.keySet()) {
                if (!(key instanceof String name) || !known.contains(name)) {
                    problem(place, "\"" + key + "\" is no known key; expected " + sorted(known) + ".");
                }
            }
            return map;
        }

        /** A text of one line; empty, with a problem noted, if it is none. */
        private String line(String place, Map<?, ?> map, String key) {
            Object value = map.get(key);
            if (value == null || (value instanceof String blank && blank.isBlank())) {
                problem(place, "\"" + key + "\" is missing; add it.");
                return "";
            }
            if (!(value instanceof String text)
                    || text.length() > LONGEST_LINE
                    || text.chars().anyMatch(Character::isISOControl)) {
                problem(
                        place,
                        "\"" + key + "\" is no text of one line with at most " + LONGEST_LINE
                                + " characters; correct it, or put it in quotes.");
                return "";
            }
            return text;
        }

        private List<?> list(String place, Map<?, ?> map, String key) {
            if (map.get(key) instanceof List<?> list && !list.isEmpty()) {
                return list;
            }
            problem(place, "\"" + key + "\" is missing or empty; expected a list.");
            return List.of();
        }

        private void problem(String place, String what) {
            problems.add(source + ", " + place + ": " + what);
        }

        private static List<String> sorted(Set<String> keys) {
            return keys.stream().sorted().toList();
        }
    }
}
