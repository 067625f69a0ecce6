package io.drawbridge.grant.aws.assignment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.FaultyProxy.Call;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before moto and does what moto cannot: turns callers away, refuses, loses answers, and takes its time.
 *
 * <p>Its answers are ours, shaped from the IAM Identity Center API Reference (CreateAccountAssignment,
 * DescribeAccountAssignmentCreationStatus and their like); everything else is moto's.
 */
final class FaultyAws implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FaultyProxy proxy;
    private final Map<String, Answer> faults = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> lost = new ConcurrentHashMap<>();
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private volatile boolean throttles;
    private volatile boolean takesItsTime;

    /** A request that AWS works at. */
    private static final class Held {
        private final Call call;
        private volatile String status = "IN_PROGRESS";

        Held(Call call) {
            this.call = call;
        }
    }

    FaultyAws(URI moto) {
        proxy = new FaultyProxy(moto);
        proxy.fault(this::instead);
        proxy.afterwards(call -> isLost(call) ? Optional.of(Answer.brokenOff()) : Optional.empty());
    }

    URI endpoint() {
        return proxy.endpoint();
    }

    void throttle(boolean on) {
        throttles = on;
    }

    /** What is asked for from now on is under way until {@link #finish}. */
    void takeTime(boolean on) {
        takesItsTime = on;
    }

    /** Answers that operation so from now on, without asking moto. */
    void answer(String operation, Answer answer) {
        faults.put(operation, answer);
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
        return (int) proxy.count(operation);
    }

    /** Whatever is under way is done now, by moto. */
    void finish() {
        for (Held each : held.values()) {
            if (each.status.equals("IN_PROGRESS")) {
                each.status = proxy.pass(each.call).statusCode() == 200 ? "SUCCEEDED" : "FAILED";
            }
        }
    }

    @Override
    public void close() {
        proxy.close();
    }

    private Optional<Answer> instead(Call call) {
        if (throttles && (call.isTo("SWBExternal") || call.isTo("AWSIdentityStore"))) {
            return Optional.of(Answer.throttling());
        }
        Answer fault = faults.get(call.operation());
        return fault != null ? Optional.of(fault) : underWay(call);
    }

    private boolean isLost(Call call) {
        AtomicInteger losing = lost.get(call.operation());
        return losing != null && losing.getAndDecrement() > 0;
    }

    /** How far a change is that takes its time; empty for everything else. */
    private Optional<Answer> underWay(Call call) {
        String operation = call.operation();
        if (takesItsTime
                && (operation.equals("CreateAccountAssignment") || operation.equals("DeleteAccountAssignment"))) {
            String id = UUID.randomUUID().toString();
            Held begun = new Held(call);
            held.put(id, begun);
            return Optional.of(status(id, begun));
        }
        if (operation.startsWith("DescribeAccountAssignment")) {
            String id = requestId(call);
            return Optional.ofNullable(held.get(id)).map(known -> status(id, known));
        }
        return Optional.empty();
    }

    private static String requestId(Call call) {
        try {
            JsonNode asked = JSON.readTree(call.body());
            return asked.path("AccountAssignmentCreationRequestId")
                    .asText(asked.path("AccountAssignmentDeletionRequestId").asText());
        } catch (JsonProcessingException unreadable) {
            throw new IllegalArgumentException(unreadable);
        }
    }

    private static Answer status(String id, Held of) {
        String field = of.call.operation().startsWith("Create")
                ? "AccountAssignmentCreationStatus"
                : "AccountAssignmentDeletionStatus";
        return new Answer(200, "{\"" + field + "\":{\"Status\":\"" + of.status + "\",\"RequestId\":\"" + id + "\"}}");
    }
}
