package io.drawbridge.intake;

import static io.drawbridge.intake.CloudTrailRecords.GLOBEX;
import static io.drawbridge.intake.CloudTrailRecords.PROD;
import static io.drawbridge.intake.CloudTrailRecords.aDenial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Backlog;
import io.drawbridge.stage.Moto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.InputTransformer;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Reading a tenant's queue through AWS's own SDK, on moto; the intake behind it is whole, with a database of its own. */
@DisplayName("The consumers of a queue")
class QueueOnMotoTests {
    /** Where moto's queues lie, and an account of acme's for these tests. */
    private static final String MOTO_ACCOUNT = "123456789012";

    /** Where nothing fails, nothing has to come again soon. */
    private static final Map<String, Object> UNHURRIED = Map.of("drawbridge.intake.queue.visibility", "10s");

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Moto moto = Moto.server().reset();
    private final SwitchedDatabase database = new SwitchedDatabase(IntakeHouse.memory());
    private final SqsClient sqs = SqsClient.builder()
            .endpointOverride(moto.endpoint())
            .region(Region.EU_WEST_1)
            .credentialsProvider(Moto.credentials())
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    private String url = "";
    private String deadUrl = "";
    private @Nullable IntakeHouse house;

    @BeforeEach
    void aQueueWithItsDeadLetters() {
        deadUrl = sqs.createQueue(request -> request.queueName("denied-dead")).queueUrl();
        String arn = attribute(deadUrl, QueueAttributeName.QUEUE_ARN);
        url = sqs.createQueue(request -> request.queueName("denied")
                        .attributes(Map.of(
                                QueueAttributeName.REDRIVE_POLICY,
                                "{\"deadLetterTargetArn\":\"" + arn + "\",\"maxReceiveCount\":\"2\"}")))
                .queueUrl();
    }

    @AfterEach
    void stop() {
        database.isDown = false;
        if (house != null) {
            house.policy().thinks = () -> {};
            house.consumers().stop();
            house.close();
        }
        sqs.close();
    }

    @Test
    @DisplayName("R10, R13 open a request for a denied call that EventBridge delivers, once, however often it comes")
    void fromTheEventToTheRequest() {
        IntakeHouse built = start(UNHURRIED);
        built.database()
                .sql("insert into scope (tenant_id, id, parent_id, kind, name, environment)"
                        + " values ('acme', ?, 'ou-production', 'ACCOUNT', 'moto', 'production')")
                .param(MOTO_ACCOUNT)
                .update();
        CloudTrailRecords denial = aDenial().in(MOTO_ACCOUNT);
        try (EventBridgeClient events = EventBridgeClient.builder()
                .endpointOverride(moto.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(Moto.credentials())
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            assertThat(events.putRule(request -> request.name("denied-calls")
                                    .eventPattern("{\"detail\":{\"errorCode\":[\"AccessDenied\"]}}"))
                            .ruleArn())
                    .isNotEmpty();
            String queue = attribute(url, QueueAttributeName.QUEUE_ARN);
            // moto 5.2.1 drops the account of an event that it passes on as it is; AWS does not.
            Target target = Target.builder()
                    .id("queue")
                    .arn(queue)
                    .inputTransformer(InputTransformer.builder()
                            .inputTemplate("<aws.events.event.json>")
                            .build())
                    .build();
            assertThat(events.putTargets(request -> request.rule("denied-calls").targets(target))
                            .failedEntryCount())
                    .isZero();
            for (String detail : List.of(
                    denial.json(),
                    aDenial().in(MOTO_ACCOUNT).with("errorCode", "Throttling").json(),
                    denial.json())) {
                assertThat(events.putEvents(request -> request.entries(PutEventsRequestEntry.builder()
                                        .source("aws.s3")
                                        .detailType("AWS API Call via CloudTrail")
                                        .detail(detail)
                                        .build()))
                                .failedEntryCount())
                        .isZero();
            }
        }

        drained(built, 2);

        assertThat(outcomes(built)).containsExactly("opened");
        assertThat(attempts(built)).isEqualTo(1);
        assertThat(built.told()).containsExactly("justify alice@acme.example");
        assertThat(left(url)).isZero();
        assertThat(built.meters().get("drawbridge.intake.queue.age").timer().count())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("R13 take duplicates and disorder as they come: as many attempts as there were calls")
    void duplicatesAndDisorder() {
        List<String> bodies = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            String body = aDenial().eventId("event-" + number).envelope("aws.s3", PROD);
            bodies.addAll(Collections.nCopies(1 + number % 3, body));
        }
        Collections.shuffle(bodies, new Random(13));
        bodies.forEach(this::send);

        IntakeHouse built = start(UNHURRIED);
        drained(built, bodies.size());

        assertThat(built.count("access_request")).isEqualTo(1);
        assertThat(attempts(built)).isEqualTo(20);
        assertThat(built.told()).hasSize(1);
    }

    @Test
    @DisplayName("R18 put what cannot be read with the dead letters and delete it, and handle what comes after it")
    void poison() {
        send("no JSON \u0001 {");
        send("{\"Records\": 7}");
        send("{\"hello\": \"world\"}");
        send("[" + "[".repeat(5_000));
        send(aDenial().with("eventVersion", "2.0").envelope("aws.s3", PROD));
        send(aDenial().without("userIdentity").envelope("aws.s3", PROD));
        send(aDenial().envelope("aws.s3", PROD));

        IntakeHouse built = start(UNHURRIED);
        drained(built, 7);

        assertThat(built.count("dead_letter")).isEqualTo(6);
        assertThat(outcomes(built)).containsExactly("opened");
        assertThat(built.intake().deadLetters(built.caller("erin@acme.example"), 10).stream()
                        .map(letter -> letter.body().length()))
                .allSatisfy(length -> assertThat(length).isPositive());
        assertThat(left(url) + left(deadUrl)).isZero();
    }

    @Test
    @DisplayName("R19 count a record only for an account of the queue's tenant, and believe no envelope that disagrees")
    void othersAccounts() {
        send(aDenial().in(GLOBEX).envelope("aws.s3", GLOBEX));
        send(aDenial().envelope("aws.s3", GLOBEX));

        IntakeHouse built = start(UNHURRIED);
        drained(built, 2);

        assertThat(outcomes(built)).containsExactly("unknown_account");
        assertThat(built.count("dead_letter")).isEqualTo(1);
        assertThat(built.count("access_request")).isZero();
    }

    @Test
    @DisplayName(
            "R13 delete a message only after its effect is committed: what failed comes again, and is handled once")
    void deletesAfterCommit() {
        AtomicInteger failures = new AtomicInteger();
        IntakeHouse built = build(Map.of());
        built.policy().thinks = () -> {
            if (failures.getAndIncrement() == 0) {
                throw new IllegalStateException("The judge is out.");
            }
        };
        send(aDenial().envelope("aws.s3", PROD));

        built.consumers().start();
        await().atMost(SOON).until(() -> figure(built, "failed") == 1);
        assertThat(built.count("access_request")).isZero();
        assertThat(built.count("intake_event")).isZero();
        assertThat(left(url)).isEqualTo(1);
        drained(built, 1);

        assertThat(failures).hasValue(2);
        assertThat(attempts(built)).isEqualTo(1);
        assertThat(outcomes(built)).containsExactly("opened");
        assertThat(left(url) + left(deadUrl)).isZero();
    }

    @Test
    @DisplayName(
            "R18 leave what fails again and again to the queue's own dead letters, have operations told, and go on")
    void failsAgainAndAgain() {
        IntakeHouse built = build(Map.of());
        built.policy().breaks = "s3:DeleteBucket";
        send(aDenial().envelope("aws.s3", PROD));
        send(aDenial().of("s3:PutBucketPolicy").envelope("aws.s3", PROD));

        built.consumers().start();
        await().atMost(SOON)
                .until(() -> built.meters()
                                .get("drawbridge.intake.queue.dead")
                                .tag("tenant", "acme")
                                .gauge()
                                .value()
                        == 1);

        assertThat(left(deadUrl)).isEqualTo(1);
        assertThat(figure(built, "failed")).isEqualTo(2);
        assertThat(built.waiting("intake.queue.aside"))
                .as("operations are told")
                .containsExactly(new Backlog.Waiting(new TenantId("acme"), 1, null));
        drained(built, 1);
        assertThat(outcomes(built)).containsExactly("opened");
        assertThat(built.count("dead_letter")).isZero();
    }

    @Test
    @DisplayName("R13 keep a message from others for as long as they work on it, beyond its time")
    void extendsVisibility() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        IntakeHouse built = build(Map.of("drawbridge.intake.queue.visibility", "4s"));
        built.policy().thinks = () -> {
            begun.countDown();
            awaitQuietly(mayEnd);
        };
        send(aDenial().envelope("aws.s3", PROD));

        built.consumers().start();
        await().atMost(SOON).until(() -> begun.getCount() == 0);
        await().during(Duration.ofSeconds(9)).atMost(SOON).until(() -> figure(built, "received") == 1);
        mayEnd.countDown();
        drained(built, 1);

        assertThat(attempts(built)).isEqualTo(1);
        assertThat(figure(built, "received")).isEqualTo(1);
    }

    @Test
    @DisplayName("R13 receive next to nothing while the database is down, and lose nothing")
    void databaseDown() {
        for (int number = 0; number < 3; number++) {
            send(aDenial().envelope("aws.s3", PROD));
        }
        IntakeHouse built = build(Map.of("drawbridge.intake.queue.consumers", "1"));
        database.isDown = true;

        built.consumers().start();
        await().atMost(SOON).until(() -> figure(built, "failed") == 3);
        await().during(Duration.ofSeconds(6)).atMost(SOON).until(() -> figure(built, "received") == 3);
        assertThat(left(deadUrl)).isZero();
        database.isDown = false;
        drained(built, 3);

        assertThat(attempts(built)).isEqualTo(3);
        assertThat(built.count("dead_letter")).isZero();
        assertThat(left(deadUrl)).isZero();
    }

    @Test
    @DisplayName("R18 outlive a queue that does not answer, have operations told, and go on when it does")
    void queueDown() throws IOException {
        send(aDenial().envelope("aws.s3", PROD));
        try (Road road = new Road(moto.endpoint())) {
            IntakeHouse built = start(Map.of("drawbridge.aws.endpoint", road.endpoint()));
            await().atMost(SOON).until(() -> figure(built, "trouble") >= 4);
            assertThat(figure(built, "consumers")).isEqualTo(2);
            assertThat(figure(built, "backlog")).isNaN();
            assertThat(built.waiting("intake.queue.unread"))
                    .as("operations are told")
                    .singleElement()
                    .satisfies(waiting -> assertThat(waiting.since()).isNotNull());

            road.open();
            drained(built, 1);
            await().atMost(SOON)
                    .until(() -> built.waiting("intake.queue.unread").isEmpty());
            await().atMost(SOON).until(() -> figure(built, "backlog") == 0);

            assertThat(outcomes(built)).containsExactly("opened");
        }
    }

    @Test
    @DisplayName("R13 finish what is in work before they stop, and receive nothing more")
    void finishesBeforeItStops() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        IntakeHouse built = build(Map.of());
        built.policy().thinks = () -> {
            begun.countDown();
            awaitQuietly(mayEnd);
        };
        send(aDenial().envelope("aws.s3", PROD));
        built.consumers().start();
        await().atMost(SOON).until(() -> begun.getCount() == 0);

        Thread stops = new Thread(built.consumers()::stop);
        stops.start();
        await().atMost(SOON).until(() -> stops.getState() == Thread.State.TIMED_WAITING);
        mayEnd.countDown();
        await().atMost(SOON).until(() -> !stops.isAlive());

        assertThat(outcomes(built)).containsExactly("opened");
        assertThat(left(url)).isZero();
        send(aDenial().envelope("aws.s3", PROD));
        await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> left(url) == 1);
        assertThat(built.consumers().isRunning()).isFalse();
    }

    @Test
    @DisplayName("R13 stop within their time whatever is in work; it is not deleted, and comes again")
    void stopsInTime() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        IntakeHouse built = build(Map.of("drawbridge.intake.queue.stop-within", "1s"));
        built.policy().thinks = () -> {
            begun.countDown();
            awaitQuietly(mayEnd);
            throw new IllegalStateException("The node is gone.");
        };
        send(aDenial().envelope("aws.s3", PROD));
        built.consumers().start();
        await().atMost(SOON).until(() -> begun.getCount() == 0);

        long start = System.nanoTime();
        built.consumers().stop();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(left(url)).isEqualTo(1);
        built.policy().thinks = () -> {};
        mayEnd.countDown();
        built.consumers().start();
        await().atMost(SOON).until(() -> outcomes(built).equals(List.of("opened")));
        await().atMost(SOON).until(() -> left(url) == 0);
        assertThat(attempts(built)).isEqualTo(1);
        assertThat(left(deadUrl)).isZero();
    }

    private IntakeHouse start(Map<String, Object> settings) {
        IntakeHouse built = build(settings);
        built.consumers().start();
        return built;
    }

    private IntakeHouse build(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "drawbridge.aws.endpoint", moto.endpoint(),
                "drawbridge.aws.tenants.acme.account-id", MOTO_ACCOUNT,
                "drawbridge.aws.tenants.acme.region", "eu-west-1",
                "drawbridge.aws.tenants.acme.queue-url", url,
                "drawbridge.intake.queue.wait", "1s",
                "drawbridge.intake.queue.visibility", "2s",
                "drawbridge.intake.queue.measure-every", "1s"));
        all.putAll(settings);
        IntakeHouse built = new IntakeHouse(database, all);
        built.reset();
        house = built;
        return built;
    }

    /**
     * Waits until so many messages were deleted, and none is left. What a busy machine did not get through before others saw
     * it comes twice, and is deleted twice.
     */
    private void drained(IntakeHouse house, int messages) {
        await().atMost(SOON).until(() -> figure(house, "deleted") >= messages && left(url) == 0);
    }

    private void send(String body) {
        assertThat(sqs.sendMessage(request -> request.queueUrl(url).messageBody(body))
                        .messageId())
                .isNotEmpty();
    }

    /** Messages in a queue, whether they can be seen or not: by one answer, or what turns visible between two is missed. */
    private int left(String queue) {
        Map<QueueAttributeName, String> attributes = sqs.getQueueAttributes(request -> request.queueUrl(queue)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes();
        assertThat(attributes).hasSize(2);
        return attributes.values().stream().mapToInt(Integer::parseInt).sum();
    }

    private String attribute(String queue, QueueAttributeName name) {
        return sqs.getQueueAttributes(request -> request.queueUrl(queue).attributeNames(name))
                .attributes()
                .getOrDefault(name, "");
    }

    private static List<String> outcomes(IntakeHouse house) {
        return house.database()
                .sql("select outcome from intake_event order by outcome")
                .query(String.class)
                .list();
    }

    private static int attempts(IntakeHouse house) {
        return house.database()
                .sql("select coalesce(sum(attempts), 0) from access_request")
                .query(Integer.class)
                .single();
    }

    /** Zero as long as nothing is known of it. */
    private static double figure(IntakeHouse house, String name) {
        return house.meters().find("drawbridge.intake.queue." + name).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A database that can be cut off. */
    private static final class SwitchedDatabase extends DelegatingDataSource {
        volatile boolean isDown;

        SwitchedDatabase(DataSource database) {
            super(database);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (isDown) {
                throw new SQLTransientConnectionException("The database is down.");
            }
            return super.getConnection();
        }
    }

    /** The road to moto, which leads nowhere until it is opened. */
    private static final class Road implements AutoCloseable {
        private final ServerSocket gate = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final URI end;
        private volatile boolean isOpen;

        Road(URI end) throws IOException {
            this.end = end;
            background(this::admit);
        }

        String endpoint() {
            return "http://127.0.0.1:" + gate.getLocalPort();
        }

        void open() {
            isOpen = true;
        }

        @Override
        public void close() throws IOException {
            gate.close();
        }

        private void admit() throws IOException {
            while (!gate.isClosed()) {
                Socket here = gate.accept();
                if (isOpen) {
                    Socket there = new Socket(end.getHost(), end.getPort());
                    background(() -> here.getInputStream().transferTo(there.getOutputStream()));
                    background(() -> there.getInputStream().transferTo(here.getOutputStream()));
                } else {
                    here.close();
                }
            }
        }

        private interface Traffic {
            void run() throws IOException;
        }

        private static void background(Traffic traffic) {
            Thread thread = new Thread(() -> {
                try {
                    traffic.run();
                } catch (IOException closed) {
                    // One end hung up; so does the other when it notices.
                    return;
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }
}
