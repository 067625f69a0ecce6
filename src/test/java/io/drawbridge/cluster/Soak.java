package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Half of the highest load, for long, with a kill, a cloud that fails, a database and a mail server that are away. Ends with
 * 1 if anything is lost, or grows.
 */
public final class Soak {
    /**
     * Of the time that is left once the kills are over and what fell due by then is closed, or late; the nodes' vitals are
     * taken between, with the load on and nothing amiss.
     */
    private static final double FIRST_LOOK = 0.2;

    private static final double CLOUD_DOWN = 0.25;
    private static final double DATABASE_DOWN = 0.45;
    private static final double MAIL_DOWN = 0.6;

    private static final Duration QUIET = Duration.ofSeconds(30);

    /** What the outages need, however long the kills took. */
    static final Duration LEAST = Duration.ofSeconds(50);

    static final Duration SHORTEST_OUTAGE = Duration.ofSeconds(5);

    private Soak() {}

    /**
     * Runs it.
     *
     * @param args {@code --minutes N}, 30 if nothing is said; {@code --rate N}, requests a second, half of what is measured
     *     first if nothing is said
     */
    public static void main(String[] args) {
        double minutes = option(args, "--minutes", 30);
        double rate = option(args, "--rate", 0);
        try (Cluster cluster = new Cluster("soak", List.of(Duration.ZERO, Duration.ZERO), List.of())) {
            if (rate == 0) {
                Load.highest(cluster.nodes(), Cluster.permissions(), ClusterTrial.LENGTH, Duration.ofSeconds(30));
                double highest = Load.highest(
                        cluster.nodes(), Cluster.permissions(), ClusterTrial.LENGTH, Duration.ofSeconds(30));
                rate = highest / 2;
                System.out.printf(Locale.ROOT, "Highest load: %.1f requests a second.%n", highest);
                DrawbridgeProcess.await(
                        "what was asked for that has ended",
                        Duration.ofMinutes(5),
                        () -> cluster.database()
                                        .sql("select count(*) from access_grant where state not in ('REVOKED',"
                                                + " 'PROVISION_FAILED')")
                                        .query(Integer.class)
                                        .single()
                                == 0);
            }
            Outcome outcome = endure(cluster, Duration.ofMillis((long) (minutes * 60_000)), rate, 1);
            System.out.println(outcome);
            System.exit(outcome.faults().isEmpty() ? 0 : 1);
        }
    }

    /**
     * What came of it; {@code faults} names what is not as it has to be.
     *
     * @param lateAroundKills the longest time from an end that fell due before the killed nodes were all back to the cloud
     *     being asked to close it; no outage begins before it is too late for them
     * @param lateBesidesOutages the longest such time of all ends, without what cloud or database were away of it
     */
    record Outcome(
            Duration took,
            double rate,
            Load load,
            Map<String, Vitals> first,
            Map<String, Vitals> last,
            Reckoning reckoning,
            Duration lateAroundKills,
            Duration lateBesidesOutages,
            String audit,
            List<String> faults) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d min %d s at %.1f requests a second, answers %s, 99 of 100 within %d ms.%n%s%n"
                            + "%.2f s late around the kills, %.2f s besides the outages%nfirst %s%nlast  %s%naudit: %s%n%s",
                    took.toMinutes(),
                    took.toSecondsPart(),
                    rate,
                    load.answers(),
                    load.p99().toMillis(),
                    reckoning,
                    lateAroundKills.toMillis() / 1000.0,
                    lateBesidesOutages.toMillis() / 1000.0,
                    first,
                    last,
                    audit,
                    faults.isEmpty() ? "All is well." : "FAULTS: " + String.join(" ", faults));
        }
    }

    /** @param kills how often a node is killed and started again, one after the other, before anything else */
    static Outcome endure(Cluster cluster, Duration whole, double rate, int kills) {
        Instant start = Instant.now();
        List<String> faults = new ArrayList<>();
        Map<String, Vitals> first;
        Map<String, Vitals> last;
        try (Load load = new Load(cluster.nodes(), Cluster.permissions(), ClusterTrial.LENGTH)) {
            load.start(rate);
            Kills killing = new Kills(cluster);
            for (int kill = 0; kill < kills; kill++) {
                killing.killAndRestart();
            }
            Instant killed = Instant.now();
            until(killed, ClusterTrial.LATE_AT_MOST, 1);
            Instant begun = Instant.now();
            Duration length = rest(whole, Duration.between(start, begun));
            List<Reckoning.Away> away = new ArrayList<>();
            until(begun, length, FIRST_LOOK);
            first = vitals(cluster);

            until(begun, length, CLOUD_DOWN);
            Instant cloudDown = Instant.now();
            cluster.cloudDown(true);
            until(cloudDown, outage(length, 0.1), 1);
            cluster.cloudDown(false);
            away.add(new Reckoning.Away(cloudDown, Instant.now()));

            until(begun, length, DATABASE_DOWN);
            Instant databaseDown = Instant.now();
            cluster.postgres().stop();
            until(databaseDown, outage(length, 0.05), 1);
            cluster.postgres().start();
            away.add(new Reckoning.Away(databaseDown, Instant.now()));

            until(begun, length, MAIL_DOWN);
            Instant mailDown = Instant.now();
            cluster.stopMail();
            until(mailDown, outage(length, 0.15), 1);
            cluster.startMail();

            while (Instant.now().isBefore(begun.plus(length))) {
                cluster.collectMail();
                until(Instant.now(), Duration.ofSeconds(2), 1);
            }
            last = vitals(cluster);
            load.stop();
            Reckoning reckoning = Reckoning.of(cluster, load.promised(), Duration.ofMinutes(6), true);
            faults.addAll(reckoning.faults());
            first.forEach((node, vitals) -> {
                Vitals now = Objects.requireNonNull(last.get(node));
                if (!now.isFlatSince(vitals)) {
                    faults.add(node + " has grown from " + vitals + " to " + now + ".");
                }
            });
            for (DrawbridgeProcess node : cluster.nodes()) {
                try {
                    DrawbridgeProcess.await(
                            node.name() + " holds no connection", QUIET, () -> Vitals.holdsNoConnection(node));
                } catch (IllegalStateException never) {
                    faults.add(never.getMessage());
                }
            }
            String audit = audit(cluster);
            if (audit.startsWith("broken")) {
                faults.add("The audit chain is " + audit);
            }
            return new Outcome(
                    Duration.between(start, Instant.now()),
                    rate,
                    load,
                    first,
                    last,
                    reckoning,
                    Reckoning.latestOfEnds(cluster, start, killed),
                    Reckoning.latestBesides(cluster, away),
                    audit,
                    faults);
        }
    }

    /** How long it goes on, after so much time. */
    static Duration rest(Duration whole, Duration taken) {
        Duration left = whole.minus(taken);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /** How long something is away that is to be for such a share of the time. */
    static Duration outage(Duration length, double share) {
        Duration wanted = Duration.ofMillis((long) (length.toMillis() * share));
        return wanted.compareTo(SHORTEST_OUTAGE) < 0 ? SHORTEST_OUTAGE : wanted;
    }

    /** Whether the chain is whole, as Drawbridge itself says it. */
    private static String audit(Cluster cluster) {
        HttpResponse<String> answer = cluster.nodes().get(0).send("erin", "GET", "/v1/audit:verify", null);
        boolean whole = answer.statusCode() == 200
                && DrawbridgeProcess.json(answer).path("whole").asBoolean();
        return (whole ? "" : "broken, ") + answer.statusCode() + " " + answer.body();
    }

    private static Map<String, Vitals> vitals(Cluster cluster) {
        Map<String, Vitals> vitals = new LinkedHashMap<>();
        cluster.nodes().forEach(node -> vitals.put(node.name(), Vitals.of(cluster, node)));
        return vitals;
    }

    private static void until(Instant begun, Duration length, double share) {
        Instant then = begun.plusMillis((long) (length.toMillis() * share));
        DrawbridgeProcess.await(
                "the time goes on", length.plusMinutes(1), () -> !Instant.now().isBefore(then));
    }

    private static double option(String[] args, String name, double otherwise) {
        for (int at = 0; at + 1 < args.length; at++) {
            if (args[at].equals(name)) {
                return Double.parseDouble(args[at + 1]);
            }
        }
        return otherwise;
    }
}
