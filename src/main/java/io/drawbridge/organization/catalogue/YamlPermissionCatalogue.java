package io.drawbridge.organization.catalogue;

import io.drawbridge.organization.PermissionCatalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The catalogue as its files say.
 *
 * <p>A service may have a file in more than one folder; their groups add up. A permission stands in one place only, in
 * all folders together. What is not in a file is not privileged: nobody is denied it, and nobody can ask for it.
 */
final class YamlPermissionCatalogue implements PermissionCatalogue {

    private final List<CataloguedService> services;
    private final Map<String, CataloguedService> byService = new HashMap<>();
    private final Map<String, CataloguedPermission> byPermission = new HashMap<>();

    private YamlPermissionCatalogue(List<CataloguedService> services) {
        this.services = List.copyOf(services);
        for (CataloguedService service : services) {
            byService.put(service.service(), service);
            for (CataloguedPermission permission : service.permissions()) {
                byPermission.put(key(permission.name().toString()), permission);
            }
        }
    }

    /**
     * Reads all files {@code *.yaml} of the folders, in the order given.
     *
     * @param locations folders with {@code classpath:} or {@code file:} before them
     * @throws InvalidCatalogueException if a folder holds no file, or a file holds anything but a catalogue
     */
    static YamlPermissionCatalogue read(List<String> locations) {
        Map<String, CatalogueFile> merged = new TreeMap<>();
        Map<String, String> places = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (String location : locations) {
            for (Resource resource : files(location)) {
                try {
                    CatalogueFile file = parse(resource);
                    problems.addAll(doubled(file, resource.getDescription(), places));
                    CatalogueFile before = merged.get(file.service());
                    if (before != null && !before.title().equals(file.title())) {
                        problems.add(resource.getDescription() + ", the file: \"title\" is \"" + file.title()
                                + "\", elsewhere it is \"" + before.title() + "\"; write it alike.");
                    }
                    merged.merge(file.service(), file, YamlPermissionCatalogue::together);
                } catch (InvalidCatalogueException invalid) {
                    problems.add(Objects.requireNonNull(invalid.getMessage()));
                }
            }
        }
        if (merged.isEmpty() && problems.isEmpty()) {
            problems.add("drawbridge.catalogue.locations is empty; name at least classpath:/catalogue/.");
        }
        if (!problems.isEmpty()) {
            throw new InvalidCatalogueException(problems);
        }
        return new YamlPermissionCatalogue(merged.values().stream()
                .map(file -> new CataloguedService(file.service(), file.title(), file.permissions()))
                .toList());
    }

    @Override
    public List<CataloguedService> services() {
        return services;
    }

    @Override
    public Optional<CataloguedService> service(String service) {
        return Optional.ofNullable(byService.get(key(service)));
    }

    @Override
    public Optional<CataloguedPermission> find(String service, String action) {
        return Optional.ofNullable(byPermission.get(key(service + ":" + action)));
    }

    private static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static CatalogueFile together(CatalogueFile first, CatalogueFile second) {
        List<CataloguedPermission> permissions = new ArrayList<>(first.permissions());
        permissions.addAll(second.permissions());
        return new CatalogueFile(first.service(), first.title(), permissions);
    }

    /** What stands in the catalogue already; case does not count, because it does not for AWS. */
    private static List<String> doubled(CatalogueFile file, String source, Map<String, String> places) {
        List<String> problems = new ArrayList<>();
        for (CataloguedPermission permission : file.permissions()) {
            String place = source + ", group \"" + permission.group() + "\"";
            String before = places.putIfAbsent(key(permission.name().toString()), place);
            if (before != null) {
                problems.add(place + ": \"" + permission.name() + "\" stands already in " + before
                        + "; remove one of them.");
            }
        }
        return problems;
    }

    private static List<Resource> files(String location) {
        String folder = location.endsWith("/") ? location : location + "/";
        Resource[] resources;
        try {
            resources = new PathMatchingResourcePatternResolver().getResources(folder + "*.yaml");
        } catch (IOException unreadable) {
            throw new InvalidCatalogueException(
                    "The catalogue folder \"" + location + "\" cannot be read; correct drawbridge.catalogue.locations.",
                    unreadable);
        }
        if (resources.length == 0) {
            throw new InvalidCatalogueException(List.of("The catalogue folder \"" + location
                    + "\" holds no *.yaml file; correct drawbridge.catalogue.locations."));
        }
        return Arrays.stream(resources)
                .sorted(Comparator.comparing(Resource::getDescription))
                .toList();
    }

    private static CatalogueFile parse(Resource resource) {
        try {
            return CatalogueFile.parse(
                    Objects.requireNonNull(resource.getFilename()),
                    resource.getDescription(),
                    resource.getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new InvalidCatalogueException(
                    resource.getDescription() + ": cannot be read; check that the file is there and may be read.",
                    unreadable);
        }
    }
}
