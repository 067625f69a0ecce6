package io.drawbridge.workflow;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Many grants that end in the same second, and single ones that end at an idle moment.
 *
 * <p>On PostgreSQL with the dry-run cloud. The reference is the bare engine in its default configuration with as many
 * instances of the same diagrams and delegates that do nothing, in the same run. While Drawbridge takes the grants back, new
 * requests are posted over HTTP, two a second; the reference has nothing else to do.
 */
public final class EndOfGrantsBenchmark {
    private static final double MOST_OF_BARE = 0.5;
    private static final double AIM_SECONDS = 60;
    private static final double MOST_ANSWER_MILLIS = 500;
    private static final double MOST_ALONE_SECONDS = 1;
    private static final long MOST_NANOS = 1_800_000_000_000L;
    private static final String HELD =
            "select count(*) from ACT_RU_EVENT_SUBSCR where ACTIVITY_ID_ = 'ReceiveTask_HoldAccess'";
    private static final Duration AHEAD = Duration.ofSeconds(5);
    private static final int WARM = 200;

    /** Engineers of the demo; one after another, because nobody can ask twice for the same. */
    private static final List<String> ASKING = List.of("alice", "mallory", "bob", "carol", "dave");

    private EndOfGrantsBenchmark() {}

    /**
     * Prints what was measured and a verdict.
     *
     * @param arguments together or alone or both of them; grants=10000 and single=100 change the size
     */
    public static void main(String[] arguments) throws Exception {
        LifeOfRequestBenchmark.quiet();
        List<String> asked = List.of(arguments);
        int grants = LifeOfRequestBenchmark.size(asked, "grants", 10_000);
        int single = LifeOfRequestBenchmark.size(asked, "single", 100);
        boolean all = asked.stream().allMatch(argument -> argument.contains("="));
        System.out.printf(
                Locale.ROOT,
                "%s, Java %s, %d cores, PostgreSQL with fsync%n",
                System.getProperty("os.arch"),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors());
        try (EmbeddedPostgres postgres = LifeOfRequestBenchmark.postgres("ours", "bare")) {
            double ours = 0;
            try (WholeApplication application =
                    new WholeApplication(postgres.getJdbcUrl("postgres", "ours"), "postgres")) {
                if (all || asked.contains("together")) {
                    ours = together(application, grants);
                }
                if (all || asked.contains("alone")) {
                    alone(application, single);
                }
            }
            if (ours > 0) {
                try (BareEngine bare = new BareEngine(
                        LifeOfRequestBenchmark.pool(postgres.getJdbcUrl("postgres", "bare"), "postgres"))) {
                    herd(bare, grants);
                    warmUp(bare, grants);
                    double theirs = untilGone(bare, endSoon(bare));
                    System.out.printf(
                            Locale.ROOT,
                            "bare engine: %,d in %.1f s; Drawbridge takes %.2f of that (%s the %.1f that is the target)%n",
                            grants,
                            theirs,
                            ours / theirs,
                            ours / theirs <= MOST_OF_BARE ? "within" : "NOT within",
                            MOST_OF_BARE);
                }
            }
        }
        System.exit(0);
    }

    /** Seconds from the end until the cloud has confirmed of the last that it is gone. */
    private static double together(WholeApplication application, int grants) throws Exception {
        herd(application, grants);
        application.askForWhatNoCopyAsks();
        warmUp(application, grants);
        ScheduledExecutorService asking = Executors.newScheduledThreadPool(4);
        URI house = URI.create(
                "http://127.0.0.1:" + application.context().getEnvironment().getRequiredProperty("local.server.port"));
        List<Asker> askers = ASKING.stream().map(name -> new Asker(house, name)).toList();
        List<Double> answers = Collections.synchronizedList(new ArrayList<>());
        for (int warm = 0; warm < 20; warm++) {
            ask(askers, warm);
        }
        AtomicInteger number = new AtomicInteger(20);
        Instant end = endSoon(application);
        ScheduledFuture<?> posting = asking.scheduleAtFixedRate(
                () -> answers.add(ask(askers, number.getAndIncrement())),
                Math.max(0, Duration.between(Instant.now(), end).toMillis()),
                500,
                TimeUnit.MILLISECONDS);
        double took = untilConfirmed(application, end);
        double processes = untilGone(application, end);
        if (posting.isDone()) {
            // It has failed, and says why.
            posting.get();
        }
        posting.cancel(false);
        asking.shutdown();
        if (!asking.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("A new request has had no answer for a minute.");
        }
        double[] late = application
                .database()
                .sql("select extract(epoch from revoked_at - ends_at) from access_grant where revoked_at is not null")
                .query(Double.class)
                .list()
                .stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double[] begun = application
                .database()
                .sql("select extract(epoch from revoking_at - ends_at) from access_grant where revoked_at is not null")
                .query(Double.class)
                .list()
                .stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double[] millis =
                answers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%,d grants end together: all confirmed to be gone after %.1f s (aim: %.0f s), all processes through after %.1f s;"
                        + " begun p50 %.1f s, p99 %.1f s; confirmed p50 %.1f s,"
                        + " p99 %.1f s, last %.1f s%n",
                grants,
                took,
                AIM_SECONDS,
                processes,
                share(begun, 0.5),
                share(begun, 0.99),
                share(late, 0.5),
                share(late, 0.99),
                share(late, 1));
        System.out.printf(
                Locale.ROOT,
                "meanwhile %d new requests over HTTP: p50 %.0f ms, p99 %.0f ms, last %.0f ms (%s the %.0f ms that are the"
                        + " target)%n",
                millis.length,
                share(millis, 0.5),
                share(millis, 0.99),
                share(millis, 1),
                share(millis, 0.99) <= MOST_ANSWER_MILLIS ? "within" : "NOT within",
                MOST_ANSWER_MILLIS);
        return took;
    }

    /** Grants that end one by one, each at a moment at which nothing else is due. */
    private static void alone(WholeApplication application, int count) {
        double[] begun = new double[count];
        double[] gone = new double[count];
        for (int number = -5; number < count; number++) {
            String key = application.post();
            application.approve(key);
            LifeOfRequestBenchmark.await(application, HELD, 1);
            // NB. Another moment each time, counted from the look for due jobs before it.
            Instant end = Instant.now().plusMillis(1500 + number * 37L % 1000);
            due(application.database(), end);
            application
                    .database()
                    .sql("update access_grant set ends_at = ? where request_id = ?")
                    .params(end.atOffset(ZoneOffset.UTC), key)
                    .update();
            LifeOfRequestBenchmark.await(application, HELD, 0);
            untilGone(application, end);
            if (number >= 0) {
                begun[number] = seconds(application.database(), key, "revoking_at");
                gone[number] = seconds(application.database(), key, "revoked_at");
            }
        }
        Arrays.sort(begun);
        Arrays.sort(gone);
        System.out.printf(
                Locale.ROOT,
                "%d grants end alone: begun p50 %.2f s, p99 %.2f s, last %.2f s (%s the %.0f s that is the target); confirmed p50"
                        + " %.2f s, p99 %.2f s%n",
                count,
                share(begun, 0.5),
                share(begun, 0.99),
                share(begun, 1),
                share(begun, 0.99) <= MOST_ALONE_SECONDS ? "within" : "NOT within",
                MOST_ALONE_SECONDS,
                share(gone, 0.5),
                share(gone, 0.99));
    }

    private static double seconds(JdbcClient database, String request, String column) {
        return database.sql(
                        "select extract(epoch from " + column + " - ends_at) from access_grant where request_id = ?")
                .param(request)
                .query(Double.class)
                .single();
    }

    /** One grant that is held, and copies of it. */
    private static void herd(Contender contender, int grants) {
        contender.approve(contender.post());
        LifeOfRequestBenchmark.await(contender, HELD, 1);
        long start = System.nanoTime();
        new Copies(contender.database()).make(contender instanceof WholeApplication, grants - 1);
        System.out.printf(
                Locale.ROOT, "%,d grants are there after %.0f s%n", grants, (System.nanoTime() - start) / 1e9);
    }

    /** Lets all grants end at the same moment in a few seconds. */
    private static Instant endSoon(Contender contender) {
        Instant end = Instant.now().plus(AHEAD);
        due(contender.database(), end);
        if (contender instanceof WholeApplication) {
            for (String table : List.of("access_grant", "lease")) {
                contender
                        .database()
                        .sql("update " + table + " set ends_at = ?")
                        .param(end.atOffset(ZoneOffset.UTC))
                        .update();
            }
        }
        return end;
    }

    private static void due(JdbcClient database, Instant end) {
        database.sql("update ACT_RU_JOB set DUEDATE_ = ? where JOB_DEF_ID_ in"
                        + " (select ID_ from ACT_RU_JOBDEF where ACT_ID_ = 'BoundaryEvent_AccessEnded')")
                .param(Timestamp.from(end))
                .update();
    }

    /** Whole lives, so that both are compiled alike. */
    private static void warmUp(Contender contender, int held) throws Exception {
        List<String> keys = LifeOfRequestBenchmark.together(WARM, place -> {
            String key = contender.post();
            contender.approve(key);
            return key;
        });
        LifeOfRequestBenchmark.await(contender, HELD, held + WARM);
        LifeOfRequestBenchmark.together(WARM, place -> {
            contender.end(keys.get(place));
            return "";
        });
        LifeOfRequestBenchmark.await(contender, HELD, held);
    }

    private static double untilConfirmed(WholeApplication application, Instant end) {
        LifeOfRequestBenchmark.await(
                application,
                "select count(*) from (select 1 from access_grant where state in ('PROVISIONING', 'ACTIVE', 'REVOKING')"
                        + " limit 1) any_left",
                0);
        return Duration.between(end, Instant.now()).toMillis() / 1000.0;
    }

    private static double untilGone(Contender contender, Instant end) {
        long start = System.nanoTime();
        while (contender
                                .database()
                                .sql("select count(*) from (select 1 from ACT_RU_EVENT_SUBSCR where ACTIVITY_ID_ ="
                                        + " 'ReceiveTask_HoldAccess' limit 1) any_left")
                                .query(Integer.class)
                                .single()
                        > 0
                || contender
                                .database()
                                .sql("select count(*) from (select 1 from ACT_RU_EXECUTION where ACT_ID_ in"
                                        + " ('Task_RevokeAccess', 'Task_ConfirmRemoval') limit 1) any_left")
                                .query(Integer.class)
                                .single()
                        > 0) {
            if (System.nanoTime() - start > MOST_NANOS) {
                throw new IllegalStateException("The grants are still not gone.");
            }
            LockSupport.parkNanos(250_000_000);
        }
        return Duration.between(end, Instant.now()).toMillis() / 1000.0;
    }

    /** Milliseconds until the answer of a new request. */
    private static double ask(List<Asker> askers, int number) {
        String body = String.format(
                Locale.ROOT,
                "{\"account\":\"%s\",\"permission\":\"%s\",\"duration\":\"PT1H\",\"justification\":\"The archive has to go.\"}",
                WholeApplication.account(number % WholeApplication.ACCOUNTS),
                WholeApplication.PERMISSIONS.get(
                        number / WholeApplication.ACCOUNTS % WholeApplication.PERMISSIONS.size()));
        int differently = WholeApplication.ACCOUNTS * WholeApplication.PERMISSIONS.size();
        Asker asker = askers.get(number / differently % askers.size());
        long start = System.nanoTime();
        HttpResponse<String> answer = asker.ask(body);
        double millis = (System.nanoTime() - start) / 1e6;
        if (answer.statusCode() != 201) {
            throw new IllegalStateException("A new request is answered " + answer.statusCode() + ": " + answer.body());
        }
        return millis;
    }

    private static double share(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
