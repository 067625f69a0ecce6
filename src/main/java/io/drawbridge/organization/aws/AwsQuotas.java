package io.drawbridge.organization.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A token bucket for each AWS account and API, in the database, so that all nodes together keep within AWS's quotas.
 *
 * <p>While a revocation waits for a token, nobody else gets one. The figures are AWS's own where it publishes them: AWS
 * Organizations User Guide, "Quotas and service limits"; IAM Identity Center User Guide, "Quotas".
 */
@Component
public class AwsQuotas {
    private static final AwsProperties.Rate UNKNOWN = new AwsProperties.Rate(5, 5);
    private static final Map<String, AwsProperties.Rate> PUBLISHED = Map.ofEntries(
            Map.entry("organizations:UpdatePolicy", new AwsProperties.Rate(2, 3)),
            Map.entry("organizations:CreatePolicy", new AwsProperties.Rate(2, 3)),
            Map.entry("organizations:DeletePolicy", new AwsProperties.Rate(2, 3)),
            Map.entry("organizations:AttachPolicy", new AwsProperties.Rate(2, 3)),
            Map.entry("organizations:DetachPolicy", new AwsProperties.Rate(2, 3)),
            Map.entry("organizations:DescribePolicy", new AwsProperties.Rate(2, 2)),
            Map.entry("organizations:List", new AwsProperties.Rate(5, 8)),
            // Twenty calls a second for all of the API together.
            Map.entry("sso", new AwsProperties.Rate(20, 20)),
            // Measured by AWS's own sample: 1,200 assignment operations took 61 minutes.
            Map.entry("sso:Assignment", new AwsProperties.Rate(0.33, 10)),
            Map.entry("identitystore", new AwsProperties.Rate(20, 20)),
            Map.entry("iam", new AwsProperties.Rate(10, 10)),
            Map.entry("sts", new AwsProperties.Rate(20, 20)));

    /** A revocation that was turned away asks again well before this, or its node is gone. */
    private static final Duration PRECEDENCE = Duration.ofSeconds(3);

    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Clock clock;
    private final Map<String, AwsProperties.Rate> rates;

    AwsQuotas(JdbcClient database, PlatformTransactionManager transactions, AwsProperties properties, Clock clock) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        this.rates = new HashMap<>(PUBLISHED);
        this.rates.putAll(properties.quotas());
    }

    /** Calls a second, and at once, that an API may take. */
    public AwsProperties.Rate rate(String api) {
        return rates.getOrDefault(api, UNKNOWN);
    }

    /**
     * Takes one token, in a transaction of its own.
     *
     * @param awsAccount whose quota it is
     * @param api such as {@code organizations:UpdatePolicy}
     * @throws AwsBusyException if there is none for the caller now; nothing was taken
     */
    public void take(String awsAccount, String api, Urgency urgency) {
        String bucket = awsAccount + "|" + api;
        Duration wait = apart.execute(transaction -> wait(bucket, rate(api), urgency));
        if (wait != null && !wait.isZero()) {
            throw new AwsBusyException(bucket, wait);
        }
    }

    /** AWS itself said that there were too many calls: the bucket is empty from now on. */
    public void exhausted(String awsAccount, String api) {
        String bucket = awsAccount + "|" + api;
        apart.executeWithoutResult(transaction -> {
            lock(bucket, rate(api));
            save(bucket, 0, clock.instant(), Instant.EPOCH);
        });
    }

    private Duration wait(String bucket, AwsProperties.Rate rate, Urgency urgency) {
        Bucket found = lock(bucket, rate);
        Instant now = clock.instant();
        double elapsed = Math.max(0, Duration.between(found.refilledAt(), now).toNanos() / 1e9);
        double tokens = Math.min(rate.burst(), found.tokens() + elapsed * rate.perSecond());
        boolean behindARevocation =
                urgency == Urgency.ORDINARY && found.revocationWaitsUntil().isAfter(now);
        if (tokens >= 1 && !behindARevocation) {
            save(bucket, tokens - 1, now, urgency == Urgency.REVOCATION ? Instant.EPOCH : found.revocationWaitsUntil());
            return Duration.ZERO;
        }
        Instant precedence = urgency == Urgency.REVOCATION ? now.plus(PRECEDENCE) : found.revocationWaitsUntil();
        save(bucket, tokens, now, precedence);
        double missing = Math.max(1 - tokens, behindARevocation ? 1 : 0);
        return Duration.ofMillis(Math.max(50, Math.round(1000 * missing / rate.perSecond())));
    }

    private Bucket lock(String bucket, AwsProperties.Rate rate) {
        String sql = "select tokens, refilled_at, revocation_waits_until from aws_quota where bucket = ? for update";
        var found = database.sql(sql).param(bucket).query(AwsQuotas::bucket).optional();
        if (found.isEmpty()) {
            create(bucket, rate);
            found = database.sql(sql).param(bucket).query(AwsQuotas::bucket).optional();
        }
        return found.orElseThrow(() -> new IllegalStateException("The quota " + bucket + " cannot be kept."));
    }

    private void create(String bucket, AwsProperties.Rate rate) {
        try {
            apart.executeWithoutResult(transaction -> database.sql(
                            "insert into aws_quota (bucket, tokens, refilled_at, revocation_waits_until) values (?, ?, ?, ?)")
                    .params(bucket, rate.burst(), at(clock.instant()), at(Instant.EPOCH))
                    .update());
        } catch (DuplicateKeyException other) {
            // NB. Not swallowed: another node made it at the same moment; the caller finds it or fails.
            return;
        }
    }

    private void save(String bucket, double tokens, Instant refilledAt, Instant revocationWaitsUntil) {
        database.sql("update aws_quota set tokens = ?, refilled_at = ?, revocation_waits_until = ? where bucket = ?")
                .params(tokens, at(refilledAt), at(revocationWaitsUntil), bucket)
                .update();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Bucket bucket(java.sql.ResultSet row, int number) throws java.sql.SQLException {
        return new Bucket(
                row.getDouble(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getObject(3, OffsetDateTime.class).toInstant());
    }

    private record Bucket(double tokens, Instant refilledAt, Instant revocationWaitsUntil) {}
}
