package io.drawbridge.notification;

import static io.drawbridge.notification.PostOffice.ACME;
import static io.drawbridge.notification.PostOffice.ALICE;
import static io.drawbridge.notification.PostOffice.BOB;
import static io.drawbridge.notification.PostOffice.CAROL;
import static io.drawbridge.notification.PostOffice.ERIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.drawbridge.grant.Grant;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ChannelEvent;
import io.drawbridge.organization.ChannelPost.Delivery;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.NotificationChannel.Kind;
import io.drawbridge.organization.NotificationChannelDesk;
import io.drawbridge.organization.NotificationChannelDesk.Draft;
import io.drawbridge.organization.NotificationChannelDesk.Made;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.AwsUnderTest;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.Moto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A tenant's own channels, over the outbox, to receivers of this test's. */
@ExtendWith(OutputCaptureExtension.class)
@DisplayName("A tenant's notification channels")
class ChannelsTest {
    private static final PersonId GINA = new PersonId("gina@globex.example");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Names of this machine, one of which is called as Power Automate calls its own. */
    private static final String HOSTS =
            "receiver.example.com,prod-7.westeurope.logic.azure.com,logic.azure.com.example.com";

    /** What names resolve to; a name that is not here is this machine. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    private final Receiver receiver = new Receiver();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private PostOffice office;

    @BeforeEach
    void open() {
        office = office(null);
    }

    @AfterEach
    void close() throws Exception {
        office.close();
        receiver.close();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    @DisplayName("R3 each of the ten events reaches the channels that want it, once, in order, and signed")
    void tellsEachEventOnce() throws Exception {
        Made all = webhook("Everything", List.of(), List.of());
        webhook("Elsewhere", List.of(), List.of("ou-development"));
        webhook("Ends", List.of("grant.expired", "grant.revoked"), List.of("ou-production"));

        tellOfEverything();
        office.tellChannels();

        List<String> every =
                Arrays.stream(ChannelEvent.values()).map(ChannelEvent::word).toList();
        assertThat(events("/hook?key=Everything")).containsExactlyElementsOf(every);
        assertThat(events("/hook?key=Elsewhere")).isEmpty();
        assertThat(events("/hook?key=Ends")).containsExactly("grant.expired", "grant.revoked");
        for (Receiver.Received call : calls("/hook?key=Everything")) {
            JsonNode body = JSON.readTree(call.body());
            assertThat(call.header("Content-Type")).startsWith("application/json");
            assertThat(call.header("X-Drawbridge-Event"))
                    .isEqualTo(body.path("event").asText());
            assertThat(call.header("X-Drawbridge-Event-Id"))
                    .isEqualTo(body.path("id").asText());
            assertThat(call.header("X-Team")).isEqualTo("security");
            assertSigned(call, String.valueOf(all.secret()));
            assertThat(body.path("version").asInt()).isOne();
            assertThat(body.path("tenant").asText()).isEqualTo("acme");
            assertThat(body.path("request").path("permission").asText()).isEqualTo("s3:DeleteBucket");
            assertThat(body.path("request").path("account").path("name").asText())
                    .isEqualTo("payments-prod");
            assertThat(body.path("grant").isObject())
                    .isEqualTo(body.path("event").asText().startsWith("grant."));
        }
        assertThat(receiver.received.stream().map(call -> call.header("X-Drawbridge-Event-Id")))
                .hasSize(12);
        assertThat(office.desk().deliveries(office.caller(ERIN), all.channel().id(), null, 20))
                .hasSize(10)
                .allSatisfy(delivery -> assertThat(delivery.sentAt()).isNotNull());
    }

    @Test
    @DisplayName(
            "R60 a flow of Power Automate gets each event as a card with a link to its page, and nothing to click else")
    void flowsGetCards() throws Exception {
        office.desk()
                .add(
                        office.caller(ERIN),
                        Kind.WEBHOOK,
                        draftTo("Teams", receiver.url("prod-7.westeurope.logic.azure.com")));
        Made other = office.desk()
                .add(office.caller(ERIN), Kind.WEBHOOK, draftTo("Others", receiver.url("logic.azure.com.example.com")));

        tellOfEverything();
        office.tellChannels();

        List<JsonNode> cards = new ArrayList<>();
        for (Receiver.Received call : receiver.received) {
            JsonNode body = JSON.readTree(call.body());
            if (String.valueOf(call.header("Host")).startsWith("prod-7.")) {
                assertThat(body.path("type").asText()).isEqualTo("message");
                assertThat(body.at("/attachments/0/contentType").asText())
                        .isEqualTo("application/vnd.microsoft.card.adaptive");
                assertThat(call.body().length()).isLessThan(28 * 1024);
                cards.add(body.at("/attachments/0/content"));
            } else {
                assertThat(body.path("tenant").asText()).isEqualTo("acme");
                assertSigned(call, String.valueOf(other.secret()));
            }
        }
        assertThat(cards).hasSize(ChannelEvent.values().length);
        for (JsonNode card : cards) {
            assertThat(card.toString())
                    .contains("s3:DeleteBucket", "payments-prod")
                    .doesNotContain("\"TextBlock\"");
            assertThat(card.path("actions").findValuesAsText("type")).containsExactly("Action.OpenUrl");
            assertThat(card.at("/actions/0/url").asText()).contains("/requests/");
        }
        assertThat(cards.stream().filter(card -> card.toString().contains("\"attention\"")))
                .hasSize(2);
    }

    @Test
    @DisplayName("R3 an event is there exactly if its change is, and once however often it is told")
    void isWrittenWithTheChange() {
        Made made = webhook("Everything", List.of(), List.of());
        AccessRequest request = pending();

        office.rollingBack(() -> office.requests().pendingWith(request, Set.of(BOB)));
        assertThat(deliveries(made)).isEmpty();
        office.committing(() -> office.requests().pendingWith(request, Set.of(BOB)));
        office.committing(() -> office.requests().pendingWith(request, Set.of(BOB)));

        assertThat(deliveries(made)).hasSize(1);
    }

    @Test
    @DisplayName(
            "R3 a receiver that is down for an hour misses nothing and gets nothing twice, and mail and page go on")
    void downForAnHourLosesNothing() {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        opened.add(mail::stop);
        office.close();
        office = office(mail.getSmtp().getPort());
        Made made = webhook("Everything", List.of(), List.of());
        int port = receiver.port();
        receiver.close();
        List<String> told = new ArrayList<>();
        for (int minute = 0; minute < 60; minute++) {
            if (minute % 10 == 0) {
                AccessRequest request = pending();
                told.add(request.id().value());
                office.committing(() -> office.requests().askToDecide(request, List.of(BOB)));
                office.committing(() -> office.requests().pendingWith(request, Set.of(BOB)));
            }
            office.tellChannels();
            office.courier().round();
            office.clock.moveBy(Duration.ofMinutes(1));
        }
        NotificationChannel failing =
                office.desk().find(office.caller(ERIN), made.channel().id());
        assertThat(failing.delivery()).isEqualTo(NotificationChannel.Delivery.FAILING);
        assertThat(failing.state().lastFailure()).contains("cannot be reached");
        assertThat(failing.state().failures()).isBetween(10, 40);
        assertThat(deliveries(made)).hasSize(6).allMatch(delivery -> delivery.sentAt() == null);
        assertThat(mail.getReceivedMessages()).hasSize(12);

        Receiver back = new Receiver(port);
        opened.add(back);
        for (int minute = 0; minute < 6; minute++) {
            office.tellChannels();
            office.clock.moveBy(Duration.ofMinutes(1));
        }

        assertThat(back.received.stream().map(call -> request(call.body()))).containsExactlyElementsOf(told);
        assertThat(office.desk().find(office.caller(ERIN), made.channel().id()).delivery())
                .isEqualTo(NotificationChannel.Delivery.WORKING);
    }

    @Test
    @DisplayName(
            "R3 what a receiver never takes is given up visibly, and holds up nothing; what it takes later waits as long as it asks")
    void hearsWhatTheReceiverAnswers() {
        Made made = webhook("Everything", List.of(), List.of());
        receiver.status = 422;
        tellOfARequest();
        office.tellChannels();
        Delivery refused = deliveries(made).get(0);
        assertThat(refused.givenUpAt()).isNotNull();
        assertThat(refused.failure()).contains("422");

        receiver.status = 429;
        receiver.answerHeaders.put("Retry-After", "1800");
        tellOfARequest();
        office.tellChannels();
        office.clock.moveBy(Duration.ofMinutes(29));
        office.tellChannels();
        assertThat(receiver.received).hasSize(2);

        receiver.status = 302;
        receiver.answerHeaders.put("Location", "http://127.0.0.1:" + receiver.port() + "/inside");
        receiver.answerHeaders.remove("Retry-After");
        office.clock.moveBy(Duration.ofMinutes(2));
        office.tellChannels();
        assertThat(deliveries(made).get(0).failure()).contains("302").contains("not followed");
        assertThat(receiver.received).noneMatch(call -> call.path().equals("/inside"));

        receiver.status = 200;
        office.clock.moveBy(Duration.ofMinutes(10));
        office.tellChannels();
        assertThat(deliveries(made).get(0).sentAt()).isNotNull();
        assertThat(deliveries(made).get(0).attempts()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "a receiver that is gone, or fails for three days, is stopped aloud; what happens meanwhile waits for an administrator")
    void stopsAloud() {
        Made gone = webhook("Gone", List.of(), List.of());
        receiver.status = 410;
        tellOfARequest();
        office.tellChannels();
        NotificationChannel stopped =
                office.desk().find(office.caller(ERIN), gone.channel().id());
        assertThat(stopped.delivery()).isEqualTo(NotificationChannel.Delivery.STOPPED);
        assertThat(office.noticesOf(ERIN))
                .anyMatch(notice ->
                        notice.kind().equals("channel_stopped") && notice.text().contains("410 Gone"));

        tellOfARequest();
        office.clock.moveBy(Duration.ofHours(2));
        office.tellChannels();
        assertThat(receiver.received).hasSize(1);

        receiver.status = 500;
        office.desk().change(office.caller(ERIN), stopped.id(), draft("Gone", null));
        for (int hour = 0; hour < 74; hour++) {
            office.tellChannels();
            office.clock.moveBy(Duration.ofHours(1));
        }
        stopped = office.desk().find(office.caller(ERIN), gone.channel().id());
        assertThat(stopped.delivery()).isEqualTo(NotificationChannel.Delivery.STOPPED);
        assertThat(stopped.state().lastFailure()).contains("500");

        receiver.status = 200;
        receiver.received.clear();
        office.desk().change(office.caller(ERIN), stopped.id(), draft("Gone", null));
        office.tellChannels();
        assertThat(receiver.received).hasSize(2);
    }

    @Test
    @DisplayName(
            "R3 receivers that hang take a quarter of the threads, and hold up neither another tenant nor, for long, their own")
    void hangingHoldsUpNobody() {
        Receiver hanging = new Receiver();
        opened.add(hanging);
        hanging.hangs = true;
        Caller erin = office.caller(ERIN);
        Caller gina = administrator(GINA);
        List<Made> stuck = new ArrayList<>();
        for (int each = 0; each < 6; each++) {
            stuck.add(office.desk()
                    .add(erin, Kind.WEBHOOK, draftTo("Hanging " + each, hanging.url("receiver.example.com"))));
        }
        Made others = office.desk().add(gina, Kind.WEBHOOK, draftTo("Globex", receiver.url("receiver.example.com")));
        stuck.forEach(each -> office.desk().test(erin, each.channel().id()));
        office.desk().test(gina, others.channel().id());

        office.bean(ChannelCourier.class).round();
        await(() -> receiver.received.size() == 1 && hanging.received.size() >= 4);
        assertThat(hanging.received).hasSize(4);
        office.tellChannels();
        office.tellChannels();

        assertThat(hanging.received).hasSize(6);
        assertThat(stuck).allSatisfy(each -> assertThat(deliveries(each).get(0).failure())
                .contains("did not answer within 1 s"));
    }

    @Test
    @DisplayName("a name that resolves inside only when it is told is not reached")
    void isNotRebound() {
        Receiver inside = new Receiver();
        opened.add(inside);
        names.put("rebound.example.net", "93.184.216.34");
        Made made = office.desk()
                .add(office.caller(ERIN), Kind.WEBHOOK, draftTo("Rebound", "https://rebound.example.net/hook"));
        names.put("rebound.example.net", "127.0.0.1");
        tellOfARequest();

        office.tellChannels();

        assertThat(deliveries(made).get(0).failure()).contains("not found, or lies inside");
        assertThat(inside.received).isEmpty();
        // And what the check lets pass, the connection refuses: the first answer is outside, the second inside.
        int[] asked = {0};
        Perimeter fickle = new Perimeter(office.bean(ChannelProperties.class), host ->
                new InetAddress[] {InetAddress.getByName(asked[0]++ == 0 ? "93.184.216.34" : "127.0.0.1")});
        WebhookSender sender = new WebhookSender(
                office.bean(io.drawbridge.organization.NotificationChannels.class),
                office.bean(io.drawbridge.organization.Seal.class),
                fickle,
                office.bean(ChannelProperties.class));
        Sender.Answer answer =
                sender.send(made.channel(), new Sender.Dispatch("id", "channel.test", "{}"), office.clock.instant());
        assertThat(asked[0]).isEqualTo(2);
        assertThat(answer.outcome()).isEqualTo(Sender.Outcome.AGAIN);
        assertThat(answer.reason()).contains("not found, or lies inside");
    }

    @Test
    @DisplayName("secrets, and what people wrote, stand in no table, no log and no body")
    void keepsSecrets(CapturedOutput output) throws Exception {
        receiver.status = 500;
        Made made = webhook("Everything", List.of(), List.of());
        tellOfEverything();
        office.tellChannels();
        receiver.status = 200;
        office.clock.moveBy(Duration.ofHours(1));
        office.tellChannels();

        String secret = String.valueOf(made.secret());
        String everything = String.join("\n", rows());
        assertThat(secret).startsWith(NotificationChannelDesk.SECRET_PREFIX);
        assertThat(everything)
                .contains("request.pending")
                .doesNotContain(secret)
                .doesNotContain("header-secret");
        assertThat(output.getAll()).doesNotContain(secret).doesNotContain("header-secret");
        assertThat(receiver.received)
                .extracting(Receiver.Received::body)
                .isNotEmpty()
                .allSatisfy(body -> assertThat(body)
                        .doesNotContain("Clean up")
                        .doesNotContain("Go on")
                        .doesNotContain("INC-7")
                        .doesNotContain("203.0.113.7"));
        assertThat(receiver.received)
                .allSatisfy(call -> assertThat(call.header("Authorization")).isEqualTo("Bearer header-secret"));
        assertThat(made.toString()).doesNotContain(secret);
    }

    @Test
    @DisplayName("what a channel's headers hold goes to no other host than they were given for")
    void headersStayWithTheirHost() throws Exception {
        Made made = webhook("Everything", List.of(), List.of());
        String id = made.channel().id();
        String elsewhere = "http://logic.azure.com.example.com:" + receiver.port() + "/hook";

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> office.desk().change(office.caller(ERIN), id, draftTo("Everything", elsewhere)))
                .satisfies(wrong -> assertThat(wrong.fields()).containsOnlyKeys("headers"));
        office.desk()
                .change(
                        office.caller(ERIN),
                        id,
                        draftTo("Everything", "http://RECEIVER.example.com:" + receiver.port() + "/other"));
        office.desk()
                .change(
                        office.caller(ERIN),
                        id,
                        new Draft("Everything", List.of(elsewhere), null, null, null, Map.of(), null));
        office.desk().test(office.caller(ERIN), id);
        office.tellChannels();

        assertThat(receiver.received).hasSize(1).allMatch(call -> call.header("Authorization") == null);
    }

    @Test
    @DisplayName("R62 a mail list gets one mail an address, and the event that was asked for")
    void tellsMailLists() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        opened.add(mail::stop);
        office.close();
        office = office(mail.getSmtp().getPort());
        NotificationChannel list = office.desk()
                .add(
                        office.caller(ERIN),
                        Kind.MAIL,
                        new Draft(
                                "Security",
                                List.of("security@acme.example", "soc@acme.example"),
                                List.of("request.break_glass"),
                                List.of(),
                                null,
                                null,
                                null))
                .channel();

        tellOfEverything();
        office.courier().round();

        List<String> toTheList = Arrays.stream(mail.getReceivedMessages())
                .map(ChannelsTest::raw)
                .filter(each -> each.contains("To: security@acme.example") || each.contains("To: soc@acme.example"))
                .toList();
        assertThat(toTheList).hasSize(2).allSatisfy(each -> assertThat(each)
                .contains("BREAK-GLASS")
                .contains("request.break_glass")
                .doesNotContain("Clean up"));
        assertThat(office.desk().find(office.caller(ERIN), list.id()).delivery())
                .isEqualTo(NotificationChannel.Delivery.WORKING);
    }

    @Test
    @DisplayName("R3 an AWS SNS that is down for an hour misses nothing and gets nothing twice")
    void topicDownForAnHourLosesNothing() throws Exception {
        FaultyProxy line = new FaultyProxy(Moto.server().reset().endpoint());
        opened.add(line);
        AwsConnections aws = new AwsUnderTest(office.clock)
                .connections(line.endpoint(), Map.of("acme", AwsUnderTest.tenant("123456789012")), Map.of());
        opened.add(aws);
        SnsClient sns = aws.demand(ACME).sns("eu-central-1");
        SqsClient sqs = aws.demand(ACME).sqs();
        String topic = sns.createTopic(asked -> asked.name("drawbridge")).topicArn();
        String queue = sqs.createQueue(asked -> asked.queueName("readers")).queueUrl();
        sns.subscribe(asked ->
                asked.topicArn(topic).protocol("sqs").endpoint("arn:aws:sqs:eu-central-1:123456789012:readers"));
        office.close();
        office = PostOffice.withTopicsOf(aws);
        Made made = office.desk()
                .add(
                        office.caller(ERIN),
                        Kind.SNS,
                        new Draft("Topic", List.of(topic), List.of(), List.of(), null, null, null));
        line.fault(call -> Optional.of(FaultyProxy.Answer.error(503, "ServiceUnavailable", "Down.")));
        List<String> told = new ArrayList<>();
        for (int minute = 0; minute < 60; minute += 10) {
            AccessRequest request = pending();
            told.add(request.id().value());
            office.committing(() -> office.requests().pendingWith(request, Set.of(BOB)));
            office.tellChannels();
            office.clock.moveBy(Duration.ofMinutes(10));
        }
        NotificationChannel failing =
                office.desk().find(office.caller(ERIN), made.channel().id());
        assertThat(failing.delivery()).isEqualTo(NotificationChannel.Delivery.FAILING);
        assertThat(failing.state().lastFailure()).contains("503");
        assertThat(deliveries(made)).hasSize(6).allMatch(delivery -> delivery.sentAt() == null);

        line.fault(call -> Optional.empty());
        for (int minute = 0; minute < 6; minute++) {
            office.tellChannels();
            office.clock.moveBy(Duration.ofMinutes(10));
        }

        assertThat(sqs.receiveMessage(asked -> asked.queueUrl(queue).maxNumberOfMessages(10)).messages().stream()
                        .map(message -> request(message(message.body()))))
                .containsExactlyElementsOf(told);
        assertThat(deliveries(made)).allMatch(delivery -> delivery.sentAt() != null);
    }

    /** What SNS puts around a message that it hands to a queue, taken off. */
    private static String message(String body) {
        try {
            return JSON.readTree(body).path("Message").asText();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    @DisplayName("a test goes the way of every event, and its result is among the deliveries")
    void testsAChannel() throws Exception {
        Made made = webhook("Everything", List.of("grant.active"), List.of());

        Delivery sent = office.desk().test(office.caller(ERIN), made.channel().id());
        office.tellChannels();

        JsonNode body = JSON.readTree(receiver.received.get(0).body());
        assertThat(body.path("id").asText()).isEqualTo(sent.eventId());
        assertThat(body.path("test").asBoolean()).isTrue();
        assertSigned(receiver.received.get(0), String.valueOf(made.secret()));
        assertThat(deliveries(made).get(0).sentAt()).isNotNull();
    }

    @Test
    @DisplayName("what waits for a channel that is removed is given up, and says so on the Notices page")
    void removesAloud() {
        Made made = webhook("Everything", List.of(), List.of());
        tellOfARequest();

        office.desk().remove(office.caller(ERIN), made.channel().id());
        tellOfARequest();
        office.tellChannels();

        assertThat(receiver.received).isEmpty();
        assertThat(office.noticesOf(ERIN))
                .filteredOn(notice -> "Everything".equals(notice.channel()))
                .singleElement()
                .satisfies(notice -> {
                    assertThat(notice.givenUpAt()).isNotNull();
                    assertThat(notice.failure()).contains("removed");
                });
        assertThat(office.noticesOf(BOB)).noneMatch(notice -> notice.channel() != null);
    }

    @Test
    @DisplayName("R70 a channel is none of another tenant's, and hears nothing of it")
    void keepsTenantsApart() {
        Made made = webhook("Everything", List.of(), List.of());
        Caller gina = administrator(GINA);

        assertThatExceptionOfType(io.drawbridge.identity.NotFoundException.class)
                .isThrownBy(() -> office.desk().find(gina, made.channel().id()));
        assertThatExceptionOfType(io.drawbridge.identity.ForbiddenException.class)
                .isThrownBy(() ->
                        office.desk().find(office.caller(BOB), made.channel().id()));
        assertThat(office.desk().list(gina)).isEmpty();
    }

    @Test
    @DisplayName("refuses what cannot be told, by field")
    void refusesByField() {
        assertThat(refused(Kind.WEBHOOK, draftTo("Inside", "https://inside.example.net/")))
                .containsKey("url");
        assertThat(refused(
                        Kind.WEBHOOK,
                        new Draft(
                                " ",
                                List.of(),
                                List.of("request.gone"),
                                List.of("ou-elsewhere"),
                                "short",
                                Map.of("Host", "x", "X-Drawbridge-Event", "y", "Evil", "a\r\nb"),
                                null)))
                .containsOnlyKeys("name", "url", "events", "scopes", "secret", "headers");
        assertThat(refused(
                        Kind.MAIL,
                        new Draft(
                                "List",
                                List.of("a@acme.example, b@acme.example"),
                                null,
                                null,
                                "s",
                                Map.of("A", "b"),
                                null)))
                .containsOnlyKeys("addresses", "secret", "headers");
        assertThat(refused(
                        Kind.SNS,
                        new Draft(
                                "Topic",
                                List.of("arn:aws:sns:eu-central-1:111122223333:t"),
                                null,
                                null,
                                null,
                                null,
                                null)))
                .hasEntrySatisfying("topicArn", why -> assertThat(why).contains("not connected to AWS"));
    }

    private Map<String, String> refused(Kind kind, Draft draft) {
        names.put("inside.example.net", "10.0.0.1");
        try {
            office.desk().add(office.caller(ERIN), kind, draft);
            return Map.of();
        } catch (InvalidInputException refused) {
            return refused.fields();
        }
    }

    private Caller administrator(PersonId person) {
        office.database()
                .sql("insert into person_role (person_id, role) values (?, 'ADMINISTRATOR')")
                .param(person.value())
                .update();
        return office.caller(person);
    }

    private PostOffice office(@org.jspecify.annotations.Nullable Integer mailPort) {
        return PostOffice.withChannels(
                mailPort,
                host -> new InetAddress[] {InetAddress.getByName(names.getOrDefault(host, "127.0.0.1"))},
                "drawbridge.channels.allow-inside=" + HOSTS,
                "drawbridge.channels.allow-http=" + HOSTS,
                "drawbridge.channels.timeout=1s");
    }

    private Made webhook(String name, List<String> events, List<String> scopes) {
        String url = "http://receiver.example.com:" + receiver.port() + "/hook?key=" + name;
        return office.desk()
                .add(
                        office.caller(ERIN),
                        Kind.WEBHOOK,
                        new Draft(
                                name,
                                List.of(url),
                                events,
                                scopes,
                                null,
                                Map.of("X-Team", "security", "Authorization", "Bearer header-secret"),
                                null));
    }

    private static Draft draftTo(String name, String url) {
        return new Draft(name, List.of(url), null, null, null, null, null);
    }

    private Draft draft(String name, @org.jspecify.annotations.Nullable Boolean enabled) {
        return new Draft(
                name,
                List.of("http://receiver.example.com:" + receiver.port() + "/hook?key=" + name),
                null,
                null,
                null,
                null,
                enabled);
    }

    private AccessRequest pending() {
        AccessRequest request = office.request("Clean up");
        request.sendToApprovers(office.clock.instant());
        return request;
    }

    private void tellOfARequest() {
        AccessRequest request = pending();
        office.committing(() -> office.requests().pendingWith(request, Set.of(BOB)));
    }

    /** Every event once, in the order of {@link ChannelEvent}; what they are of need not fit together. */
    private void tellOfEverything() {
        AccessRequest approved = pending();
        AccessRequest denied = pending();
        AccessRequest expired = pending();
        office.committing(() -> office.requests().pendingWith(approved, Set.of(BOB, CAROL)));
        approved.approve(BOB, "Go on", AccessDuration.of(Duration.ofHours(2)), office.clock.instant());
        denied.deny(BOB, "Go on without", office.clock.instant());
        expired.expire(office.clock.instant());
        Grant ending = office.grant(approved);
        Grant ended = office.grant(approved);
        ended.endEarly(ALICE.value(), "Go on by hand");
        office.committing(() -> {
            office.requests().approved(approved);
            office.requests().denied(denied, Set.of(BOB));
            office.requests().expired(expired, Set.of(BOB));
            office.requests().breakGlass(approved, Set.of(BOB));
            office.grants().active(ending, approved);
            office.grants().expiringSoon(ending, approved);
            office.grants().revoked(ending, approved);
            office.grants().revoked(ended, approved);
            office.grants().revocationOverdue(ending, approved, Set.of(BOB));
        });
    }

    private List<Delivery> deliveries(Made made) {
        return office.desk().deliveries(office.caller(ERIN), made.channel().id(), null, 100);
    }

    private List<Receiver.Received> calls(String path) {
        return receiver.received.stream()
                .filter(call -> call.path().equals(path))
                .toList();
    }

    private List<String> events(String path) {
        return calls(path).stream()
                .map(call -> String.valueOf(call.header("X-Drawbridge-Event")))
                .toList();
    }

    private static String request(String body) {
        try {
            return JSON.readTree(body).path("request").path("id").asText();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** As docs/channels.md tells a receiver to check it, by code that shares nothing with Drawbridge's. */
    private void assertSigned(Receiver.Received call, String secret) throws Exception {
        Map<String, String> parts = Stream.of(
                        String.valueOf(call.header("X-Drawbridge-Signature")).split(",", -1))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        long age = office.clock.instant().getEpochSecond() - Long.parseLong(parts.get("t"));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((parts.get("t") + ".").getBytes(StandardCharsets.US_ASCII));
        assertThat(HexFormat.of().formatHex(mac.doFinal(call.body().getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(parts.get("v1"));
        assertThat(age).isBetween(0L, 300L);
    }

    private List<String> rows() {
        return office
                .database()
                .sql(
                        "select table_name from information_schema.tables where table_schema = 'PUBLIC' and table_type = 'BASE TABLE'")
                .query(String.class)
                .list()
                .stream()
                .map(table -> office.database()
                        .sql("select * from \"" + table + "\"")
                        .query()
                        .listOfRows()
                        .toString())
                .toList();
    }

    private static String raw(jakarta.mail.internet.MimeMessage message) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            message.writeTo(bytes);
            return bytes.toString(StandardCharsets.UTF_8);
        } catch (Exception unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static void await(java.util.function.BooleanSupplier there) {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!there.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.onSpinWait();
        }
    }
}
