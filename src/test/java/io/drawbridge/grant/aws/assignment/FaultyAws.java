package io.drawbridge.grant.aws.assignment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands before moto and does what moto cannot: turns callers away, refuses, loses answers, and takes its time.
 *
 * <p>Its answers are ours, shaped from the IAM Identity Center API Reference (CreateAccountAssignment,
 * DescribeAccountAssignmentCreationStatus and their like); everything else is moto's.
 */
final class FaultyAws implements AutoCloseable {
    static {
        // Its head and its body go out in two parts: each answer would wait 40 ms for the acknowledgment of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "content-length", "connection", "expect", "transfer-encoding", "upgrade");

    private final URI moto;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(12);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> lost = new ConcurrentHashMap<>();
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private volatile boolean throttles;
    private volatile boolean takesItsTime;

    /** An answer in place of moto's. */
    record Fault(int status, String type, String message) {}

    /** A request that AWS works at. */
    private static final class Held {
        private final String operation;
        private final Sent sent;
        private volatile String status = "IN_PROGRESS";

        Held(String operation, Sent sent) {
            this.operation = operation;
            this.sent = sent;
        }
    }

    private record Sent(String path, Map<String, List<String>> headers, String body) {}

    FaultyAws(URI moto) {
        this.moto = moto;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void throttle(boolean on) {
        throttles = on;
    }

    /** What is asked for from now on is under way until {@link #finish}. */
    void takeTime(boolean on) {
        takesItsTime = on;
    }

    /** Answers that operation so from now on, without asking moto. */
    void answer(String operation, Fault fault) {
        faults.put(operation, fault);
    }

    void answerProperly() {
        faults.clear();
    }

    /** Does the operation so many times without ever answering. */
    void loseAnswers(String operation, int times) {
        lost.put(operation, new AtomicInteger(times));
    }

    /** How often the operation was called. */
    int calls(String operation) {
        return calls.getOrDefault(operation, new AtomicInteger()).get();
    }

    /** Whatever is under way is done now, by moto. */
    void finish() {
        for (Held each : held.values()) {
            if (each.status.equals("IN_PROGRESS")) {
                each.status = pass(each.sent).statusCode() == 200 ? "SUCCEEDED" : "FAILED";
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Sent sent = new Sent(
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            @Nullable String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            String operation = target == null ? "" : target.substring(target.indexOf('.') + 1);
            boolean isOurs =
                    target != null && (target.startsWith("SWBExternal") || target.startsWith("AWSIdentityStore"));
            calls.computeIfAbsent(operation, name -> new AtomicInteger()).incrementAndGet();
            if (isOurs && throttles) {
                answer(exchange, 400, error("ThrottlingException", "Rate exceeded"));
                return;
            }
            Fault fault = faults.get(operation);
            if (fault != null) {
                answer(exchange, fault.status(), error(fault.type(), fault.message()));
                return;
            }
            String ours = ours(operation, sent);
            if (ours != null) {
                answer(exchange, 200, ours);
                return;
            }
            HttpResponse<byte[]> answer = pass(sent);
            AtomicInteger losing = lost.get(operation);
            if (losing != null && losing.getAndDecrement() > 0) {
                return;
            }
            answer.headers().firstValue("content-type").ifPresent(type -> exchange.getResponseHeaders()
                    .set("Content-Type", type));
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    private @Nullable String ours(String operation, Sent sent) throws IOException {
        boolean changes = operation.equals("CreateAccountAssignment") || operation.equals("DeleteAccountAssignment");
        if (changes && takesItsTime) {
            String id = UUID.randomUUID().toString();
            Held begun = new Held(operation, sent);
            held.put(id, begun);
            return status(id, begun);
        }
        if (operation.startsWith("DescribeAccountAssignment")) {
            JsonNode asked = JSON.readTree(sent.body());
            String id = asked.path("AccountAssignmentCreationRequestId")
                    .asText(asked.path("AccountAssignmentDeletionRequestId").asText());
            Held known = held.get(id);
            return known == null ? null : status(id, known);
        }
        return null;
    }

    private static String status(String id, Held of) {
        String field = of.operation.startsWith("Create")
                ? "AccountAssignmentCreationStatus"
                : "AccountAssignmentDeletionStatus";
        return "{\"" + field + "\":{\"Status\":\"" + of.status + "\",\"RequestId\":\"" + id + "\"}}";
    }

    private static String error(String type, String message) {
        return "{\"__type\":\"" + type + "\",\"message\":\"" + message + "\"}";
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private HttpResponse<byte[]> pass(Sent sent) {
        HttpRequest.Builder request = HttpRequest.newBuilder(moto.resolve(sent.path()))
                .POST(HttpRequest.BodyPublishers.ofString(sent.body()));
        List<Map.Entry<String, List<String>>> headers =
                new ArrayList<>(sent.headers().entrySet());
        for (Map.Entry<String, List<String>> header : headers) {
            if (!NOT_PASSED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                header.getValue().forEach(value -> request.header(header.getKey(), value));
            }
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
