package io.drawbridge.intake.aws;

import io.drawbridge.identity.TenantId;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * Reads one tenant's queue on several threads for as long as it runs.
 *
 * <p>A message is deleted only after what it did is committed, so it may come more than once and never less. Whatever goes
 * wrong, a thread waits a little longer each time, at most a minute, says so once a minute, and goes on. While the
 * database is down nothing is received: each receipt counts towards the queue's own dead-letter queue.
 *
 * <p>Source: Amazon SQS API Reference, version 2012-11-05; a batch has at most 10 messages.
 */
final class QueueConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(QueueConsumer.class);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final TenantId tenant;
    private final SqsClient queue;
    private final String url;
    private final QueuedCalls calls;
    private final QueueProperties properties;
    private final QueueMeters meters;
    private final ScheduledExecutorService keeper;
    private final Complaints complaints;
    private final Clock clock;

    /** One permit a thread, held while it works on messages. */
    private final Semaphore work;

    private final CountDownLatch stopping = new CountDownLatch(1);

    /** @param keeper keeps messages invisible that are in work; belongs to the caller */
    QueueConsumer(
            TenantId tenant,
            SqsClient queue,
            URI url,
            QueuedCalls calls,
            QueueProperties properties,
            QueueMeters meters,
            ScheduledExecutorService keeper,
            Clock clock) {
        this.tenant = tenant;
        this.queue = queue;
        this.url = url.toString();
        this.calls = calls;
        this.properties = properties;
        this.meters = meters;
        this.keeper = keeper;
        this.clock = clock;
        this.complaints = new Complaints(clock);
        this.work = new Semaphore(properties.consumers());
    }

    /** May be called once. */
    void start() {
        for (int number = 1; number <= properties.consumers(); number++) {
            Thread thread = new Thread(this::consume, "drawbridge-queue-" + tenant + "-" + number);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Receives nothing more, and does not wait. A thread that listens to an empty queue ends when its call does. */
    void stop() {
        stopping.countDown();
    }

    /** Whether everything in work was finished in time; what was not is left to come again. */
    boolean awaitIdle(Duration within) {
        try {
            if (!work.tryAcquire(properties.consumers(), within.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            // Who receives something only now gives it back to the queue.
            work.release(properties.consumers());
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void consume() {
        meters.consumers.incrementAndGet();
        int troubles = 0;
        while (!isStopping()) {
            troubles = isWell(troubles > 0) ? 0 : troubles + 1;
            if (troubles > 0) {
                pause(troubles);
            }
        }
        meters.consumers.decrementAndGet();
    }

    /** One round; whether the next may follow at once. */
    private boolean isWell(boolean afterTrouble) {
        try {
            boolean well = (!afterTrouble || calls.isReady()) && round();
            if (well) {
                meters.wasRead();
            }
            return well;
        } catch (RuntimeException | Error failure) {
            meters.trouble.increment();
            meters.couldNotBeRead(clock.instant());
            if (!isStopping() && complaints.isDue("trouble")) {
                LOG.warn("The queue {} of tenant {} cannot be read; it is tried again.", url, tenant, failure);
            }
            return false;
        }
    }

    private boolean round() {
        List<Message> messages = queue.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(properties.batch())
                        .waitTimeSeconds((int) properties.listen().toSeconds())
                        .visibilityTimeout((int) properties.visibility().toSeconds())
                        .messageSystemAttributeNames(MessageSystemAttributeName.SENT_TIMESTAMP))
                .messages();
        if (messages.isEmpty()) {
            return true;
        }
        meters.received.increment(messages.size());
        work.acquireUninterruptibly();
        try {
            if (isStopping()) {
                show(messages, Duration.ZERO);
                return true;
            }
            return handle(messages);
        } finally {
            work.release();
        }
    }

    private boolean handle(List<Message> messages) {
        long half = properties.visibility().toMillis() / 2;
        ScheduledFuture<?> extension =
                keeper.scheduleWithFixedDelay(() -> extend(messages), half, half, TimeUnit.MILLISECONDS);
        List<QueuedCalls.Fate> fates;
        try {
            fates = calls.take(tenant, messages.stream().map(Message::body).toList());
        } finally {
            extension.cancel(false);
        }
        List<Message> done = new ArrayList<>();
        boolean well = true;
        for (int i = 0; i < messages.size(); i++) {
            switch (fates.get(i)) {
                case DONE -> {
                    done.add(messages.get(i));
                    meters.age.record(age(messages.get(i)));
                }
                case PUT_OFF -> {
                    meters.putOff.increment();
                    well = false;
                }
                case FAILED -> meters.failed.increment();
            }
        }
        meters.handled.increment(done.size());
        if (!well && complaints.isDue("outage")) {
            LOG.warn("Denied calls of tenant {} are left in the queue until the database takes them.", tenant);
        }
        delete(done);
        return well;
    }

    /** A message that stays because its deletion fails comes again and is a duplicate. */
    private void delete(List<Message> done) {
        if (done.isEmpty()) {
            return;
        }
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(String.valueOf(i))
                    .receiptHandle(done.get(i).receiptHandle())
                    .build());
        }
        DeleteMessageBatchResponse response =
                queue.deleteMessageBatch(request -> request.queueUrl(url).entries(entries));
        meters.deleted.increment(response.successful().size());
        if (!response.failed().isEmpty()) {
            meters.trouble.increment();
            if (complaints.isDue("deletion")) {
                LOG.warn(
                        "{} messages of tenant {} were handled and could not be deleted; they come again: {}",
                        response.failed().size(),
                        tenant,
                        response.failed().get(0).message());
            }
        }
    }

    private void extend(List<Message> messages) {
        try {
            show(messages, properties.visibility());
        } catch (RuntimeException failure) {
            meters.trouble.increment();
            if (complaints.isDue("extension")) {
                LOG.warn("Messages of tenant {} in work may be seen by others.", tenant, failure);
            }
        }
    }

    private void show(List<Message> messages, Duration in) {
        List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                    .id(String.valueOf(i))
                    .receiptHandle(messages.get(i).receiptHandle())
                    .visibilityTimeout((int) in.toSeconds())
                    .build());
        }
        if (!queue.changeMessageVisibilityBatch(request -> request.queueUrl(url).entries(entries))
                .failed()
                .isEmpty()) {
            LOG.debug("Some messages of tenant {} are gone already.", tenant);
        }
    }

    private Duration age(Message message) {
        String sent = message.attributes().get(MessageSystemAttributeName.SENT_TIMESTAMP);
        if (sent == null) {
            return Duration.ZERO;
        }
        Duration age = Duration.between(Instant.ofEpochMilli(Long.parseLong(sent)), clock.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Between half and all of a time that doubles with each trouble, so that nodes do not come back together. */
    private void pause(int troubles) {
        long most = Math.min(LONGEST_PAUSE.toMillis(), SHORTEST_PAUSE.toMillis() << Math.min(troubles, 10));
        try {
            if (stopping.await(ThreadLocalRandom.current().nextLong(most / 2, most), TimeUnit.MILLISECONDS)) {
                LOG.debug("The wait of a consumer of tenant {} ends with the application.", tenant);
            }
        } catch (InterruptedException interrupted) {
            // Nobody of ours interrupts a consumer; who does wants it to go on, or stops it.
            LOG.debug("The wait of a consumer of tenant {} was interrupted.", tenant, interrupted);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }
}
