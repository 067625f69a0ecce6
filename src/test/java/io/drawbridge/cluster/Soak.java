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
    /** Of the time that the kills leave; the nodes' vitals are taken between, with the load on and nothing amiss. */
    private static final double FIRST_LOOK = 0.2;

    private static final double CLOUD_DOWN = 0.25;
    private static final double DATABASE_DOWN = 0.45;
    private static final double MAIL_DOWN = 0.6;

    private static final Duration QUIET = Duration.ofSeconds(30);

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

    /** What came of it; {@code faults} names what is not as it has to be. */
    record Outcome(
            Duration took,
            double rate,
            Load load,
            Map<String, Vitals> first,
            Map<String, Vitals> last,
            Reckoning reckoning,
            String audit,
            List<String> faults) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d min %d s at %.1f requests a second, answers %s, 99 of 100 within %d ms.%n%s%nfirst %s%nlast  %s%naudit: %s%n%s",
                    took.toMinutes(),
                    took.toSecondsPart(),
                    rate,
                    load.answers(),
                    load.p99().toMillis(),
                    reckoning,
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
            Instant begun = Instant.now();
            Duration length = whole.minus(Duration.between(start, begun));
            until(begun, length, FIRST_LOOK);
            first = vitals(cluster);

            until(begun, length, CLOUD_DOWN);
            cluster.cloudDown(true);
            until(begun, length, CLOUD_DOWN + 0.1);
            cluster.cloudDown(false);

            until(begun, length, DATABASE_DOWN);
            cluster.postgres().stop();
            until(begun, length, DATABASE_DOWN + 0.05);
            cluster.postgres().start();

            until(begun, length, MAIL_DOWN);
            cluster.stopMail();
            until(begun, length, MAIL_DOWN + 0.15);
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
                    Duration.between(start, Instant.now()), rate, load, first, last, reckoning, audit, faults);
        }
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
