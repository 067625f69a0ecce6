package io.drawbridge.intake;

import static io.drawbridge.intake.CloudTrailRecords.aDenial;
import static io.drawbridge.intake.CloudTrailRecords.logFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.intake.aws.QueuedCalls;
import io.drawbridge.request.DeniedCallIntake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What holds when several nodes are given records at the same moment; the database is the judge. */
abstract class CloudTrailIntakeConcurrencyTests {
    private static final int NODES = 8;

    private final ExecutorService nodes = Executors.newFixedThreadPool(NODES);

    abstract IntakeHouse house();

    @BeforeEach
    void reset() {
        house().reset();
    }

    @AfterEach
    void stop() {
        nodes.shutdownNow();
    }

    @Test
    @DisplayName("R13 the same record on 8 nodes at once opens one request, and is a duplicate 7 times")
    void sameRecord() throws Exception {
        for (int round = 0; round < 5; round++) {
            house().reset();
            String record = aDenial().json();

            List<DeniedCallIntake.Outcome> outcomes = atOnce(node -> record);

            assertThat(count(outcomes, "opened")).isEqualTo(1);
            assertThat(count(outcomes, "duplicate")).isEqualTo(7);
            assertThat(house().count("access_request")).isEqualTo(1);
            assertThat(house().request(opened(outcomes)).attempts()).isEqualTo(1);
            assertThat(house().told()).hasSize(1);
        }
    }

    @Test
    @DisplayName("R13 the same denial 8 times at once opens one request with 8 attempts")
    void sameDenial() throws Exception {
        for (int round = 0; round < 5; round++) {
            house().reset();

            List<DeniedCallIntake.Outcome> outcomes = atOnce(node -> aDenial().json());

            assertThat(count(outcomes, "opened")).isEqualTo(1);
            assertThat(count(outcomes, "joined")).isEqualTo(7);
            assertThat(house().count("access_request")).isEqualTo(1);
            assertThat(house().request(opened(outcomes)).attempts()).isEqualTo(8);
            assertThat(house().told()).hasSize(1);
        }
    }

    @Test
    @DisplayName("R13 each record counts exactly once when 8 nodes work through overlapping log files")
    void overlappingFiles() throws Exception {
        CloudTrailRecords[] common = IntStream.range(0, 15)
                .mapToObj(number -> aDenial().eventId("common-" + number))
                .toArray(CloudTrailRecords[]::new);

        List<DeniedCallIntake.Outcome> outcomes = atOnce(node -> logFile(common));

        assertThat(outcomes).hasSize(15 * NODES);
        assertThat(count(outcomes, "opened")).isEqualTo(1);
        assertThat(count(outcomes, "joined")).isEqualTo(14);
        assertThat(count(outcomes, "duplicate")).isEqualTo(15 * (NODES - 1));
        assertThat(house().request(opened(outcomes)).attempts()).isEqualTo(15);
    }

    @Test
    @DisplayName(
            "R13 each record counts exactly once when 8 nodes work through the same file, each in an order of its own")
    void shuffledFiles() throws Exception {
        List<CloudTrailRecords> records = IntStream.range(0, 60)
                .mapToObj(number ->
                        aDenial().by("person-" + number % 6 + "@acme.example").eventId("event-" + number))
                .toList();

        List<DeniedCallIntake.Outcome> outcomes = atOnce(node -> {
            List<CloudTrailRecords> shuffled = new ArrayList<>(records);
            Collections.shuffle(shuffled, new Random(node));
            return logFile(shuffled.toArray(CloudTrailRecords[]::new));
        });

        assertThat(count(outcomes, "opened")).isEqualTo(6);
        assertThat(count(outcomes, "joined")).isEqualTo(54);
        assertThat(count(outcomes, "duplicate")).isEqualTo(60 * (NODES - 1));
        assertThat(house().database()
                        .sql("select attempts from access_request")
                        .query(Integer.class)
                        .list())
                .containsExactly(10, 10, 10, 10, 10, 10);
    }

    @Test
    @DisplayName("R13 10,000 denials from a queue, by two threads, are one request with 10,000 attempts and one notice")
    void aBurst() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        Callable<Integer> consumer = () -> {
            int done = 0;
            while (batches.getAndIncrement() < 1_000) {
                List<String> bodies = IntStream.range(0, 10)
                        .mapToObj(number -> aDenial().envelope("aws.s3", CloudTrailRecords.PROD))
                        .toList();
                done += Collections.frequency(
                        house().queuedCalls().take(IntakeHouse.ACME, bodies), QueuedCalls.Fate.DONE);
            }
            return done;
        };
        Future<Integer> one = nodes.submit(consumer);
        Future<Integer> other = nodes.submit(consumer);

        assertThat(one.get(5, TimeUnit.MINUTES) + other.get(5, TimeUnit.MINUTES))
                .isEqualTo(10_000);
        assertThat(house().database()
                        .sql("select attempts from access_request")
                        .query(Integer.class)
                        .list())
                .containsExactly(10_000);
        assertThat(house().told()).hasSize(1);
    }

    @Test
    @DisplayName("R19 8 different denials of one identity at once open no more than the limit")
    void limitHolds() throws Exception {
        house().settings(rules -> rules.most = 3);
        List<String> permissions = List.of(
                "s3:DeleteBucket",
                "s3:PutBucketPolicy",
                "iam:CreateAccessKey",
                "iam:CreateUser",
                "iam:DeleteUser",
                "kms:ScheduleKeyDeletion",
                "iam:CreateRole",
                "iam:DeleteRole");

        List<DeniedCallIntake.Outcome> outcomes =
                atOnce(node -> aDenial().of(permissions.get(node)).json());

        assertThat(count(outcomes, "opened")).isEqualTo(3);
        assertThat(count(outcomes, "rate_limited")).isEqualTo(5);
        assertThat(house().audited().stream().filter("intake.rate_limited"::equals))
                .hasSize(1);
    }

    @Test
    @DisplayName("R15, R16 8 nodes tell a person once, and once again after 15 min")
    void toldOnce() throws Exception {
        IntFunction<String> bodies = node -> node % 2 == 0
                ? aDenial().of("gamelift:CreateFleet").json()
                : aDenial()
                        .because("because no permissions boundary allows the s3:DeleteBucket action")
                        .json();

        atOnce(bodies);
        assertThat(house().told()).hasSize(2);
        atOnce(bodies);
        assertThat(house().told()).hasSize(2);

        house().clock().moveBy(Duration.ofMinutes(15));
        atOnce(bodies);
        assertThat(house().told()).hasSize(4);
    }

    @Test
    @DisplayName("R18 8 nodes store their dead letters, and one of them audits")
    void deadLetters() throws Exception {
        List<DeniedCallIntake.Outcome> outcomes =
                atOnce(node -> aDenial().with("eventVersion", "9").json());

        assertThat(count(outcomes, "dead_letter")).isEqualTo(NODES);
        assertThat(house().count("dead_letter")).isEqualTo(NODES);
        assertThat(house().audited()).containsExactly("intake.dead_letter");
    }

    private List<DeniedCallIntake.Outcome> atOnce(IntFunction<String> bodies) throws Exception {
        CyclicBarrier start = new CyclicBarrier(NODES);
        List<Future<DeniedCallIntake.Receipt>> receipts = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            String body = bodies.apply(node);
            Callable<DeniedCallIntake.Receipt> work = () -> {
                start.await(10, TimeUnit.SECONDS);
                return house().handIn(body);
            };
            receipts.add(nodes.submit(work));
        }
        List<DeniedCallIntake.Outcome> outcomes = new ArrayList<>();
        for (Future<DeniedCallIntake.Receipt> receipt : receipts) {
            outcomes.addAll(receipt.get(60, TimeUnit.SECONDS).outcomes());
        }
        return outcomes;
    }

    private static long count(List<DeniedCallIntake.Outcome> outcomes, String word) {
        return outcomes.stream()
                .filter(outcome -> outcome.outcome().equals(word))
                .count();
    }

    private static DeniedCallIntake.Outcome opened(List<DeniedCallIntake.Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.outcome().equals("opened"))
                .findFirst()
                .orElseThrow();
    }
}
