package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Drawbridge in a process of its own, on one port for all of its lives: started, killed, stopped, started again. */
public final class DrawbridgeProcess implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(8);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String name;
    private final Path log;
    private final int port;
    private final List<String> jvm;
    private final List<String> program;
    private final Map<String, String> environment;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private volatile @Nullable Process process;

    /**
     * Does not start it yet.
     *
     * @param jvm options of the virtual machine
     * @param program what it runs: {@code -jar} and a file, or a class path and a class
     * @param arguments of the application; the port comes by itself
     * @param environment what is added to that of this process
     */
    public DrawbridgeProcess(
            String name,
            Path log,
            List<String> jvm,
            List<String> program,
            List<String> arguments,
            Map<String, String> environment) {
        this.name = name;
        this.environment = environment;
        this.log = log;
        this.port = freePort();
        this.jvm = List.copyOf(jvm);
        this.program = new ArrayList<>(program);
        this.program.add("--server.port=" + port);
        this.program.addAll(arguments);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Starts it, and does not wait until it is ready. */
    public void launch() {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm);
        command.addAll(SharedClasses.options(program));
        command.addAll(program);
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits until it says that it is ready to be asked. */
    public void awaitReady() {
        await(name + " has started; " + log + " says why not", START, () -> {
            assertThat(isAlive()).as("%s runs; see %s", name, log).isTrue();
            return status("alice", "GET", "/actuator/health/readiness", null) == 200;
        });
        SharedClasses.keep(program, pid());
    }

    /** By SIGKILL; nothing of it runs when this returns. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /**
     * By SIGTERM, as whoever runs it stops it.
     *
     * @return its exit code
     */
    public int stop(Duration patience) {
        Process running = process;
        if (running == null) {
            return 0;
        }
        running.destroy();
        try {
            if (!running.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " did not stop within " + patience + ".");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
        return running.exitValue();
    }

    public boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    public String name() {
        return name;
    }

    /** Of the process that runs, or ran last. */
    public long pid() {
        Process running = process;
        return running == null ? 0 : running.pid();
    }

    /** The status of the answer, or 0 if there is none. */
    public int status(String person, String method, String path, @Nullable Object body) {
        try {
            return send(person, method, path, body).statusCode();
        } catch (UncheckedIOException down) {
            return 0;
        }
    }

    /**
     * One call by a person whose password is the part of his name before the @.
     *
     * @throws UncheckedIOException if nobody answers
     */
    public HttpResponse<String> send(String person, String method, String path, @Nullable Object body) {
        try {
            String login = person + ":" + person.split("[-@]", 2)[0];
            String key = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(ANSWER)
                    .header("Authorization", "Basic " + key)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    public static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Waits for it.
     *
     * @throws IllegalStateException if it does not come to this in time
     */
    public static void await(String what, Duration patience, BooleanSupplier look) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!look.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("It never came to this: " + what + ".");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    /** A port that nobody listens to now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }
}
