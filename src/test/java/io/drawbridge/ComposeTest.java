package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What can be told of {@code docker-compose.yml} without Docker. */
@DisplayName("docker-compose.yml")
class ComposeTest {
    private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");
    private static final String PASSWORD = "drawbridge";

    private final JsonNode file = read();

    private static JsonNode read() {
        try {
            return new ObjectMapper()
                    .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions()))
                            .<Object>load(Files.readString(Path.of("docker-compose.yml"))));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    @DisplayName("tells Drawbridge nothing that Drawbridge does not read")
    void tellsNothingThatNobodyReads() throws IOException {
        Set<String> keys = new TreeSet<>();
        Set<String> maps = new TreeSet<>();
        for (JsonNode property : new ObjectMapper().readTree(METADATA.toFile()).path("properties")) {
            Set<String> kind = property.path("type").asText().startsWith("java.util.Map") ? maps : keys;
            // Spring Boot reads a variable with or without an underscore where the key has a hyphen.
            for (String hyphen : List.of("", "_")) {
                kind.add(property.path("name")
                        .asText()
                        .replace("-", hyphen)
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT));
            }
        }
        List<String> told = new ArrayList<>();
        for (String service : List.of("drawbridge", "demo")) {
            service(service).path("environment").fieldNames().forEachRemaining(told::add);
        }
        List<String> ours =
                told.stream().filter(name -> name.startsWith("DRAWBRIDGE_")).toList();

        assertThat(ours).hasSizeGreaterThan(15);
        assertThat(ours.stream()
                        .filter(name ->
                                !keys.contains(name) && maps.stream().noneMatch(map -> name.startsWith(map + "_")))
                        .toList())
                .isEmpty();
    }

    @Test
    @DisplayName("takes from this folder only what is there, and what the build makes")
    void takesWhatIsThere() {
        List<String> sources = new ArrayList<>();
        for (JsonNode service : file.path("services")) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.isTextual()
                        ? volume.asText().split(":", 2)[0]
                        : volume.path("source").asText();
                if (source.startsWith(".")) {
                    sources.add(source);
                } else if (!source.startsWith("${")) {
                    assertThat(file.path("volumes").has(source)).as(source).isTrue();
                }
            }
        }

        assertThat(sources).hasSizeGreaterThan(1).allSatisfy(source -> assertThat(Path.of(source))
                .exists());
        assertThat(Path.of("compose/aws/furnish.py")).exists();
    }

    @Test
    @DisplayName("names each image by a version")
    void namesVersions() {
        assertThat(file.path("services")).isNotEmpty().allSatisfy(service -> assertThat(
                        service.path("image").asText())
                .matches("[a-z0-9./-]+:v?\\d+\\.\\d+[\\w.+-]*"));
    }

    @Test
    @DisplayName("waits only for services that can say that they are there")
    void waitsForWhatCanBeSeen() {
        int waits = 0;
        for (JsonNode service : file.path("services")) {
            for (Map.Entry<String, JsonNode> other : service.path("depends_on").properties()) {
                waits++;
                assertThat(file.path("services").has(other.getKey()))
                        .as(other.getKey())
                        .isTrue();
                String condition = other.getValue().path("condition").asText();
                assertThat(condition).isIn("service_healthy", "service_completed_successfully");
                if (condition.equals("service_healthy")) {
                    assertThat(service(other.getKey()).path("healthcheck").path("test"))
                            .as(other.getKey())
                            .isNotEmpty();
                }
            }
        }

        assertThat(waits).isGreaterThan(8);
    }

    @ParameterizedTest(name = "calls {0} healthy if it is ready, and only then")
    @CsvSource({"drawbridge, 8444, true", "demo, 8080, false"})
    void isHealthyIfReady(String service, int port, boolean secured, @TempDir Path folder) throws Exception {
        assumeTrue(!secured || isThere("openssl"), "Without openssl this cannot be tried; install it.");
        AtomicInteger answer = new AtomicInteger();
        AtomicReference<String> asked = new AtomicReference<>();
        HttpServer server = secured ? secured(folder) : HttpServer.create();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            asked.set(call.getRequestURI().toString());
            call.sendResponseHeaders(answer.get(), -1);
            call.close();
        });
        server.start();
        try {
            List<String> words = new ArrayList<>();
            service(service)
                    .path("healthcheck")
                    .path("test")
                    .forEach(word -> words.add(word.asText().replace("$$", "$")));
            assertThat(words.remove(0)).isEqualTo("CMD");
            assertThat(words.get(2)).contains(String.valueOf(port));
            words.set(
                    2,
                    words.get(2)
                            .replace(
                                    String.valueOf(port),
                                    String.valueOf(server.getAddress().getPort())));

            answer.set(200);
            assertThat(run(words)).isZero();
            assertThat(asked).hasValue("/actuator/health/readiness");
            answer.set(503);
            assertThat(run(words)).isNotZero();
            server.stop(0);
            assertThat(run(words)).isNotZero();
        } finally {
            server.stop(0);
        }
    }

    private JsonNode service(String name) {
        return file.path("services").path(name);
    }

    private static HttpServer secured(Path folder) throws Exception {
        Path store = folder.resolve("tls.p12");
        assertThat(run(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "house",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)))
                .isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(store)) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    private static boolean isThere(String program) throws Exception {
        return run(List.of("bash", "-c", "command -v " + program)) == 0;
    }

    private static int run(List<String> words) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(words + " has not ended within 30 seconds.");
        }
        return process.exitValue();
    }
}
