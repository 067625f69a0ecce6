package io.drawbridge.workflow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * How many whole lives of requests a second: posted and judged, approved, granted, ended, taken back and confirmed.
 *
 * <p>The reference is the bare engine in its default configuration with the same diagrams and delegates that do nothing, on
 * a database of its own of the same kind, in the same process. The two take turns; each round posts and approves all of its
 * requests by four threads, waits until all are held, ends all of them, and waits until nothing is left. Each round of the
 * one is divided by the mean of the other's before and after it.
 */
public final class LifeOfRequestBenchmark {
    private static final int THREADS = 4;

    /** With as many parsed statements kept as the demo's database keeps. */
    private static final String H2 = "jdbc:h2:mem:%s;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1;QUERY_CACHE_SIZE=512";

    private static final double TARGET = 0.6;
    private static final long MOST_NANOS = 300_000_000_000L;

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

    private LifeOfRequestBenchmark() {}

    /**
     * Prints a table and a verdict.
     *
     * @param arguments h2 or postgresql or both of them; lives=200, rounds=7, warm=10 change the size
     */
    public static void main(String[] arguments) throws Exception {
        quiet();
        List<String> asked = List.of(arguments);
        int lives = size(asked, "lives", 200);
        int rounds = size(asked, "rounds", 7);
        int warm = size(asked, "warm", 10);
        boolean all = asked.stream().allMatch(argument -> argument.contains("="));
        System.out.printf(
                Locale.ROOT,
                "%s, Java %s, %d cores; %d lives a round, %d rounds after %d to warm up, %d threads%n%n",
                System.getProperty("os.arch"),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                lives,
                rounds,
                warm,
                THREADS);
        System.out.println("| database | lives/s | bare engine's | ratio: median | lowest | highest |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
        double lowest = Double.MAX_VALUE;
        if (all || asked.contains("h2")) {
            try (WholeApplication ours = new WholeApplication(H2.formatted("ours"), "sa");
                    BareEngine bare = new BareEngine(pool(H2.formatted("bare"), "sa"))) {
                lowest = Math.min(lowest, compare("H2 in memory", ours, bare, lives, rounds, warm));
            }
        }
        if (all || asked.contains("postgresql")) {
            try (EmbeddedPostgres postgres = postgres("ours", "bare")) {
                try (WholeApplication ours = new WholeApplication(postgres.getJdbcUrl("postgres", "ours"), "postgres");
                        BareEngine bare = new BareEngine(pool(postgres.getJdbcUrl("postgres", "bare"), "postgres"))) {
                    String version = bare.database()
                            .sql("show server_version")
                            .query(String.class)
                            .single();
                    lowest = Math.min(lowest, compare("PostgreSQL " + version, ours, bare, lives, rounds, warm));
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%nlowest median: %.2f of the bare engine (%s the %.1f that is the target)%n",
                lowest,
                lowest >= TARGET ? "within" : "NOT within",
                TARGET);
        System.exit(0);
    }

    /** Only what goes wrong is printed beside the figures. */
    static void quiet() {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger logger) {
            logger.setLevel(Level.ERROR);
        }
    }

    /** A PostgreSQL that writes as a production's does, with these databases. */
    static EmbeddedPostgres postgres(String... databases) throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            for (String database : databases) {
                statement.execute("create database " + database);
            }
        }
        return postgres;
    }

    static HikariConfig pool(String url, String user) {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(url);
        pool.setUsername(user);
        pool.setPassword("");
        pool.setMaximumPoolSize(20);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return pool;
    }

    static int size(List<String> asked, String name, int otherwise) {
        return asked.stream()
                .filter(argument -> argument.startsWith(name + "="))
                .map(argument -> Integer.parseInt(argument.substring(name.length() + 1)))
                .findFirst()
                .orElse(otherwise);
    }

    private static double compare(String database, Contender ours, Contender bare, int lives, int rounds, int warm)
            throws Exception {
        List<Double> theirs = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        theirs.add(round(bare, lives, "bare"));
        for (int round = 0; round < warm + rounds; round++) {
            own.add(round(ours, lives, "ours"));
            theirs.add(round(bare, lives, "bare"));
        }
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double beside = (theirs.get(warm + round) + theirs.get(warm + round + 1)) / 2;
            ratios[round] = own.get(warm + round) / beside;
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.2f | %.2f | %.2f |%n",
                database,
                median(own.subList(warm, own.size())),
                median(theirs.subList(warm + 1, theirs.size())),
                median(Arrays.stream(ratios).boxed().toList()),
                ratios[0],
                ratios[rounds - 1]);
        return median(Arrays.stream(ratios).boxed().toList());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Lives a second. */
    private static double round(Contender contender, int lives, String who) throws Exception {
        long start = System.nanoTime();
        long cpu = SYSTEM.getProcessCpuTime();
        List<String> keys = together(lives, place -> {
            String key = contender.post();
            contender.approve(key);
            return key;
        });
        long posted = System.nanoTime();
        await(
                contender,
                "select count(*) from ACT_RU_EVENT_SUBSCR where ACTIVITY_ID_ = 'ReceiveTask_HoldAccess'",
                lives);
        long held = System.nanoTime();
        together(lives, place -> {
            contender.end(keys.get(place));
            return "";
        });
        long ended = System.nanoTime();
        await(contender, "select count(*) from ACT_RU_EXECUTION", 0);
        long gone = System.nanoTime();
        if (Boolean.getBoolean("phases")) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: post and approve %.2f s, until held %.2f s, end %.2f s, until gone %.2f s: %.1f lives/s, %.1f ms CPU%n",
                    who,
                    (posted - start) / 1e9,
                    (held - posted) / 1e9,
                    (ended - held) / 1e9,
                    (gone - ended) / 1e9,
                    lives / ((gone - start) / 1e9),
                    (SYSTEM.getProcessCpuTime() - cpu) / 1e6 / lives);
        }
        return lives / ((gone - start) / 1e9);
    }

    /** One step of a life. */
    interface Step {
        String take(int place);
    }

    static List<String> together(int lives, Step step) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<String>> steps = new ArrayList<>();
            for (int place = 0; place < lives; place++) {
                int number = place;
                steps.add(threads.submit(() -> step.take(number)));
            }
            List<String> results = new ArrayList<>();
            for (Future<String> each : steps) {
                results.add(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    static void await(Contender contender, String count, int wanted) {
        long start = System.nanoTime();
        while (contender.database().sql(count).query(Integer.class).single() != wanted) {
            if (System.nanoTime() - start > MOST_NANOS) {
                throw new IllegalStateException("Still not " + wanted + ": " + count);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
