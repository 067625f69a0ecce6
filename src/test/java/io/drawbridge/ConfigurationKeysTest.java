package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** Each key can be read about, in the README and where it is typed in, and is read with care. */
@DisplayName("A key of the configuration")
class ConfigurationKeysTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path README = Path.of("README.md");
    private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

    /** As annotations have them, and everything that is read from an environment or sets a condition by its name. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(drawbridge\\.[a-z0-9.-]+)(?::([^}]*))?}");

    private static final Pattern ASKED_FOR = Pattern.compile(
            "(?:[gG]etProperty|containsProperty|ConditionalOnProperty)\\((?:name = )?\\s*\"(drawbridge\\.[a-z0-9.-]+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`(?:drawbridge\\.|[a-z]).*?) \\|(.*)$");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern LINKED = Pattern.compile("\\]\\((docs/[a-z-]+\\.md)");
    private static final Pattern BELOW = Pattern.compile("(?m)^\\| key under `(drawbridge\\.[a-z-]+)` \\|");

    @Test
    @DisplayName("is in the README, or where the README says that all of its kind are")
    void isInTheReadme() throws Exception {
        Set<String> documented = documented();

        assertThat(keys()).hasSizeGreaterThan(100);
        assertThat(keys().stream().filter(key -> !documented.contains(key)).toList())
                .as("not in the README")
                .isEmpty();
        assertThat(documented.stream().filter(key -> !keys().contains(key)).toList())
                .as("in the README, and read by nobody")
                .isEmpty();
    }

    @Test
    @DisplayName("that is one of many is named in the row of them all")
    void isNamedInTheRowOfThemAll() {
        List<String[]> rows =
                pages().stream().flatMap(page -> rows(page).stream()).toList();
        List<String> unnamed = new ArrayList<>();
        int looked = 0;
        for (Class<?> kind : records()) {
            for (Parameter part : parts(kind).toList()) {
                for (Class<?> one : held(part)) {
                    for (String word :
                            parts(one).map(ConfigurationKeysTest::word).toList()) {
                        looked++;
                        if (rows.stream()
                                .filter(row -> row[0].contains(word(part)))
                                .noneMatch(row -> (row[0] + row[1]).matches(".*[`.]" + word + "`.*"))) {
                            unnamed.add(key(kind, part) + ".*." + word);
                        }
                    }
                }
            }
        }

        assertThat(looked).isGreaterThan(15);
        assertThat(unnamed).isEmpty();
    }

    @Test
    @DisplayName("is in the metadata that editors complete and explain it by")
    void isInTheMetadata() throws Exception {
        Map<String, String> described = new TreeMap<>();
        for (JsonNode property : new ObjectMapper().readTree(METADATA.toFile()).path("properties")) {
            described.put(
                    property.path("name").asText(), property.path("description").asText());
        }

        assertThat(keys().stream().filter(key -> !described.containsKey(key)).toList())
                .as("not in the metadata")
                .isEmpty();
        assertThat(keys().stream().filter(key -> described.getOrDefault(key, "").isBlank()))
                .as("without a word in the metadata")
                .isEmpty();
    }

    @Test
    @DisplayName("has one default, whoever reads it")
    void hasOneDefault() {
        Map<String, String> defaults = defaults();
        List<String> others = new ArrayList<>();
        int compared = 0;
        for (MatchResult placeholder : found(PLACEHOLDER)) {
            String key = placeholder.group(1);
            String own = placeholder.group(2);
            if (own != null && !own.isEmpty()) {
                compared++;
                if (!defaults.containsKey(key) || !meaning(defaults.get(key)).equals(meaning(own))) {
                    others.add(key + " is " + own + " in a placeholder and " + defaults.get(key) + " in its record");
                }
            }
        }

        assertThat(compared).isGreaterThan(8);
        assertThat(others).isEmpty();
    }

    @ParameterizedTest(name = "that says {0}={1} is refused by its name")
    @CsvSource({
        "drawbridge.operations.read-every, 0s",
        "drawbridge.operations.read-every, 2h",
        "drawbridge.operations.read-every, soon",
        "drawbridge.operations.look-for-trouble-every, -1s",
        "drawbridge.operations.look-for-trouble-every, 2h",
        "drawbridge.workflow.retry-stuck-every, 0s",
        "drawbridge.workflow.retry-stuck-every, -PT10S",
        "drawbridge.workflow.retry-stuck-every, 61m",
        "drawbridge.workflow.late-ends-every, 99ms",
        "drawbridge.workflow.late-ends-every, -PT0.5S",
        "drawbridge.workflow.late-ends-every, often",
        "drawbridge.workflow.revocation-threads, 0",
        "drawbridge.workflow.revocation-threads, 101",
        "drawbridge.workflow.revocation-threads, many",
        "drawbridge.reconciliation.every, 9s",
        "drawbridge.reconciliation.initial-delay, -1s",
        "drawbridge.reconciliation.take-back-every, 0s",
        "drawbridge.reconciliation.take-back-every, 2h",
        "drawbridge.reconciliation.grace, 0s",
        "drawbridge.retention.every, 0s",
        "drawbridge.retention.every, 25h",
        "drawbridge.retention.initial-delay, -1s",
        "drawbridge.aws.scp.poll, 0s",
        "drawbridge.aws.scp.poll, 2m",
        "drawbridge.aws.scp.look, 0s",
        "drawbridge.cloud.type, gcp",
        "drawbridge.production.dry-run, perhaps",
    })
    void isRefusedByItsName(String key, String value) {
        assertThatThrownBy(() -> bind(key, value))
                .isInstanceOf(BindException.class)
                .satisfies(refused -> assertThat(chain(refused)).contains(key));
    }

    @ParameterizedTest(name = "that says {0}={1} is taken")
    @CsvSource({
        "drawbridge.operations.read-every, 1s",
        "drawbridge.operations.look-for-trouble-every, 1h",
        "drawbridge.workflow.retry-stuck-every, 1h",
        "drawbridge.workflow.late-ends-every, 100ms",
        "drawbridge.workflow.revocation-threads, 100",
        "drawbridge.reconciliation.every, 10s",
        "drawbridge.reconciliation.initial-delay, 0s",
        "drawbridge.retention.every, 1m",
        "drawbridge.retention.initial-delay, 24h",
        "drawbridge.aws.scp.poll, 50ms",
        "drawbridge.cloud.type, aws",
    })
    void isTaken(String key, String value) {
        bind(key, value);
    }

    @ParameterizedTest(name = "that says {0}={1} stops the start before the database is touched")
    @CsvSource({
        // The scheduler would say of these which method has them, and not which key.
        "drawbridge.workflow.retry-stuck-every, -PT10S",
        "drawbridge.operations.read-every, soon",
        // Without a cloud, a bean would be missing.
        "drawbridge.cloud.type, gcp",
    })
    void stopsTheStart(String key, String value, @TempDir Path folder) throws IOException {
        SpringApplication application = new SpringApplication(Drawbridge.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);

        assertThatThrownBy(() -> application
                        .run(
                                "--" + key + "=" + value,
                                "--server.port=0",
                                "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("house"),
                                "--drawbridge.audit.directory=" + folder.resolve("audit"))
                        .close())
                .satisfies(refused -> assertThat(chain(refused)).contains(key));
        try (Stream<Path> written = Files.list(folder)) {
            assertThat(written).isEmpty();
        }
    }

    private static void bind(String key, String value) {
        Class<?> kind = records().stream()
                .filter(each -> parts(each).anyMatch(part -> key(each, part).equals(key)))
                .findFirst()
                .orElseThrow();
        new Binder(new MapConfigurationPropertySource(Map.of(key, value)))
                .bindOrCreate(prefix(kind), Bindable.of(kind));
    }

    private static String chain(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .map(Throwable::getMessage)
                .collect(Collectors.joining("\n"));
    }

    /** Every key of ours that the application reads. */
    private static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        found(PLACEHOLDER).forEach(each -> keys.add(each.group(1)));
        found(ASKED_FOR).forEach(each -> keys.add(each.group(1)));
        records().forEach(kind -> parts(kind).forEach(part -> keys.add(key(kind, part))));
        return keys;
    }

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>();
        for (Class<?> kind : records()) {
            parts(kind).forEach(part -> {
                DefaultValue value = part.getAnnotation(DefaultValue.class);
                if (value != null) {
                    defaults.put(key(kind, part), String.join(",", value.value()));
                }
            });
        }
        return defaults;
    }

    /** So that 1m and PT60S are the same. */
    private static String meaning(String value) {
        try {
            return DurationStyle.detectAndParse(value).toString();
        } catch (IllegalArgumentException none) {
            return value;
        }
    }

    private static List<Class<?>> records() {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        List<Class<?>> records = new ArrayList<>();
        scan.findCandidateComponents("io.drawbridge").forEach(found -> {
            Class<?> kind = ClassUtils.resolveClassName(
                    Optional.ofNullable(found.getBeanClassName()).orElseThrow(), null);
            if (prefix(kind).matches("drawbridge(\\..*)?")) {
                assertThat(kind).isRecord();
                records.add(kind);
            }
        });
        return records;
    }

    private static String prefix(Class<?> kind) {
        return Optional.ofNullable(AnnotationUtils.findAnnotation(kind, ConfigurationProperties.class))
                .orElseThrow()
                .prefix();
    }

    /** Parameters of its constructor; they bear the annotations. */
    private static Stream<Parameter> parts(Class<?> kind) {
        return Arrays.stream(kind.getDeclaredConstructors()[0].getParameters());
    }

    private static String key(Class<?> kind, Parameter part) {
        return prefix(kind) + "." + word(part);
    }

    private static String word(Parameter part) {
        Name name = part.getAnnotation(Name.class);
        return name == null ? part.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT) : name.value();
    }

    /** Records that a list or map of such a part holds. */
    private static List<Class<?>> held(Parameter part) {
        return part.getParameterizedType() instanceof ParameterizedType collection
                ? Stream.of(collection.getActualTypeArguments())
                        .filter(Class.class::isInstance)
                        .<Class<?>>map(type -> (Class<?>) type)
                        .filter(Class::isRecord)
                        .toList()
                : List.of();
    }

    private static List<MatchResult> found(Pattern pattern) {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> pattern.matcher(text(file)).results())
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Keys of the README's table; where a row ends in an ellipsis, those of the page that it names. */
    private static Set<String> documented() {
        Set<String> documented = new TreeSet<>();
        for (String[] row : rows(README)) {
            if (isElsewhere(row)) {
                String prefix = row[0].substring(1, row[0].length() - 3);
                for (String[] elsewhere : rows(page(row))) {
                    expanded(elsewhere[0], prefix).stream()
                            .filter(key -> key.startsWith(prefix + "."))
                            .forEach(documented::add);
                }
            } else {
                documented.addAll(expanded(row[0], "drawbridge"));
            }
        }
        documented.removeIf(key -> !key.startsWith("drawbridge."));
        return documented;
    }

    /** The README, and the pages that it names for all keys of a kind. */
    private static List<Path> pages() {
        return Stream.concat(
                        Stream.of(README),
                        rows(README).stream()
                                .filter(ConfigurationKeysTest::isElsewhere)
                                .map(ConfigurationKeysTest::page))
                .toList();
    }

    private static boolean isElsewhere(String[] row) {
        return row[0].endsWith(".…`") && !row[0].contains("<");
    }

    private static Path page(String[] row) {
        return Path.of(
                LINKED.matcher(row[1]).results().findFirst().orElseThrow().group(1));
    }

    /** First cells of a page's tables of keys, each with the rest of its row. */
    private static List<String[]> rows(Path page) {
        String text = text(page);
        boolean below = BELOW.matcher(text).find();
        return ROW.matcher(text)
                .results()
                .filter(row -> row.group(1).startsWith("`drawbridge.") || below)
                .map(row -> new String[] {row.group(1), row.group(2)})
                .toList();
    }

    /** {@code `drawbridge.a.b`, `.c`} are two keys; what is in brackets, or below a key of the tenant, is one. */
    private static Set<String> expanded(String cell, String prefix) {
        Set<String> keys = new TreeSet<>();
        String last = "";
        for (MatchResult quoted : QUOTED.matcher(cell).results().toList()) {
            String word = quoted.group(1);
            String key = word.startsWith("drawbridge.")
                    ? word
                    : word.startsWith(".") ? last.substring(0, last.lastIndexOf('.')) + word : prefix + "." + word;
            last = key;
            keys.add(key.replaceAll("\\.?\\[.*|\\.<.*", ""));
        }
        return keys;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
