package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.stage.LiveStage;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * The API, asked by a fuzzer that we did not write for what its OpenAPI description allows and forbids.
 *
 * <p>Specmatic wants every well-formed request to succeed and every other one to fail. The first is not what an API with
 * rules does: a request that is well-formed may ask for what does not exist, is over, or is too long, and is told so. What
 * counts here is that no answer is an error of ours, that each is described, and that what is given has the described
 * shape; and that nothing malformed is taken, but for what {@link #TAKEN} lists with its reason.
 *
 * <p>Install it by {@code npm ci --prefix tools/contract-fuzzer}. Where it is missing the test is aborted and says so;
 * where the environment says {@code CI=true} it fails.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:fuzz;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
            "drawbridge.cloud.dry-run.confirm-after=0s"
        })
@Import(ContractFuzzTest.Recording.class)
@SuppressWarnings("NullAway.Init")
class ContractFuzzTest extends LiveStage {
    private static final Path FUZZER =
            Path.of("tools", "contract-fuzzer", "node_modules", "specmatic", "specmatic.jar");
    private static final Path FOLDER = Path.of("target", "contract-fuzz");

    /** What Specmatic holds to be malformed and is taken all the same, as a part of its sentence; with the reason. */
    private static final Map<String, String> TAKEN = Map.of();

    /** So many of the values of a request are combined; all of them would be tens of thousands of requests. */
    private static final String COMBINATIONS = "3";

    @Autowired
    private Answers answers;

    /** Every answer that was given, by route and status. */
    static final class Answers {
        private final Set<String> given = new ConcurrentSkipListSet<>();
        private final AtomicInteger count = new AtomicInteger();
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Recording {
        @Bean
        Answers answers() {
            return new Answers();
        }

        @Bean
        FilterRegistrationBean<OncePerRequestFilter> recorder(Answers answers) {
            FilterRegistrationBean<OncePerRequestFilter> filter =
                    new FilterRegistrationBean<>(new OncePerRequestFilter() {
                        @Override
                        protected void doFilterInternal(
                                HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                                throws ServletException, IOException {
                            chain.doFilter(request, response);
                            Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
                            answers.given.add(request.getMethod() + " "
                                    + (route == null ? request.getRequestURI() : route) + " " + response.getStatus());
                            answers.count.incrementAndGet();
                        }
                    });
            filter.addUrlPatterns("/v1/*");
            filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return filter;
        }
    }

    @Test
    @DisplayName(
            "answers whatever its description allows or forbids by an answer that is described, and never by a 500")
    void answersAsDescribed() throws Exception {
        JsonNode description = get("erin", "/v3/api-docs").body();
        String output = fuzz(told(description));

        assertThat(answers.count.get()).as("requests that the fuzzer made").isGreaterThan(500);
        assertThat(undescribed(description))
                .as("answers that the description does not have")
                .isEmpty();
        assertThat(answers.given).noneMatch(answer -> answer.matches(".* 50[0-1]"));
        assertThat(shapes(output)).as("answers of another shape than described").isEmpty();
        assertThat(taken(output)).as("malformed requests that were taken").isEmpty();
        assertThat(output).containsPattern("Tests run: [1-9]");
    }

    /** The description, with ids that exist: a fuzzer that guesses them would see nothing but 404. */
    private ObjectNode told(JsonNode description) {
        Answer asked = post(
                "alice",
                "/v1/requests",
                Map.of(
                        "account",
                        "111122223333",
                        "permission",
                        "s3:DeleteBucket",
                        "duration",
                        "PT1H",
                        "justification",
                        "The archive has to go."));
        String request = asked.at("/id");
        post("bob", "/v1/requests/" + request + "/approve", Map.of("message", "Fine."));
        String grant = get("alice", "/v1/requests/" + request).at("/grant/id");
        assertThat(grant).isNotEmpty();
        Map<String, String> ids =
                Map.of("/v1/requests/{id}", request, "/v1/grants/{id}", grant, "/v1/scopes/{id}", "111122223333");
        ObjectNode told = description.deepCopy();
        // Of the ways to sign in it knows one.
        told.putArray("security").addObject().putArray("basic");
        ((ObjectNode) told.at("/components/securitySchemes")).retain("basic");
        told.path("paths").properties().forEach(path -> path.getValue().forEach(operation -> {
            List<JsonNode> kept = new ArrayList<>();
            operation.path("parameters").forEach(parameter -> {
                String name = parameter.path("name").asText();
                // A tenant that is made up is refused before anything else is looked at; a key that is repeated is
                // answered from memory.
                if (name.equals("X-Tenant-ID") || name.equals("Idempotency-Key")) {
                    return;
                }
                if (name.equals("id")) {
                    ids.forEach((prefix, id) -> {
                        if (path.getKey().startsWith(prefix)) {
                            ((ObjectNode) parameter)
                                    .putObject("schema")
                                    .put("type", "string")
                                    .putArray("enum")
                                    .add(id);
                        }
                    });
                }
                kept.add(parameter);
            });
            ((ObjectNode) operation).putArray("parameters").addAll(kept);
        }));
        return told;
    }

    private String fuzz(ObjectNode told) throws IOException, InterruptedException {
        if (!Files.exists(FUZZER)) {
            String how = "The contract fuzzer is missing; install it: npm ci --prefix tools/contract-fuzzer.";
            if ("true".equals(System.getenv("CI"))) {
                fail(how);
            }
            abort(how);
        }
        Files.createDirectories(FOLDER);
        Path file = FOLDER.resolve("api.json").toAbsolutePath();
        Path log = FOLDER.resolve("specmatic.log").toAbsolutePath();
        Files.writeString(file, JSON.writeValueAsString(told));
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx700m",
                        "-jar",
                        FUZZER.toAbsolutePath().toString(),
                        "test",
                        file.toString(),
                        "--testBaseURL=http://127.0.0.1:" + port)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment()
                .putAll(Map.of(
                        "SPECMATIC_GENERATIVE_TESTS",
                        "true",
                        "MAX_TEST_REQUEST_COMBINATIONS",
                        COMBINATIONS,
                        "basic",
                        Base64.getEncoder().encodeToString("erin:erin".getBytes(StandardCharsets.UTF_8))));
        Process process = command.start();
        if (!process.waitFor(8, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            fail("The contract fuzzer was not done within 8 minutes; see " + log + ".");
        }
        return Files.readString(log);
    }

    private Set<String> undescribed(JsonNode description) {
        Set<String> described = new TreeSet<>();
        description.path("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> operation
                        .getValue()
                        .path("responses")
                        .fieldNames()
                        .forEachRemaining(
                                status -> described.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " "
                                        + path.getKey() + " " + status))));
        Set<String> undescribed = new TreeSet<>(answers.given);
        undescribed.removeAll(described);
        return undescribed;
    }

    /** Sentences of Specmatic about an answer that is not a matter of its status. */
    private static List<String> shapes(String output) {
        return output.lines()
                .filter(line -> line.contains("Specification expected") && !line.contains("expected status"))
                .distinct()
                .toList();
    }

    private static List<String> taken(String output) {
        Stream<String> failed =
                output.lines().map(String::strip).filter(line -> line.startsWith("-ve") && line.endsWith("FAILED"));
        return failed.filter(line -> TAKEN.keySet().stream().noneMatch(line::contains))
                .distinct()
                .toList();
    }
}
