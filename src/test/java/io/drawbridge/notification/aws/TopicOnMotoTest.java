package io.drawbridge.notification.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.Sender.Answer;
import io.drawbridge.notification.Sender.Dispatch;
import io.drawbridge.notification.Sender.Outcome;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.AwsUnderTest;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.TestClock;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Topics of AWS SNS, on moto, read back through a queue that is subscribed to them. */
@DisplayName("A topic of SNS")
class TopicOnMotoTest {
    private static final TenantId GLOBEX = new TenantId("globex");
    private final TestClock clock = new TestClock();

    @Test
    @DisplayName("R3 publishes the event as it is, with attributes to filter by, to a plain and to a FIFO topic")
    void publishes() throws Exception {
        clock.setTo(TestClock.START);
        Moto moto = Moto.server().reset();
        try (AwsConnections connections = connections(moto.endpoint())) {
            SnsClient sns = connections.demand(AwsUnderTest.ACME).sns("eu-central-1");
            SqsClient sqs = connections.demand(AwsUnderTest.ACME).sqs();
            String plain =
                    sns.createTopic(request -> request.name("drawbridge")).topicArn();
            String fifo = sns.createTopic(
                            request -> request.name("drawbridge.fifo").attributes(Map.of("FifoTopic", "true")))
                    .topicArn();
            String queue =
                    sqs.createQueue(request -> request.queueName("readers")).queueUrl();
            String queueArn = sqs.getQueueAttributes(
                            request -> request.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
                    .attributes()
                    .get(QueueAttributeName.QUEUE_ARN);
            sns.subscribe(request -> request.topicArn(plain).protocol("sqs").endpoint(queueArn));
            TopicSender sender = sender(connections);
            Dispatch dispatch = new Dispatch("event-1", "request.approved", "{\"id\":\"event-1\"}");

            Answer first = sender.send(channel(AwsUnderTest.ACME, plain), dispatch, clock.instant());
            Answer second = sender.send(channel(AwsUnderTest.ACME, fifo), dispatch, clock.instant());

            assertThat(first.outcome()).as(first.reason()).isEqualTo(Outcome.TAKEN);
            assertThat(second.outcome()).as(second.reason()).isEqualTo(Outcome.TAKEN);
            List<Message> read =
                    sqs.receiveMessage(request -> request.queueUrl(queue)).messages();
            assertThat(read).hasSize(1);
            JsonNode told = new ObjectMapper().readTree(read.get(0).body());
            assertThat(told.path("Message").asText()).isEqualTo(dispatch.body());
            assertThat(told.path("MessageAttributes")
                            .path("event")
                            .path("Value")
                            .asText())
                    .isEqualTo("request.approved");
            assertThat(told.path("MessageAttributes")
                            .path("eventId")
                            .path("Value")
                            .asText())
                    .isEqualTo("event-1");
        }
    }

    @Test
    @DisplayName("R3 a topic that is not there, or an AWS that is down, is tried again, and the reason is said")
    void isTriedAgain() {
        clock.setTo(TestClock.START);
        Moto moto = Moto.server().reset();
        Dispatch dispatch = new Dispatch("event-1", "request.approved", "{}");
        String nowhere = "arn:aws:sns:eu-central-1:123456789012:nowhere";
        try (AwsConnections connections = connections(moto.endpoint());
                AwsConnections down = connections(URI.create("http://127.0.0.1:9"))) {
            Answer missing = sender(connections).send(channel(AwsUnderTest.ACME, nowhere), dispatch, clock.instant());
            Answer outage = sender(down).send(channel(AwsUnderTest.ACME, nowhere), dispatch, clock.instant());

            assertThat(missing.outcome()).isEqualTo(Outcome.AGAIN);
            assertThat(missing.reason()).contains("NotFound");
            assertThat(outage.outcome()).isEqualTo(Outcome.AGAIN);
            assertThat(outage.reason()).contains("cannot be reached");
        }
    }

    @Test
    @DisplayName("takes the ARN of a topic only, and only of a tenant that is connected to AWS")
    void checksTheTopic() {
        clock.setTo(TestClock.START);
        try (AwsConnections connections = connections(URI.create("http://127.0.0.1:9"))) {
            TopicSender sender = sender(connections);
            String topic = "arn:aws:sns:eu-central-1:123456789012:drawbridge";

            assertThat(sender.flawIn(AwsUnderTest.ACME, topic)).isNull();
            assertThat(sender.flawIn(AwsUnderTest.ACME, topic + ".fifo")).isNull();
            assertThat(sender.flawIn(GLOBEX, topic)).contains("not connected");
            for (String wrong : List.of(
                    "",
                    "drawbridge",
                    "arn:aws:sqs:eu-central-1:123456789012:drawbridge",
                    topic + "/x",
                    topic + "\n",
                    "arn:aws:sns:evil.example.com:123456789012:drawbridge",
                    "arn:aws:sns:eu-central-1:1:drawbridge")) {
                assertThat(sender.flawIn(AwsUnderTest.ACME, wrong)).as(wrong).contains("no topic");
            }
        }
    }

    private AwsConnections connections(URI endpoint) {
        return new AwsUnderTest(clock)
                .connections(endpoint, Map.of("acme", AwsUnderTest.tenant("123456789012")), Map.of());
    }

    private static TopicSender sender(AwsConnections connections) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("connections", connections);
        return new TopicSender(beans.getBeanProvider(AwsConnections.class));
    }

    private NotificationChannel channel(TenantId tenant, String topic) {
        return new NotificationChannel(
                "channel-1",
                tenant,
                "Topic",
                NotificationChannel.Kind.SNS,
                List.of(topic),
                Set.of(),
                Set.of(),
                List.of(),
                true,
                new PersonId("erin@acme.example"),
                clock.instant(),
                NotificationChannel.State.fresh(clock.instant()));
    }
}
