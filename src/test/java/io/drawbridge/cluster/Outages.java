package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two nodes with load on, and in turn: no database, no mail server, no cloud, a node that is stopped, no queue, and two nodes
 * whose clocks are wrong. Ends with 1 if anything is lost.
 */
public final class Outages {
    private static final Duration BEFORE = Duration.ofSeconds(15);
    private static final Duration AFTER = Duration.ofSeconds(25);
    private static final Duration LATE = Duration.ofSeconds(30);

    private Outages() {}

    /**
     * Runs them.
     *
     * @param args names out of {@code database mail cloud stop queue clocks}, all if there are none; {@code --seconds N}, how long
     *     each outage is, 60 if nothing is said; {@code --rate N}, requests a second, 3 if nothing is said
     */
    public static void main(String[] args) {
        List<String> wanted = new ArrayList<>(Arrays.asList(args));
        Duration length = Duration.ofSeconds((long) option(wanted, "--seconds", 60));
        double rate = option(wanted, "--rate", 3);
        boolean fine = true;
        List<String> together = List.of("database", "mail", "cloud", "stop", "queue");
        if (wanted.isEmpty() || together.stream().anyMatch(wanted::contains)) {
            try (Denials denials = new Denials();
                    Cluster cluster =
                            new Cluster("outages", List.of(Duration.ZERO, Duration.ZERO), denials.arguments())) {
                for (String outage : together) {
                    if (wanted.isEmpty() || wanted.contains(outage)) {
                        fine &= endure(cluster, Optional.of(denials), outage, length, rate);
                    }
                }
            }
        }
        if (wanted.isEmpty() || wanted.contains("clocks")) {
            try (Cluster cluster =
                    new Cluster("clocks", List.of(Duration.ofSeconds(5), Duration.ofSeconds(-5)), List.of())) {
                fine &= endure(cluster, Optional.empty(), "clocks", length, rate);
            }
        }
        System.exit(fine ? 0 : 1);
    }

    private static boolean endure(
            Cluster cluster, Optional<Denials> denials, String outage, Duration length, double rate) {
        List<String> faults = new ArrayList<>();
        String more = "";
        Duration late = LATE;
        Reckoning.forget(cluster);
        try (Load load = new Load(cluster.nodes(), Cluster.permissions(), ClusterTrial.LENGTH)) {
            load.start(rate);
            pass(BEFORE);
            switch (outage) {
                case "database" -> {
                    Instant from = Instant.now();
                    cluster.postgres().stop();
                    pass(length);
                    cluster.postgres().start();
                    more = ended(cluster, from, Instant.now(), faults);
                    late = length.plus(LATE);
                }
                case "mail" -> {
                    cluster.stopMail();
                    pass(length);
                    cluster.startMail();
                }
                case "cloud" -> {
                    Instant from = Instant.now();
                    cluster.cloudDown(true);
                    pass(length);
                    cluster.cloudDown(false);
                    more = ended(cluster, from, Instant.now(), faults);
                    late = length.plus(LATE);
                }
                case "stop" -> {
                    pass(BEFORE);
                    more = stop(cluster, faults);
                    late = Duration.ofSeconds(10);
                }
                case "queue" -> {
                    Denials queue = denials.orElseThrow();
                    queue.start();
                    pass(BEFORE);
                    queue.down(true);
                    pass(length);
                    queue.down(false);
                    more = counted(cluster, queue.stop(), faults);
                }
                case "clocks" -> {
                    pass(length);
                    late = Duration.ofSeconds(7);
                }
                default -> throw new IllegalArgumentException(outage);
            }
            pass(AFTER);
            load.stop();
            Reckoning reckoning = Reckoning.of(cluster, load.promised(), Duration.ofMinutes(8), true);
            faults.addAll(reckoning.faults());
            if (reckoning.latest().compareTo(late) > 0) {
                faults.add("The cloud was asked to close " + reckoning.latest() + " after an end; at most " + late
                        + " was expected.");
            }
            if (reckoning.earliest().compareTo(Duration.ofMillis(-250)) < 0) {
                faults.add(
                        "The cloud was asked to close " + reckoning.earliest().negated() + " before an end.");
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d s%s: answers %s; %s%n%s%n",
                    outage,
                    length.toSeconds(),
                    more,
                    load.answers(),
                    reckoning,
                    faults.isEmpty() ? "As it has to be." : "FAULTS: " + String.join(" ", faults));
            return faults.isEmpty();
        }
    }

    /** How many grants have ended in that time; with none, an outage shows nothing. */
    private static String ended(Cluster cluster, Instant from, Instant until, List<String> faults) {
        int ended = cluster.database()
                .sql("select count(*) from access_grant where ends_at > ? and ends_at <= ?")
                .params(from.atOffset(ZoneOffset.UTC), until.atOffset(ZoneOffset.UTC))
                .query(Integer.class)
                .single();
        if (ended == 0) {
            faults.add("No grant ended in the meantime.");
        }
        return ", in which " + ended + " grants ended";
    }

    /** What became of the denied calls; a consumer waits a minute at most between two looks at a queue that is down. */
    private static String counted(Cluster cluster, int sent, List<String> faults) {
        try {
            DrawbridgeProcess.await(
                    "every denied call has an outcome", Duration.ofMinutes(4), () -> outcomes(cluster) == sent);
        } catch (IllegalStateException never) {
            faults.add(never.getMessage());
        }
        return ", " + outcomes(cluster) + " outcomes of " + sent + " denied calls";
    }

    private static int outcomes(Cluster cluster) {
        return cluster.database()
                .sql("select count(*) from intake_event where event_id like 'trial-%'")
                .query(Integer.class)
                .single();
    }

    /** Stops a node in the middle of its work, as whoever runs it would; nothing of it may be left to run out. */
    private static String stop(Cluster cluster, List<String> faults) {
        DrawbridgeProcess node = cluster.nodes().get(0);
        DrawbridgeProcess.await(
                "it revokes", Duration.ofMinutes(1), () -> cluster.holders().containsKey(node.name()));
        Instant asked = Instant.now();
        int code = node.stop(Duration.ofMinutes(1));
        Duration took = Duration.between(asked, Instant.now());
        int locked = cluster.database()
                .sql("select count(*) from act_ru_job j join trial_owner o on o.owner = j.lock_owner_ where o.node = ?")
                .param(node.name())
                .query(Integer.class)
                .single();
        if (locked > 0) {
            faults.add("The node that was stopped left " + locked + " jobs locked.");
        }
        pass(BEFORE);
        node.launch();
        node.awaitReady();
        return String.format(
                Locale.ROOT,
                ", ended with %d after %.1f s, with %d jobs locked",
                code,
                took.toMillis() / 1000.0,
                locked);
    }

    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static double option(List<String> args, String name, double otherwise) {
        int at = args.indexOf(name);
        if (at < 0 || at + 1 >= args.size()) {
            return otherwise;
        }
        double value = Double.parseDouble(args.get(at + 1));
        args.remove(at + 1);
        args.remove(at);
        return value;
    }
}
