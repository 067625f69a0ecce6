package io.drawbridge.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two nodes with load on; whichever holds the revocations is killed, again and again. Ends with 1 if anything is lost. */
public final class ClusterTrial {
    static final Duration LENGTH = Duration.ofSeconds(20);
    static final Duration LATE_AT_MOST = Duration.ofSeconds(30);

    private ClusterTrial() {}

    /**
     * Runs it.
     *
     * @param args how often, 20 if nothing is said, and how many requests a second, 5
     */
    public static void main(String[] args) {
        int kills = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        double perSecond = args.length > 1 ? Double.parseDouble(args[1]) : 5;
        Instant begun = Instant.now();
        try (Cluster cluster = new Cluster("kills", List.of(Duration.ZERO, Duration.ZERO), List.of());
                Load load = new Load(cluster.nodes(), Cluster.permissions(), LENGTH)) {
            load.start(perSecond);
            Kills killing = new Kills(cluster);
            for (int number = 0; number < kills; number++) {
                killing.killAndRestart();
                System.out.printf("%d of %d%n", number + 1, kills);
            }
            load.stop();
            Reckoning reckoning = Reckoning.of(cluster, load.promised(), Duration.ofMinutes(3), true);
            System.out.printf(
                    "%d kills of the node with most revocations, which held %d that it did not finish; answers %s; %s."
                            + "%n%s%n",
                    killing.moments().size(),
                    killing.held(),
                    load.answers(),
                    Cluster.packaged() ? "packaged jar" : "classes",
                    reckoning);
            System.out.println(
                    "The latest closing after each of them: " + lateness(cluster, killing.moments()) + " s.");
            System.out.println("Took " + Duration.between(begun, Instant.now()).toSeconds() + " s.");
            boolean fine = reckoning.faults().isEmpty()
                    && reckoning.latest().compareTo(LATE_AT_MOST) <= 0
                    && killing.held() > 0;
            System.exit(fine ? 0 : 1);
        }
    }

    /** Of each kill, until the next one. */
    private static String lateness(Cluster cluster, List<Instant> kills) {
        return IntStream.range(0, kills.size())
                .mapToObj(number -> String.format(
                        Locale.ROOT,
                        "%.1f",
                        Reckoning.latest(
                                                cluster,
                                                kills.get(number),
                                                number + 1 < kills.size() ? kills.get(number + 1) : Instant.now())
                                        .toMillis()
                                / 1000.0))
                .collect(Collectors.joining(", "));
    }
}
