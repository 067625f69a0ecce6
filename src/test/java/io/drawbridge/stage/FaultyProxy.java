package io.drawbridge.stage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the application and an AWS or a Slack that is not one, and does what the other side cannot: refuses, turns away, is
 * down, counts. What it answers by itself is shaped from the API references and is ours.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding");

    /** Where Slack's Web API begins; the rest of the path is the name of the method. */
    private static final String SLACK = "/api/";

    private final URI behind;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(16);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    private volatile Function<Call, Optional<Answer>> fault = call -> Optional.empty();
    private volatile Function<Call, Optional<Answer>> afterwards = call -> Optional.empty();

    /**
     * A call to the other side.
     *
     * @param operation such as {@code UpdatePolicy} or {@code chat.postMessage}; empty if the call does not say
     */
    public record Call(String operation, String body) {}

    /** What is answered in place of the other side; a status of 0 breaks the connection off. */
    public record Answer(int status, String body, Map<String, String> headers) {
        public Answer(int status, String body) {
            this(status, body, Map.of());
        }

        /** Slack's way to say that too much was sent. */
        public static Answer tooMuch(int seconds) {
            return new Answer(
                    429,
                    "{\"ok\":false,\"error\":\"ratelimited\"}",
                    Map.of("Retry-After", String.valueOf(seconds), "Content-Type", "application/json"));
        }

        /** An error as APIs with JSON give it. */
        public static Answer error(int status, String type, String message) {
            return new Answer(
                    status,
                    "{\"__type\":\"" + type + "\",\"message\":\"" + message + "\",\"Message\":\"" + message + "\"}");
        }

        public static Answer throttling() {
            return error(400, "ThrottlingException", "Rate exceeded");
        }

        public static Answer brokenOff() {
            return new Answer(0, "");
        }
    }

    public FaultyProxy(URI behind) {
        this.behind = behind;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What happens to calls from now on before the other side sees them. */
    public void fault(Function<Call, Optional<Answer>> what) {
        fault = what;
    }

    /** What is answered from now on after the other side has done what it was asked for. */
    public void afterwards(Function<Call, Optional<Answer>> what) {
        afterwards = what;
    }

    /** Calls that came so far, faulty ones included. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    public long count(String operation) {
        return calls.stream().filter(call -> call.operation().equals(operation)).count();
    }

    public void forget() {
        calls.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Call call = new Call(operation(exchange, body), new String(body, StandardCharsets.UTF_8));
            calls.add(call);
            Optional<Answer> instead = fault.apply(call);
            if (instead.isPresent()) {
                answer(exchange, instead.get());
                return;
            }
            HttpResponse<byte[]> response = pass(exchange, body);
            Optional<Answer> late = afterwards.apply(call);
            if (late.isPresent()) {
                answer(exchange, late.get());
                return;
            }
            response.headers().map().forEach((name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(
                    response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.status() == 0) {
            return;
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static String operation(HttpExchange exchange, byte[] body) {
        @Nullable String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        if (target != null) {
            return target.substring(target.indexOf('.') + 1);
        }
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith(SLACK)) {
            return path.substring(SLACK.length());
        }
        String form = new String(body, StandardCharsets.UTF_8);
        int action = form.indexOf("Action=");
        if (action < 0) {
            return "";
        }
        int end = form.indexOf('&', action);
        return form.substring(action + 7, end < 0 ? form.length() : end);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
