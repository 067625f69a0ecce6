package io.drawbridge.intake.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.TenantId;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Looks how full one tenant's queue and its dead-letter queue are. */
final class QueueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TenantId tenant;
    private final SqsClient queue;
    private final String url;
    private final QueueMeters meters;
    private final Complaints complaints;
    private @Nullable String deadUrl;

    QueueWatch(TenantId tenant, SqsClient queue, URI url, QueueMeters meters, Clock clock) {
        this.tenant = tenant;
        this.queue = queue;
        this.url = url.toString();
        this.meters = meters;
        this.complaints = new Complaints(clock);
    }

    /** Throws nothing: what throws once would never be scheduled again. What cannot be told is NaN. */
    void look() {
        try {
            Map<QueueAttributeName, String> attributes = queue.getQueueAttributes(request -> request.queueUrl(url)
                            .attributeNames(
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                                    QueueAttributeName.REDRIVE_POLICY))
                    .attributes();
            meters.backlog = number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
            meters.inFlight = number(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
            meters.dead = dead(attributes.get(QueueAttributeName.REDRIVE_POLICY));
        } catch (RuntimeException | Error | JsonProcessingException failure) {
            meters.backlog = Double.NaN;
            meters.inFlight = Double.NaN;
            meters.dead = Double.NaN;
            complain("How full the queue {} of tenant {} is cannot be told: {}", failure.toString());
        }
    }

    private double dead(@Nullable String redrive) throws JsonProcessingException {
        if (redrive == null || redrive.isEmpty()) {
            complain("The queue {} of tenant {} has no dead-letter queue: {}", "set its RedrivePolicy.");
            return Double.NaN;
        }
        String target = deadUrl;
        if (target == null) {
            // arn:aws:sqs:eu-central-1:111122223333:name
            String[] arn = JSON.readTree(redrive)
                    .path("deadLetterTargetArn")
                    .asText("")
                    .split(":", -1);
            if (arn.length != 6) {
                throw new IllegalStateException("The RedrivePolicy names no queue: " + redrive);
            }
            target = queue.getQueueUrl(request -> request.queueName(arn[5]).queueOwnerAWSAccountId(arn[4]))
                    .queueUrl();
            deadUrl = target;
        }
        String dead = target;
        return number(
                queue.getQueueAttributes(request -> request.queueUrl(dead)
                                .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
                        .attributes(),
                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    }

    private void complain(String what, String why) {
        if (complaints.isDue(what)) {
            LOG.warn(what, url, tenant, why);
        }
    }

    private static double number(Map<QueueAttributeName, String> attributes, QueueAttributeName name) {
        String value = attributes.get(name);
        return value == null ? Double.NaN : Double.parseDouble(value);
    }
}
