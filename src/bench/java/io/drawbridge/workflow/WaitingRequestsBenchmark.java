package io.drawbridge.workflow;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How much slower a new request is when very many wait for their approvers.
 *
 * <p>On PostgreSQL: one application with few requests that wait, the reference, and one with many, each on a database of its
 * own in the same process. They take turns, a batch of new requests each, posted and judged by one thread until they too wait
 * for their approvers.
 */
public final class WaitingRequestsBenchmark {
    private static final int BATCH = 20;
    private static final double TARGET = 1.3;

    private WaitingRequestsBenchmark() {}

    /**
     * Prints what was measured and a verdict.
     *
     * @param arguments waiting=100000 (the most), batches=20 and warm=15 change the size
     */
    public static void main(String[] arguments) throws Exception {
        LifeOfRequestBenchmark.quiet();
        List<String> asked = List.of(arguments);
        int waiting = LifeOfRequestBenchmark.size(asked, "waiting", 100_000);
        int batches = LifeOfRequestBenchmark.size(asked, "batches", 20);
        int warm = LifeOfRequestBenchmark.size(asked, "warm", 15);
        try (EmbeddedPostgres postgres = LifeOfRequestBenchmark.postgres("few", "many")) {
            try (WholeApplication few = new WholeApplication(postgres.getJdbcUrl("postgres", "few"), "postgres");
                    WholeApplication many = new WholeApplication(postgres.getJdbcUrl("postgres", "many"), "postgres")) {
                few.post();
                many.post();
                long start = System.nanoTime();
                new Copies(many.database()).make(true, waiting - 1);
                System.out.printf(
                        Locale.ROOT,
                        "%s, Java %s, %d cores; %,d requests wait after %.0f s; %d batches of %d new ones after %d to warm up%n",
                        System.getProperty("os.arch"),
                        Runtime.version().feature(),
                        Runtime.getRuntime().availableProcessors(),
                        waiting,
                        (System.nanoTime() - start) / 1e9,
                        batches,
                        BATCH,
                        warm);
                few.askForWhatNoCopyAsks();
                many.askForWhatNoCopyAsks();
                List<Double> beside = new ArrayList<>();
                List<Double> own = new ArrayList<>();
                for (int batch = -warm; batch < batches; batch++) {
                    double reference = batch(few);
                    double measured = batch(many);
                    if (batch >= 0) {
                        beside.add(reference);
                        own.add(measured);
                    }
                }
                double[] ratios = new double[batches];
                for (int batch = 0; batch < batches; batch++) {
                    ratios[batch] = own.get(batch) / beside.get(batch);
                }
                Arrays.sort(ratios);
                double ratio = LifeOfRequestBenchmark.median(
                        Arrays.stream(ratios).boxed().toList());
                System.out.printf(
                        Locale.ROOT,
                        "a new request takes %.1f ms where few wait, %.1f ms where %,d wait: %.2f times (batches %.2f to %.2f; %s"
                                + " the %.1f that is the target)%n",
                        LifeOfRequestBenchmark.median(beside),
                        LifeOfRequestBenchmark.median(own),
                        waiting,
                        ratio,
                        ratios[0],
                        ratios[batches - 1],
                        ratio <= TARGET ? "within" : "NOT within",
                        TARGET);
            }
        }
        System.exit(0);
    }

    /** Milliseconds a request. */
    private static double batch(WholeApplication application) {
        long start = System.nanoTime();
        for (int number = 0; number < BATCH; number++) {
            application.post();
        }
        return (System.nanoTime() - start) / 1e6 / BATCH;
    }
}
