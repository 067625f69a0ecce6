package io.drawbridge.notification.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.Sender;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishRequest;

/**
 * Publishes to a tenant's topic of AWS SNS, as the role that the installation has for this tenant.
 *
 * <p>So a tenant reaches the topics that its own role may publish to, and no other tenant's, whatever ARN is typed.
 */
@Component
class TopicSender implements Sender {
    /** A topic's name: SNS API reference, CreateTopic. */
    private static final Pattern TOPIC = Pattern.compile(
            "arn:aws[a-z-]{0,20}:sns:([a-z]{2}(?:-[a-z]{1,12}){1,3}-\\d{1,2}):\\d{12}:[A-Za-z0-9_-]{1,250}(\\.fifo)?");

    private final ObjectProvider<AwsConnections> connections;

    TopicSender(ObjectProvider<AwsConnections> connections) {
        this.connections = connections;
    }

    @Override
    public NotificationChannel.Kind kind() {
        return NotificationChannel.Kind.SNS;
    }

    @Override
    public @Nullable String flawIn(TenantId tenant, String target) {
        if (!TOPIC.matcher(target).matches()) {
            return "is no topic; expected an ARN such as arn:aws:sns:eu-central-1:111122223333:drawbridge.";
        }
        return connection(tenant).isEmpty()
                ? "cannot be used: this organisation is not connected to AWS. Whoever runs this installation connects it by"
                        + " drawbridge.aws.tenants."
                : null;
    }

    @Override
    public String shown(String target) {
        return target;
    }

    @Override
    public Answer send(NotificationChannel channel, Dispatch dispatch, Instant now) {
        String topic = channel.targets().get(0);
        Matcher parts = TOPIC.matcher(topic);
        Optional<AwsConnection> connection = connection(channel.tenant());
        if (!parts.matches() || connection.isEmpty()) {
            return Answer.again("The tenant is not connected to AWS, or the topic has no usable ARN.");
        }
        PublishRequest.Builder message = PublishRequest.builder()
                .topicArn(topic)
                .message(dispatch.body())
                .messageAttributes(Map.of(
                        "event", text(dispatch.event()),
                        "eventId", text(dispatch.id()),
                        "tenant", text(channel.tenant().value())));
        if (parts.group(2) != null) {
            // In the order of the channel; what is sent again within five minutes is dropped by SNS itself.
            message.messageGroupId(channel.id()).messageDeduplicationId(dispatch.id());
        }
        try {
            connection.get().sns(parts.group(1)).publish(message.build());
            return Answer.taken();
        } catch (AwsServiceException refused) {
            String code = refused.awsErrorDetails() == null
                    ? ""
                    : refused.awsErrorDetails().errorCode();
            return Answer.again("AWS answered " + refused.statusCode() + " " + code + ".");
        } catch (SdkException failure) {
            return Answer.again("AWS cannot be reached, or gave no credentials.");
        }
    }

    private Optional<AwsConnection> connection(TenantId tenant) {
        AwsConnections all = connections.getIfAvailable();
        return all == null ? Optional.empty() : all.of(tenant);
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }
}
