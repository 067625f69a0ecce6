package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * People who ask for access that the policy gives at once, at a steady pace, each for something that nobody has now; keeps
 * what they were answered.
 */
final class Load implements AutoCloseable {
    /** In place of a status: the connection was refused. */
    static final int NOBODY_THERE = -1;

    /** In place of a status: there was a connection, and no answer. */
    static final int BROKEN_OFF = 0;

    private static final int PEOPLE = 400;

    /** Over all loads of this process, so that none asks for what another one holds still. */
    private static final AtomicInteger ASKED = new AtomicInteger();

    /** Every so many requests are for production, where somebody would have to approve, and nobody does. */
    private static final int UNDECIDED = 10;

    private final List<DrawbridgeProcess> nodes;
    private final List<String> permissions;
    private final Duration length;
    private final ScheduledThreadPoolExecutor people = new ScheduledThreadPoolExecutor(24);
    private final Queue<String> promised = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    Load(List<DrawbridgeProcess> nodes, List<String> permissions, Duration length) {
        this.nodes = nodes;
        this.permissions = permissions;
        this.length = length;
    }

    /** Asks from now on, this often a second. */
    @SuppressWarnings("FutureReturnValueIgnored") // What is scheduled throws nothing that its future could keep.
    void start(double perSecond) {
        people.scheduleAtFixedRate(
                () -> people.execute(this::ask), 0, (long) (1_000_000_000 / perSecond), TimeUnit.NANOSECONDS);
    }

    /** Asks that many times one after the other on each of some threads; returns how many a second were answered well. */
    static double highest(List<DrawbridgeProcess> nodes, List<String> permissions, Duration length, Duration during) {
        try (Load load = new Load(nodes, permissions, length)) {
            Instant end = Instant.now().plus(during);
            for (int person = 0; person < 8; person++) {
                load.people.execute(() -> {
                    while (Instant.now().isBefore(end)) {
                        load.ask();
                    }
                });
            }
            DrawbridgeProcess.await(
                    "the measurement ends",
                    during.plusMinutes(1),
                    () -> Instant.now().isAfter(end) && load.people.getActiveCount() == 0);
            return load.promised.size() / (during.toMillis() / 1000.0);
        }
    }

    /** Who was told no, or nothing, has nothing promised; he may ask again. */
    void ask() {
        int number = ASKED.getAndIncrement();
        DrawbridgeProcess node = nodes.get(number % nodes.size());
        String person = "load-" + (1 + number % PEOPLE) + "@acme.example";
        long begun = System.nanoTime();
        int status;
        try {
            HttpResponse<String> answer = node.send(
                    person,
                    "POST",
                    "/v1/requests",
                    Map.of(
                            "account",
                            number % UNDECIDED == 0 ? "111122223333" : "444455556666",
                            "permission",
                            permissions.get(number / PEOPLE % permissions.size()),
                            "justification",
                            "A trial.",
                            "duration",
                            length.toString()));
            status = answer.statusCode();
            if (status == 201) {
                promised.add(DrawbridgeProcess.json(answer).path("id").asText());
                nanos.add(System.nanoTime() - begun);
            }
        } catch (UncheckedIOException down) {
            status = down.getCause() instanceof ConnectException ? NOBODY_THERE : BROKEN_OFF;
        } catch (IllegalStateException interrupted) {
            status = BROKEN_OFF;
        }
        answers.computeIfAbsent(status, none -> new AtomicInteger()).incrementAndGet();
    }

    /** Ids of what was answered with a 201. */
    Queue<String> promised() {
        return promised;
    }

    /** How often each status was answered. */
    Map<Integer, AtomicInteger> answers() {
        return answers;
    }

    /** How long 99 of 100 answers took at most. */
    Duration p99() {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : Duration.ofNanos(sorted.get((int) (sorted.size() * 0.99)));
    }

    /** Asks no more; waits for answers that are under way. */
    void stop() {
        people.shutdownNow();
        try {
            if (!people.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("Somebody still waits for an answer after a minute.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        people.shutdownNow();
    }
}
