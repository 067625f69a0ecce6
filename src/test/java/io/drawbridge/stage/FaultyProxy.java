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
import java.util.Locale;
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
    static {
        // A head and its body go out in two parts: each answer would wait 40 ms for the acknowledgment of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding");

    /** Where Slack's Web API begins; the rest of the path is the name of the method. */
    private static final String SLACK = "/api/";

    /** Where APIs of AWS with JSON name the service and the operation; as the server spells it. */
    private static final String TARGET = "X-amz-target";

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
    public record Call(String operation, String body, String method, URI path, Map<String, List<String>> headers) {
        static Call of(HttpExchange exchange) throws IOException {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            return new Call(
                    operation(exchange, body),
                    body,
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    Map.copyOf(exchange.getRequestHeaders()));
        }

        /** Whether the call names a service of AWS that begins so. */
        public boolean isTo(String service) {
            return headers.getOrDefault(TARGET, List.of()).stream().anyMatch(target -> target.startsWith(service));
        }

        private static String operation(HttpExchange exchange, String body) {
            @Nullable String target = exchange.getRequestHeaders().getFirst(TARGET);
            if (target != null) {
                return target.substring(target.indexOf('.') + 1);
            }
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith(SLACK)) {
                return path.substring(SLACK.length());
            }
            int action = body.indexOf("Action=");
            if (action < 0) {
                return "";
            }
            int end = body.indexOf('&', action);
            return body.substring(action + 7, end < 0 ? body.length() : end);
        }
    }

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
            Call call = Call.of(exchange);
            calls.add(call);
            Optional<Answer> instead = fault.apply(call);
            if (instead.isPresent()) {
                answer(exchange, instead.get());
                return;
            }
            HttpResponse<byte[]> response = pass(call);
            Optional<Answer> late = afterwards.apply(call);
            if (late.isPresent()) {
                answer(exchange, late.get());
                return;
            }
            response.headers().map().forEach((name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(
                    response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
        }
    }

    /** Has the other side do what it was asked for. */
    public HttpResponse<byte[]> pass(Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(behind.resolve(call.path()))
                .method(
                        call.method(),
                        call.body().isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(call.body()));
        call.headers().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
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

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
