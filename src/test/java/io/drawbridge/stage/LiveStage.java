package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.BpmPlatform;
import org.camunda.bpm.container.RuntimeContainerDelegate;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;

/**
 * The whole application as people meet it: over HTTP, by the real clock, with an engine that works by itself.
 *
 * <p>All tests that extend it share one application, and nothing is cleared between them: each asks for a permission that
 * no other test asks for.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:live;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
            // Long enough for a busy machine; whoever takes all connections waits no longer than that.
            "spring.datasource.hikari.connection-timeout=3000",
            "drawbridge.cloud.dry-run.confirm-after=0s",
            "drawbridge.operations.read-every=PT1S",
            "drawbridge.operations.look-for-trouble-every=PT1H",
            // What is stuck waits for the test, or for the person in it, that retries it.
            "drawbridge.workflow.retry-stuck-every=PT1H",
            // Tests export no figures unless they say so.
            "management.prometheus.metrics.export.enabled=true",
            // For webhooks to receivers of the tests' own.
            "drawbridge.channels.allow-inside=127.0.0.1",
            "drawbridge.channels.allow-http=127.0.0.1"
        })
@ActiveProfiles("demo")
@SuppressWarnings("NullAway.Init")
public abstract class LiveStage {
    protected static final JsonMapper JSON = JsonMapper.builder().build();

    /** The engine's API as programs call it, and as Camunda's applications do. */
    protected static final String ENGINE_REST = "/engine-rest";

    protected static final String ENGINE_OF_APPS = "/camunda/api/engine/engine/default";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*?value=\"([^\"]+)\"");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @LocalServerPort
    protected int port;

    @Autowired
    protected ProcessEngine engine;

    @Autowired
    protected JdbcClient database;

    /** What came back. */
    public record Answer(int status, JsonNode body, String text, HttpResponse<String> raw) {
        static Answer of(HttpResponse<String> raw) {
            JsonNode body = MissingNode.getInstance();
            try {
                body = JSON.readTree(raw.body());
            } catch (JsonProcessingException page) {
                // A page, and not JSON: its text is there.
            }
            return new Answer(raw.statusCode(), body, raw.body(), raw);
        }

        public String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        public String at(String pointer) {
            return body.at(pointer).asText();
        }
    }

    /** Takes the role from somebody for as long as the work goes on: roles are looked up at each call. */
    protected void without(String role, String person, Runnable work) {
        int taken = database.sql("delete from person_role where person_id = ? and role = ?")
                .params(person, role)
                .update();
        assertThat(taken).as("%s of %s", role, person).isEqualTo(1);
        try {
            work.run();
        } finally {
            database.sql("insert into person_role (person_id, role) values (?, ?)")
                    .params(person, role)
                    .update();
        }
    }

    /**
     * Camunda's REST APIs look for their engine in a register of the whole machine, where an application of other tests may
     * have left its own; and the engine's clock may be stopped.
     */
    @BeforeEach
    void putThisEngineInPlace() {
        ClockUtil.reset();
        ProcessEngine registered = BpmPlatform.getDefaultProcessEngine();
        if (registered != engine) {
            RuntimeContainerDelegate containers = RuntimeContainerDelegate.INSTANCE.get();
            if (registered != null) {
                containers.unregisterProcessEngine(registered);
            }
            containers.registerProcessEngine(engine);
        }
        // NB. Camunda's web applications look here, and another application may have come in between.
        ProcessEngines.registerProcessEngine(engine);
    }

    /** One call by a person who signs in with it; by nobody if that is null. */
    protected Answer call(@Nullable String person, String method, String path, @Nullable Object body) {
        HttpRequest.Builder call = request(method, path, body);
        if (person != null) {
            call.header("Authorization", basic(person));
        }
        return send(HTTP, call);
    }

    protected Answer get(@Nullable String person, String path) {
        return call(person, "GET", path, null);
    }

    protected Answer post(@Nullable String person, String path, @Nullable Object body) {
        return call(person, "POST", path, body);
    }

    protected static String basic(String person) {
        return "Basic " + Base64.getEncoder().encodeToString((person + ":" + person).getBytes(StandardCharsets.UTF_8));
    }

    /** A call that is not sent yet; a body that is no text is sent as JSON. */
    protected HttpRequest.Builder request(String method, String path, @Nullable Object body) {
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE)
                .header("Accept", "application/json, text/html;q=0.9, */*;q=0.1");
        if (body == null) {
            return call.method(method, HttpRequest.BodyPublishers.noBody());
        }
        return call.header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json(body)));
    }

    private static String json(Object body) {
        if (body instanceof String text) {
            return text;
        }
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    protected static Answer send(HttpClient client, HttpRequest.Builder call) {
        try {
            return Answer.of(client.send(call.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    protected Answer send(HttpRequest.Builder call) {
        return send(HTTP, call);
    }

    /** A browser in which that person has signed in by the form. */
    protected Browser browser(String person) {
        return browser(person, person);
    }

    protected Browser browser(String person, String password) {
        Browser browser = new Browser();
        Answer page = browser.get("/login");
        Matcher token = TOKEN.matcher(page.text());
        assertThat(token.find()).as("a token in the login form").isTrue();
        Answer login =
                browser.form("/login", Map.of("username", person, "password", password, "_csrf", token.group(1)));
        assertThat(login.status()).isEqualTo(302);
        assertThat(login.header("Location")).doesNotContain("error");
        return browser;
    }

    /** Keeps its cookies, and shows Camunda's token as Camunda's applications do. */
    protected final class Browser {
        private final CookieManager cookies = new CookieManager();
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(cookies).build();

        public Answer get(String path) {
            return LiveStage.send(http, request("GET", path, null));
        }

        /** As Camunda's applications call their API; the token is fetched if there is none. */
        public Answer call(String method, String path, @Nullable Object body) {
            if (token().isEmpty()) {
                get("/camunda/api/engine/engine");
            }
            return LiveStage.send(http, request(method, path, body).header("X-XSRF-TOKEN", token()));
        }

        /** As a foreign page makes a browser do it. */
        public Answer callWithoutToken(String method, String path, @Nullable Object body) {
            return LiveStage.send(http, request(method, path, body));
        }

        public Answer form(String path, Map<String, String> fields) {
            StringBuilder form = new StringBuilder();
            fields.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
            return LiveStage.send(
                    http,
                    request("POST", path, null)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
        }

        private String token() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                    .map(HttpCookie::getValue)
                    .findFirst()
                    .orElse("");
        }
    }

    /** What Tasklist sends with a task: names and texts, in turn. */
    protected static Map<String, Object> form(String... namesAndTexts) {
        Map<String, Object> variables = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            variables.put(namesAndTexts[i], Map.of("type", "String", "value", namesAndTexts[i + 1]));
        }
        return Map.of("variables", variables);
    }

    /** The person asks for the permission; the id of the request. */
    protected String ask(String person, String account, String permission, String duration) {
        Answer asked = post(
                person,
                "/v1/requests",
                Map.of(
                        "account",
                        account,
                        "permission",
                        permission,
                        "duration",
                        duration,
                        "justification",
                        "The archive has to go."));
        assertThat(asked.status()).as(asked.text()).isEqualTo(201);
        return asked.at("/id");
    }

    /** The task of the request that is open now. */
    protected String task(String request) {
        return engine.getTaskService()
                .createTaskQuery()
                .processInstanceBusinessKey(request)
                .singleResult()
                .getId();
    }

    protected String status(String request) {
        return get("erin", "/v1/requests/" + request).at("/status");
    }

    protected void awaitGrant(String request, String state, Duration atMost) {
        await().atMost(atMost).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> assertThat(
                        get("erin", "/v1/requests/" + request).at("/grant/state"))
                .isEqualTo(state));
    }
}
