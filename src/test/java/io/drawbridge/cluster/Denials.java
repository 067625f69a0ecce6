package io.drawbridge.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.stage.AwsHouse;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.Moto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Denied calls that come by a queue in moto, which the nodes reach through a proxy that can be down. */
final class Denials implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Moto moto = Moto.another();
    private final FaultyProxy proxy = new FaultyProxy(moto.endpoint());
    private final Map<String, String> properties = new AwsHouse(moto.endpoint()).properties(proxy.endpoint());
    private final ScheduledThreadPoolExecutor sender = new ScheduledThreadPoolExecutor(1);
    private final AtomicInteger sent = new AtomicInteger();
    private final SqsClient queue = SqsClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(Moto.credentials())
            .endpointOverride(moto.endpoint())
            .build();

    /** What a node has to be told of the queue. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        properties.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        arguments.removeIf(each -> each.startsWith("--drawbridge.cloud.type="));
        return arguments;
    }

    /** One a second from now on, each with an id of its own. */
    @SuppressWarnings(
            "FutureReturnValueIgnored") // A message that cannot be sent ends the trial with a count that is wrong.
    void start() {
        URI url = properties.entrySet().stream()
                .filter(each -> each.getKey().endsWith("queue-url"))
                .map(each -> moto.endpoint().resolve(URI.create(each.getValue()).getPath()))
                .findAny()
                .orElseThrow();
        sender.scheduleAtFixedRate(
                () -> {
                    String body = denial(sent.get() + 1);
                    queue.sendMessage(
                            message -> message.queueUrl(url.toString()).messageBody(body));
                    sent.incrementAndGet();
                },
                0,
                1,
                TimeUnit.SECONDS);
    }

    private static String denial(int number) {
        try {
            JsonNode detail = JSON.readTree(
                    Path.of("samples", "denied-s3-delete-bucket.json").toFile());
            ((ObjectNode) detail).put("eventID", "trial-" + number);
            ObjectNode envelope = JSON.createObjectNode();
            envelope.put("detail-type", "AWS API Call via CloudTrail");
            envelope.put("source", "aws.s3");
            envelope.put("account", detail.path("recipientAccountId").asText());
            envelope.put("region", "eu-west-1");
            envelope.set("detail", detail);
            return envelope.toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether every call to AWS breaks off from now on. */
    void down(boolean down) {
        proxy.fault(call -> down ? Optional.of(Answer.brokenOff()) : Optional.empty());
    }

    /** Sends no more, and says how many were sent. */
    int stop() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("A message is still being sent after a minute.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
        return sent.get();
    }

    @Override
    public void close() {
        sender.shutdownNow();
        queue.close();
        proxy.close();
        moto.stop();
    }
}
