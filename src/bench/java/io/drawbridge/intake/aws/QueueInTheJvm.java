package io.drawbridge.intake.aws;

import io.drawbridge.identity.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/** A queue that costs next to nothing, so that a benchmark measures who reads it. Ours; keeps no visibility time. */
public final class QueueInTheJvm implements SqsClient {
    /** What reads the queue. */
    public interface Reading {
        /** Waits for what is in work. */
        void end();
    }

    private static final URI URL = URI.create("http://127.0.0.1/queue");

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicInteger deleted = new AtomicInteger();

    public void send(String body, long sentAtMillis) {
        messages.add(Message.builder()
                .body(body)
                .receiptHandle("r-" + messages.size())
                .attributes(Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, String.valueOf(sentAtMillis)))
                .build());
    }

    public int deleted() {
        return deleted.get();
    }

    /** Reads the queue as the application does, with its settings, until it is closed. */
    public Reading consumedBy(QueuedCalls calls, TenantId tenant) {
        return consume(this, URL, calls, tenant);
    }

    /** The same with any queue. */
    public static Reading consume(SqsClient queue, URI url, QueuedCalls calls, TenantId tenant) {
        ScheduledExecutorService keeper = Executors.newScheduledThreadPool(1);
        QueueProperties properties = new QueueProperties(
                2, 10, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(30));
        QueueConsumer consumer = new QueueConsumer(
                tenant,
                queue,
                url,
                calls,
                properties,
                new QueueMeters(new SimpleMeterRegistry(), tenant),
                keeper,
                Clock.systemUTC());
        consumer.start();
        return () -> {
            consumer.stop();
            if (!consumer.awaitIdle(properties.stopWithin())) {
                throw new IllegalStateException("The consumer did not stop in time.");
            }
            keeper.shutdownNow();
        };
    }

    @Override
    public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
        List<Message> received = new ArrayList<>();
        @Nullable Message first = next(request.waitTimeSeconds());
        if (first != null) {
            received.add(first);
            messages.drainTo(received, request.maxNumberOfMessages() - 1);
        }
        return ReceiveMessageResponse.builder().messages(received).build();
    }

    private @Nullable Message next(int seconds) {
        try {
            return messages.poll(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
        deleted.addAndGet(request.entries().size());
        return DeleteMessageBatchResponse.builder()
                .successful(request.entries().stream()
                        .map(entry -> DeleteMessageBatchResultEntry.builder()
                                .id(entry.id())
                                .build())
                        .toList())
                .build();
    }

    @Override
    public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
            ChangeMessageVisibilityBatchRequest request) {
        return ChangeMessageVisibilityBatchResponse.builder().build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
