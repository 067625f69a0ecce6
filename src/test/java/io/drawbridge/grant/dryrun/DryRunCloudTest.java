package io.drawbridge.grant.dryrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudContract;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.StandingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** The dry-run cloud against the contract of all clouds, and what is its own. */
@DisplayName("The dry-run cloud")
@SuppressWarnings("NullAway.Init")
class DryRunCloudTest extends CloudContract {
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final StandingClock clock = new StandingClock(Instant.parse("2026-01-15T12:00:00Z"));
    private DataSourceTransactionManager transactions;
    private DryRunCloud cloud;

    @BeforeEach
    void anEmptyCloud() {
        DriverManagerDataSource memory = new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
        Flyway.configure().dataSource(memory).load().migrate();
        transactions = new DataSourceTransactionManager(memory);
        cloud = new DryRunCloud(
                new JdbcTemplate(memory),
                transactions,
                clock,
                new DryRunProperties(Duration.ZERO, Duration.ZERO, false, false, false));
    }

    @Override
    protected Cloud cloud() {
        return cloud;
    }

    @Override
    protected void suffer(Trouble trouble) {
        cloud.failToOpen(trouble == Trouble.OPENING_FAILS);
        cloud.failToClose(trouble == Trouble.CLOSING_FAILS);
        cloud.throttle(trouble == Trouble.THROTTLED);
        cloud.confirmAfter(trouble == Trouble.SLOW ? A_WHILE : Duration.ZERO);
    }

    @Override
    protected void timePasses() {
        clock.moveBy(A_WHILE);
    }

    @Override
    protected boolean hasAccess(Lease lease) {
        return cloud.whoHasAccess().stream()
                .anyMatch(access -> access.account().equals(lease.account().value())
                        && access.identity().equals(lease.identity().key())
                        && access.permission().equals(lease.entitlement().toString()));
    }

    @Override
    protected int objects() {
        return cloud.whoHasAccess().size();
    }

    @Test
    @DisplayName("R50 is outside of every transaction: what it was asked for stays asked when the caller fails")
    void keepsWhatItWasAskedForWhenTheCallerFails() {
        Lease lease = aLease();

        new TransactionTemplate(transactions).executeWithoutResult(transaction -> {
            cloud.open(lease);
            transaction.setRollbackOnly();
        });

        assertThat(hasAccess(lease)).isTrue();
    }

    @Test
    @DisplayName("R51 gets there to the second at which it said it would")
    void getsThereOnTime() {
        Lease lease = aLease();
        cloud.confirmAfter(Duration.ofSeconds(30));
        cloud.open(lease);

        clock.moveBy(Duration.ofSeconds(29));
        assertThat(cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        assertThat(cloud.whoHasAccess()).isEmpty();
        clock.moveBy(Duration.ofSeconds(1));
        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.since())
                .isEqualTo(clock.instant()));
        assertThat(cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.grant())
                .isEqualTo(lease.grant().value()));
    }

    @Test
    @DisplayName("R53 that is slow and is interrupted says that nothing is known of the call")
    void saysThatItWasInterrupted() {
        cloud.beSlow(Duration.ofSeconds(20));
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CloudException.class).isThrownBy(() -> cloud.open(aLease()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    private static Lease aLease() {
        return new Lease(
                GrantId.random(),
                new TenantId("acme"),
                new ScopeId("111122223333"),
                new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::111122223333:role/deploy", "deploy"),
                PermissionName.parse("s3:DeleteBucket"),
                Way.SCP_EXEMPTION,
                Instant.parse("2026-01-15T14:00:00Z"));
    }
}
