package io.drawbridge.intake;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariDataSource;
import io.drawbridge.intake.aws.QueueInTheJvm;
import io.drawbridge.intake.aws.QueuedCalls;
import io.drawbridge.stage.Moto;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.opentest4j.TestAbortedException;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/**
 * How many denied calls a second are taken in, from the queue to the commit.
 *
 * <p>Two threads, as the application has by default, read EventBridge's envelopes from a queue inside the JVM (and from
 * moto's, for comparison) in an organisation of 500 accounts and 1,000 controls. What stands above the intake is left
 * out: no engine runs, the policy says at once that somebody must approve, and notices are only counted; it matters for
 * records that open a request. The reference, in the same run on the same database by the same number of threads: one
 * plain row a record, inserted in a transaction of its own.
 *
 * <p>The CPU time is that of the whole process a record, for a machine that has other work too; it leaves out the server
 * of PostgreSQL. PostgreSQL waits for the disk at each commit, as in production.
 */
public final class IntakeBenchmark {
    private static final int RECORDS = 10_000;
    private static final int RECORDS_BY_MOTO = 500;
    private static final int RUNS = 5;
    private static final int THREADS = 2;
    private static final double TARGET = 500;

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

    private IntakeBenchmark() {}

    /**
     * What the queue holds.
     *
     * @param oneRequest whether all of it is one request
     */
    private record Workload(String name, boolean oneRequest, IntFunction<String> body) {}

    private static final List<Workload> WORKLOADS = List.of(
            new Workload("one denial, again and again", true, number -> CloudTrailRecords.aDenial()
                    .envelope("aws.s3", CloudTrailRecords.PROD)),
            new Workload("one role under changing session names", true, number -> CloudTrailRecords.aDenial()
                    .byRole("deploy", "session-" + number)
                    .envelope("aws.s3", CloudTrailRecords.PROD)),
            new Workload("as many identities, 98 in 100 ignored", false, IntakeBenchmark::mixed));

    /**
     * Prints a table and a verdict.
     *
     * @param arguments any of h2, postgresql and moto; none for all
     */
    public static void main(String[] arguments) throws Exception {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger logger) {
            logger.setLevel(Level.ERROR);
        }
        System.out.printf(
                Locale.ROOT,
                "%s, Java %s, %d cores; bursts of %,d records, %d threads; first of each kind, and median of the %d after"
                        + " it%n%n",
                System.getProperty("os.arch"),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                RECORDS,
                THREADS,
                RUNS - 1);
        System.out.println(
                "| database | queue | records | first, records/s | first, CPU µs | then, records/s | then, CPU µs | plain inserts/s | ratio |");
        System.out.println("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        double lowest = Double.MAX_VALUE;
        List<String> asked = arguments.length == 0 ? List.of("h2", "postgresql", "moto") : List.of(arguments);
        if (asked.contains("h2")) {
            try (IntakeHouse house = IntakeHouse.inMemory()) {
                lowest = Math.min(lowest, measure("H2 in memory", house));
            }
        }
        if (asked.contains("postgresql")) {
            lowest = Math.min(lowest, onPostgres());
        }
        if (asked.contains("moto")) {
            try (IntakeHouse house = IntakeHouse.inMemory()) {
                byMoto("H2 in memory", house);
            }
        }
        if (lowest < Double.MAX_VALUE) {
            System.out.printf(
                    Locale.ROOT,
                    "%nlowest of all bursts from the queue in the JVM: %,.0f records/s (%s the %,.0f that are promised)%n",
                    lowest,
                    lowest >= TARGET ? "within" : "NOT within",
                    TARGET);
        }
        System.exit(0);
    }

    private static double onPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                HikariDataSource database = new HikariDataSource()) {
            database.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
            database.setMaximumPoolSize(20);
            try (IntakeHouse house = new IntakeHouse(database)) {
                String version = house.database()
                        .sql("show server_version")
                        .query(String.class)
                        .single();
                String fsync =
                        house.database().sql("show fsync").query(String.class).single();
                return measure("PostgreSQL " + version + ", fsync " + fsync, house);
            }
        }
    }

    /** The lowest of all. */
    private static double measure(String database, IntakeHouse house) throws Exception {
        organisation(house);
        double plain = plain(house);
        double lowest = Double.MAX_VALUE;
        for (Workload workload : WORKLOADS) {
            List<Burst> bursts = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                house.reset();
                Burst burst = burst(house, workload);
                bursts.add(burst);
                lowest = Math.min(lowest, burst.rate());
            }
            print(database, "in the JVM", workload, bursts, plain);
        }
        return lowest;
    }

    /** Records a second, and CPU time a record in microseconds. */
    private record Burst(double rate, double cpu) {}

    private static Burst burst(IntakeHouse house, Workload workload) {
        QueueInTheJvm queue = new QueueInTheJvm();
        long now = Clock.systemUTC().millis();
        for (int number = 0; number < RECORDS; number++) {
            queue.send(workload.body().apply(number), now);
        }
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        QueueInTheJvm.Reading reading = queue.consumedBy(house.queuedCalls(), IntakeHouse.ACME);
        await(() -> RECORDS - queue.deleted());
        Burst burst = new Burst(
                RECORDS / ((System.nanoTime() - start) / 1e9), (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / RECORDS);
        reading.end();
        demandWhole(house, workload);
        return burst;
    }

    /** A burst that lost something is no figure. */
    private static void demandWhole(IntakeHouse house, Workload workload) {
        int seen = house.count("intake_event");
        int attempts = house.database()
                .sql("select coalesce(sum(attempts), 0) from access_request")
                .query(Integer.class)
                .single();
        boolean one = workload.oneRequest();
        boolean whole = seen == RECORDS
                && house.count("dead_letter") == 0
                && (!one || (attempts == RECORDS && house.count("access_request") == 1))
                && (!one || house.told().size() <= 1);
        if (!whole) {
            throw new IllegalStateException(
                    workload.name() + ": of " + RECORDS + " records " + seen + " are known, with "
                            + attempts + " attempts on " + house.count("access_request") + " requests and "
                            + house.told().size() + " notices.");
        }
    }

    private static void byMoto(String database, IntakeHouse house) throws Exception {
        Moto moto;
        try {
            moto = Moto.server().reset();
        } catch (TestAbortedException missing) {
            System.out.println("| moto_server is not on the PATH |");
            return;
        }
        try (SqsClient sqs = SqsClient.builder()
                .endpointOverride(moto.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(Moto.credentials())
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            String url = sqs.createQueue(request -> request.queueName("denied")).queueUrl();
            house.reset();
            for (int number = 0; number < RECORDS_BY_MOTO; number += 10) {
                List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
                for (int each = 0; each < 10; each++) {
                    entries.add(SendMessageBatchRequestEntry.builder()
                            .id(String.valueOf(each))
                            .messageBody(WORKLOADS.get(0).body().apply(number))
                            .build());
                }
                if (!sqs.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                        .failed()
                        .isEmpty()) {
                    throw new IllegalStateException("moto does not take what is sent.");
                }
            }
            QueuedCalls calls = house.queuedCalls();
            long start = System.nanoTime();
            QueueInTheJvm.Reading reading = QueueInTheJvm.consume(sqs, URI.create(url), calls, IntakeHouse.ACME);
            // Without asking moto how far it is, which would cost it more than the messages do.
            await(() -> RECORDS_BY_MOTO - house.count("intake_event"));
            double rate = RECORDS_BY_MOTO / ((System.nanoTime() - start) / 1e9);
            reading.end();
            print(
                    database,
                    "moto, " + RECORDS_BY_MOTO + " records",
                    WORKLOADS.get(0),
                    List.of(new Burst(rate, Double.NaN)),
                    Double.NaN);
        }
    }

    private static void await(IntSupplier left) {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (left.getAsInt() > 0) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException(left.getAsInt() + " records are left after 5 minutes.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static String mixed(int number) {
        CloudTrailRecords record = CloudTrailRecords.aDenial().by("person-" + number + "@acme.example");
        int kind = number % 100;
        if (kind < 2) {
            return record.envelope("aws.s3", CloudTrailRecords.PROD);
        }
        if (kind < 10) {
            return record.byRole("role-" + number, "session").envelope("aws.s3", CloudTrailRecords.PROD);
        }
        if (kind < 15) {
            return record.because("because no permissions boundary allows the s3:DeleteBucket action")
                    .envelope("aws.s3", CloudTrailRecords.PROD);
        }
        return record.of("ec2:DescribeInstances").envelope("aws.ec2", CloudTrailRecords.PROD);
    }

    /** 500 accounts more, with two controls each. */
    private static void organisation(IntakeHouse house) {
        house.inTransaction(() -> {
            for (int number = 0; number < 500; number++) {
                String account = String.format(Locale.ROOT, "2%011d", number);
                house.database()
                        .sql("insert into scope (tenant_id, id, parent_id, kind, name, environment)"
                                + " values ('acme', ?, 'ou-production', 'ACCOUNT', ?, 'production')")
                        .params(account, "account-" + number)
                        .update();
                for (String service : List.of("s3", "kms")) {
                    house.database()
                            .sql("insert into control (tenant_id, scope_id, service, control)"
                                    + " values ('acme', ?, ?, 'PROTECTED')")
                            .params(account, service)
                            .update();
                }
            }
        });
    }

    /** Median of as many runs, a second. */
    private static double plain(IntakeHouse house) throws Exception {
        house.database()
                .sql("create table plain (id varchar(64) primary key, body varchar(4000) not null)")
                .update();
        String body = WORKLOADS.get(0).body().apply(0);
        double[] rates = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
            house.database().sql("delete from plain").update();
            AtomicInteger next = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            long start = System.nanoTime();
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                ends.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < RECORDS; number = next.getAndIncrement()) {
                        String id = "event-" + number;
                        house.inTransaction(() -> house.database()
                                .sql("insert into plain (id, body) values (?, ?)")
                                .params(id, body)
                                .update());
                    }
                }));
            }
            for (Future<?> end : ends) {
                Object unused = end.get(5, TimeUnit.MINUTES);
            }
            rates[run] = RECORDS / ((System.nanoTime() - start) / 1e9);
            threads.shutdown();
        }
        return median(java.util.Arrays.copyOfRange(rates, 1, RUNS));
    }

    private static void print(String database, String queue, Workload workload, List<Burst> bursts, double plain) {
        List<Burst> later = bursts.subList(1, bursts.size());
        double then = median(later.stream().mapToDouble(Burst::rate).toArray());
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %,.0f | %s | %s | %s | %s | %s |%n",
                database,
                queue,
                workload.name(),
                bursts.get(0).rate(),
                text("%,.0f", bursts.get(0).cpu()),
                text("%,.0f", then),
                text("%,.0f", median(later.stream().mapToDouble(Burst::cpu).toArray())),
                text("%,.0f", plain),
                text("%.2f", then / plain));
    }

    private static String text(String format, double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
