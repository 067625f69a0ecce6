package io.drawbridge.organization.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.AwsClient;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.identitystore.IdentitystoreClient;
import software.amazon.awssdk.services.organizations.OrganizationsClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssoadmin.SsoAdminClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * One tenant's connection to AWS.
 *
 * <p>Clients do not retry by themselves: every call passes the shared quota, and whoever calls decides when to call again.
 * Make calls through {@link #call}.
 */
public final class AwsConnection implements AutoCloseable {
    private static final String SESSION = "drawbridge";

    private final TenantId tenant;
    private final AwsProperties.Tenant settings;
    private final @Nullable URI endpoint;
    private final Duration timeout;
    private final AwsQuotas quotas;
    private final SdkHttpClient http;
    private final AwsCredentialsProvider credentials;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, Object> clients = new ConcurrentHashMap<>();

    AwsConnection(
            TenantId tenant,
            AwsProperties.Tenant settings,
            AwsProperties properties,
            AwsQuotas quotas,
            SdkHttpClient http,
            AwsCredentialsProvider own) {
        this.tenant = tenant;
        this.settings = settings;
        this.endpoint = properties.endpoint();
        this.timeout = properties.callTimeout();
        this.quotas = quotas;
        this.http = http;
        this.credentials = settings.roleArn() == null ? own : assumed(own, settings.roleArn(), settings.externalId());
    }

    public TenantId tenant() {
        return tenant;
    }

    public AwsProperties.Tenant settings() {
        return settings;
    }

    public OrganizationsClient organizations() {
        return client("organizations", () -> build(OrganizationsClient.builder(), Region.AWS_GLOBAL, credentials));
    }

    public SsoAdminClient ssoAdmin() {
        return client("sso", () -> build(SsoAdminClient.builder(), home(), credentials));
    }

    public IdentitystoreClient identityStore() {
        return client("identitystore", () -> build(IdentitystoreClient.builder(), home(), credentials));
    }

    /** Waits for messages as long as it is told to, so its calls have no timeout of their own. */
    public SqsClient sqs() {
        return client("sqs", () -> configure(SqsClient.builder(), home(), credentials)
                .overrideConfiguration(configuration -> configuration.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build());
    }

    /** SNS in a Region, for topics of any account that the tenant's role may publish to. */
    public SnsClient sns(String region) {
        return client("sns|" + region, () -> build(SnsClient.builder(), Region.of(region), credentials));
    }

    /** IAM of a member account, by the role for members there. */
    public IamClient iam(ScopeId account) {
        return client("iam|" + account, () -> build(IamClient.builder(), Region.AWS_GLOBAL, member(account)));
    }

    /** STS of a member account, by the role for members there. */
    public StsClient sts(ScopeId account) {
        return client("sts|" + account, () -> build(StsClient.builder(), home(), member(account)));
    }

    /**
     * Makes one call within the quota that all nodes share.
     *
     * @param api the bucket, such as {@code organizations:UpdatePolicy}
     * @throws AwsBusyException if the quota is used up, by our own count or because AWS says so
     */
    public <T> T call(String api, Urgency urgency, Supplier<T> call) {
        return call(settings.accountId(), api, urgency, call);
    }

    /** The same with the quota of another account, such as a member's. */
    public <T> T call(String awsAccount, String api, Urgency urgency, Supplier<T> call) {
        quotas.take(awsAccount, api, urgency);
        try {
            return call.get();
        } catch (AwsServiceException refused) {
            if (refused.isThrottlingException() || isThrottling(refused)) {
                quotas.exhausted(awsAccount, api);
                AwsBusyException busy = new AwsBusyException(
                        awsAccount + "|" + api,
                        Duration.ofMillis(Math.round(1000 / quotas.rate(api).perSecond())));
                busy.initCause(refused);
                throw busy;
            }
            throw refused;
        }
    }

    @Override
    public void close() {
        synchronized (opened) {
            for (AutoCloseable each : opened) {
                try {
                    each.close();
                } catch (Exception failed) {
                    throw new IllegalStateException("A client of AWS cannot be closed.", failed);
                }
            }
            opened.clear();
        }
    }

    /** Organizations says TooManyRequestsException, which the SDK does not count as throttling everywhere. */
    private static boolean isThrottling(AwsServiceException refused) {
        String code = refused.awsErrorDetails() == null
                ? ""
                : refused.awsErrorDetails().errorCode();
        return "TooManyRequestsException".equals(code)
                || "ThrottlingException".equals(code)
                || refused.statusCode() == 429;
    }

    private Region home() {
        return Region.of(settings.region());
    }

    private AwsCredentialsProvider member(ScopeId account) {
        return client(
                "member|" + account,
                () -> assumed(
                        credentials,
                        "arn:aws:iam::" + account + ":role/" + settings.memberRole(),
                        settings.externalId()));
    }

    private AwsCredentialsProvider assumed(AwsCredentialsProvider by, String role, @Nullable String externalId) {
        StsClient sts = build(StsClient.builder(), home(), by);
        StsAssumeRoleCredentialsProvider provider = StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(request ->
                        request.roleArn(role).roleSessionName(SESSION).externalId(externalId))
                .build();
        synchronized (opened) {
            opened.add(provider);
            opened.add(sts);
        }
        return provider;
    }

    @SuppressWarnings("unchecked")
    private <T> T client(String key, Supplier<T> build) {
        Object known = clients.get(key);
        if (known != null) {
            return (T) known;
        }
        synchronized (clients) {
            T built = (T) clients.get(key);
            if (built == null) {
                built = build.get();
                clients.put(key, built);
                if (built instanceof AwsClient client) {
                    synchronized (opened) {
                        opened.add(client);
                    }
                }
            }
            return built;
        }
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C build(
            B builder, Region region, AwsCredentialsProvider by) {
        return configure(builder, region, by)
                .overrideConfiguration(configuration -> configuration
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(timeout)
                        .apiCallAttemptTimeout(timeout))
                .build();
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configure(
            B builder, Region region, AwsCredentialsProvider by) {
        B configured = builder.region(region).credentialsProvider(by).httpClient(http);
        return endpoint == null ? configured : configured.endpointOverride(endpoint);
    }
}
