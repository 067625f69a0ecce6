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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An Identity Center of our own, with a memory: asynchronous, idempotent, one operation at a time on an assignment, ten at once
 * altogether. Its time is the test's.
 *
 * <p>Shaped from the IAM Identity Center API Reference; that it takes ten requests at once is the User Guide's "Quotas".
 */
final class SimulatedIdentityCenter implements AutoCloseable {
    static {
        // Its head and its body go out in two parts: each answer would wait 40 ms for the acknowledgment of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    static final int MOST_OUTSTANDING = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final Duration takes;
    private final HttpServer server;
    private final Set<String> assigned = new TreeSet<>();
    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final List<Taken> taken = new ArrayList<>();
    private final Map<String, Integer> calls = new LinkedHashMap<>();
    private int mostOutstanding;
    private int turnedAway;

    /** What AWS took, and when. */
    record Taken(Instant at, String operation, String assignment) {}

    private record Operation(String kind, String assignment, Instant completesAt, boolean there, boolean done) {}

    SimulatedIdentityCenter(Clock clock, Duration takes) {
        this.clock = clock;
        this.takes = takes;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Somebody else's hand. */
    synchronized void assign(String account, String permissionSet, String user) {
        assigned.add(account + "|" + permissionSet + "|" + user);
    }

    /** A request that a node sent before it fell. */
    synchronized void ask(String operation, String account, String permissionSet, String user) {
        begin(operation, account + "|" + permissionSet + "|" + user);
    }

    synchronized Set<String> assigned() {
        settle();
        return new TreeSet<>(assigned);
    }

    synchronized List<Taken> taken() {
        return List.copyOf(taken);
    }

    synchronized int mostOutstanding() {
        return mostOutstanding;
    }

    synchronized int turnedAway() {
        return turnedAway;
    }

    synchronized int calls(String operation) {
        return calls.getOrDefault(operation, 0);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            String operation = target.substring(target.indexOf('.') + 1);
            JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
            calls.merge(operation, 1, Integer::sum);
            settle();
            String answer =
                    switch (operation) {
                        case "ListAccountAssignments" -> list(asked);
                        case "CreateAccountAssignment", "DeleteAccountAssignment" -> change(operation, asked);
                        case "DescribeAccountAssignmentCreationStatus" ->
                            status(asked.path("AccountAssignmentCreationRequestId")
                                    .asText());
                        case "DescribeAccountAssignmentDeletionStatus" ->
                            status(asked.path("AccountAssignmentDeletionRequestId")
                                    .asText());
                        default -> "";
                    };
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(answer.contains("__type") ? 400 : answer.isEmpty() ? 500 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void settle() {
        operations.replaceAll((id, operation) -> {
            if (operation.done() || operation.completesAt().isAfter(clock.instant())) {
                return operation;
            }
            boolean there = assigned.contains(operation.assignment());
            if (operation.kind().startsWith("Create")) {
                assigned.add(operation.assignment());
            } else {
                assigned.remove(operation.assignment());
            }
            return new Operation(operation.kind(), operation.assignment(), operation.completesAt(), there, true);
        });
    }

    private String change(String operation, JsonNode asked) {
        String assignment = asked.path("TargetId").asText() + "|"
                + asked.path("PermissionSetArn").asText() + "|"
                + asked.path("PrincipalId").asText();
        boolean underWay = operations.values().stream()
                .anyMatch(each -> !each.done() && each.assignment().equals(assignment));
        if (underWay) {
            return error("ConflictException", "An operation on the assignment is under way.");
        }
        long outstanding =
                operations.values().stream().filter(each -> !each.done()).count();
        if (outstanding >= MOST_OUTSTANDING) {
            turnedAway++;
            return error("ThrottlingException", "Too many requests are outstanding.");
        }
        String id = begin(operation, assignment);
        mostOutstanding = Math.max(mostOutstanding, (int) outstanding + 1);
        return status(id);
    }

    private String begin(String operation, String assignment) {
        String id = UUID.randomUUID().toString();
        operations.put(id, new Operation(operation, assignment, clock.instant().plus(takes), false, false));
        taken.add(new Taken(clock.instant(), operation, assignment));
        return id;
    }

    private String status(String id) {
        Operation operation = operations.get(id);
        if (operation == null) {
            return error("ResourceNotFoundException", "There is no such request.");
        }
        boolean vain = operation.done() && operation.kind().startsWith("Delete") && !operation.there();
        String status = !operation.done()
                ? "\"IN_PROGRESS\""
                : vain ? "\"FAILED\",\"FailureReason\":\"Received a 404 status error: Not Found\"" : "\"SUCCEEDED\"";
        String field = operation.kind().startsWith("Create")
                ? "AccountAssignmentCreationStatus"
                : "AccountAssignmentDeletionStatus";
        return "{\"" + field + "\":{\"Status\":" + status + ",\"RequestId\":\"" + id + "\"}}";
    }

    private String list(JsonNode asked) {
        String place = asked.path("AccountId").asText() + "|"
                + asked.path("PermissionSetArn").asText() + "|";
        return assigned.stream()
                .filter(each -> each.startsWith(place))
                .map(each -> "{\"AccountId\":\"" + asked.path("AccountId").asText() + "\",\"PermissionSetArn\":\""
                        + asked.path("PermissionSetArn").asText() + "\",\"PrincipalType\":\"USER\",\"PrincipalId\":\""
                        + each.substring(place.length()) + "\"}")
                .collect(Collectors.joining(",", "{\"AccountAssignments\":[", "]}"));
    }

    private static String error(String type, String message) {
        return "{\"__type\":\"" + type + "\",\"message\":\"" + message + "\"}";
    }
}
