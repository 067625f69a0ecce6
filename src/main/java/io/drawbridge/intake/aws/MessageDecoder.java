package io.drawbridge.intake.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.TenantId;
import io.drawbridge.intake.aws.CloudTrailItem.DeniedCall;
import io.drawbridge.intake.aws.CloudTrailItem.EncodedMessage;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.aws.AwsBusyException;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import io.drawbridge.organization.aws.Urgency;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.model.InvalidAuthorizationMessageException;

/**
 * Asks AWS what the encoded message of a denial says, with the role for members in the account that was denied.
 *
 * <p>Fails towards not knowing: where AWS refuses, is busy or does not answer, the call stays as its record tells it, and
 * after a refusal or a silence nobody asks again for a while, so that a failing STS costs no more than one timeout in that
 * while. What a decoded message says is documented for the fields that are read here (AWS STS API Reference,
 * "DecodeAuthorizationMessage"); the kind of the policy that denied is not among them.
 */
@Component
@EnableConfigurationProperties(DecodeProperties.class)
public final class MessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(MessageDecoder.class);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final AwsConnections connections;
    private final DecodeProperties properties;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<String, Instant> pausedUntil = new ConcurrentHashMap<>();

    MessageDecoder(AwsConnections connections, DecodeProperties properties, MeterRegistry meters, Clock clock) {
        this.connections = connections;
        this.properties = properties;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * The same call with what AWS tells more of it, or as it was. Throws nothing that AWS or the network causes.
     *
     * <p>The account must be one of the tenant's; who calls has seen to it.
     */
    public DeniedCall decode(TenantId tenant, DeniedCall denied) {
        EncodedMessage encoded = denied.encoded();
        Optional<AwsConnection> connection = connections.of(tenant);
        if (encoded == null || connection.isEmpty()) {
            return denied;
        }
        String account = denied.call().accountId();
        if (isPaused(tenant.value()) || isPaused(tenant + "|" + account)) {
            count("paused");
            return denied;
        }
        try {
            return told(denied, encoded, ask(connection.get(), account, encoded.message()));
        } catch (InvalidAuthorizationMessageException invalid) {
            count("invalid");
        } catch (AwsBusyException busy) {
            pausedUntil.put(tenant + "|" + account, clock.instant().plus(busy.retryAfter()));
            count("busy");
        } catch (AwsServiceException refused) {
            pause(tenant + "|" + account, "AWS refuses to decode messages of account " + account, refused);
            count("refused");
        } catch (SdkException silence) {
            pause(tenant.value(), "STS of tenant " + tenant + " does not answer", silence);
            count("unreachable");
        }
        return denied;
    }

    private String ask(AwsConnection connection, String account, String message) {
        Duration timeout = properties.timeout();
        return connection.call(account, "sts", Urgency.ORDINARY, () -> connection
                .sts(new ScopeId(account))
                .decodeAuthorizationMessage(request -> request.encodedMessage(message)
                        .overrideConfiguration(configuration ->
                                configuration.apiCallTimeout(timeout).apiCallAttemptTimeout(timeout)))
                .decodedMessage());
    }

    private DeniedCall told(DeniedCall denied, EncodedMessage encoded, String document) {
        JsonNode decoded;
        try {
            decoded = JSON.readTree(document);
        } catch (JsonProcessingException unreadable) {
            count("unusable");
            return denied;
        }
        JsonNode principal = decoded.at("/context/principal/arn");
        boolean another = principal.isTextual() && !principal.textValue().equals(encoded.callerArn());
        if (!decoded.path("explicitDeny").isBoolean() || decoded.path("allowed").asBoolean(false) || another) {
            count("unusable");
            return denied;
        }
        count("decoded");
        DenialCause.Kind kind =
                decoded.path("explicitDeny").booleanValue() ? DenialCause.Kind.DENY : DenialCause.Kind.MISSING_ALLOW;
        return new DeniedCall(
                denied.call(),
                action(decoded)
                        .map(action -> DeniedAction.of(action, "By the decoded message."))
                        .orElse(denied.action()),
                denied.cause().kind() == DenialCause.Kind.UNKNOWN ? new DenialCause(kind, null) : denied.cause(),
                null,
                denied.text());
    }

    private static Optional<PermissionName> action(JsonNode decoded) {
        try {
            return Optional.of(
                    PermissionName.parse(decoded.at("/context/action").asText("")));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private boolean isPaused(String what) {
        Instant until = pausedUntil.get(what);
        return until != null && clock.instant().isBefore(until);
    }

    private void pause(String what, String why, SdkException failure) {
        pausedUntil.put(what, clock.instant().plus(properties.pause()));
        LOG.warn(
                "{}; what it says is not known for {}, and denied calls are taken in with what their records say: {}",
                why,
                properties.pause(),
                failure.getMessage());
    }

    private void count(String outcome) {
        meters.counter("drawbridge.intake.decoded", "outcome", outcome).increment();
    }
}
