package io.drawbridge.grant.dryrun;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps in the database who has access to what, outside of the caller's transaction, and gets there some time after it was
 * asked, as a real cloud does. Can be told to fail, to be slow, and to turn callers away.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "dry-run")
@EnableConfigurationProperties(DryRunProperties.class)
public class DryRunCloud implements Cloud {
    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Clock clock;

    private volatile Duration confirmAfter;
    private volatile Duration latency;
    private volatile boolean failOpen;
    private volatile boolean failClose;
    private volatile boolean throttle;

    DryRunCloud(
            JdbcClient database, PlatformTransactionManager transactions, Clock clock, DryRunProperties properties) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        this.confirmAfter = properties.confirmAfter();
        this.latency = properties.latency();
        this.failOpen = properties.failOpen();
        this.failClose = properties.failClose();
        this.throttle = properties.throttle();
    }

    /** One access that is on. */
    public record Access(String account, String identity, String permission, String grant, Instant since) {}

    @Override
    public String name() {
        return "dry-run";
    }

    @Override
    public void open(Lease lease) {
        call(failOpen, "open");
        ask(lease, true);
    }

    @Override
    public void close(Lease lease) {
        call(failClose, "close");
        ask(lease, false);
    }

    @Override
    public Presence presenceOf(Lease lease) {
        call(false, "be asked");
        Presence presence = apart.execute(transaction -> {
            if (settle(lease.objectKey())) {
                return Presence.CHANGING;
            }
            return isThere(lease.objectKey()) ? Presence.PRESENT : Presence.ABSENT;
        });
        return presence == null ? Presence.CHANGING : presence;
    }

    @Override
    public Inventory inventory(TenantId tenant) {
        call(false, "be asked");
        List<Held> held = apart.execute(transaction -> database.sql(
                        """
                        select object_key, account_id, identity, permission, grant_id from dry_run_access
                        where tenant_id = :tenant
                          and object_key not in (select object_key from dry_run_operation where completes_at <= :now)
                        union all
                        select object_key, account_id, identity, permission, grant_id from dry_run_operation
                        where tenant_id = :tenant
                          and opening = true and completes_at <= :now
                        order by 1""")
                .param("tenant", tenant.value())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Held(
                        row.getString(1),
                        new ScopeId(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        new GrantId(row.getString(5))))
                .list());
        return new Inventory(held == null ? List.of() : held, List.of());
    }

    @Override
    public void remove(TenantId tenant, Held held) {
        call(failClose, "close");
        ask(
                tenant,
                held.objectKey(),
                held.account().value(),
                held.identity(),
                held.entitlement(),
                String.valueOf(held.grant()),
                false);
    }

    /** Who has access now, what has been under way for long enough included. */
    public List<Access> whoHasAccess() {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return database.sql(
                        """
                        select account_id, identity, permission, grant_id, since from dry_run_access
                        where object_key not in (select object_key from dry_run_operation where completes_at <= :now)
                        union all
                        select account_id, identity, permission, grant_id, completes_at from dry_run_operation
                        where opening = true and completes_at <= :now
                        order by 1, 2, 3""")
                .param("now", now)
                .query((row, number) -> new Access(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getObject(5, OffsetDateTime.class).toInstant()))
                .list();
    }

    /** How long an opening or closing that is asked for from now on is under way. */
    public void confirmAfter(Duration duration) {
        confirmAfter = duration;
    }

    /** How long every call takes from now on. */
    public void beSlow(Duration duration) {
        latency = duration;
    }

    /** Whether calls to open fail from now on. */
    public void failToOpen(boolean fail) {
        failOpen = fail;
    }

    /** Whether calls to close fail from now on. */
    public void failToClose(boolean fail) {
        failClose = fail;
    }

    /** Whether callers are turned away from now on. */
    public void throttle(boolean turnAway) {
        throttle = turnAway;
    }

    private void call(boolean fail, String deed) {
        if (!latency.isZero()) {
            try {
                Thread.sleep(latency.toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CloudException(
                        "The dry-run cloud was interrupted before it could " + deed + ".", interrupted);
            }
        }
        if (throttle) {
            throw new CloudException.Throttled("The dry-run cloud turns callers away: too many requests.");
        }
        if (fail) {
            throw new CloudException("The dry-run cloud was told to fail to " + deed + ".");
        }
    }

    private void ask(Lease lease, boolean opening) {
        ask(
                lease.tenant(),
                lease.objectKey(),
                lease.account().value(),
                lease.identity().key(),
                lease.entitlement().toString(),
                lease.grant().value(),
                opening);
    }

    private void ask(
            TenantId tenant,
            String objectKey,
            String account,
            String identity,
            String entitlement,
            String grant,
            boolean opening) {
        apart.executeWithoutResult(transaction -> {
            if (settle(objectKey)) {
                drop(objectKey);
            } else if (isThere(objectKey) == opening) {
                return;
            }
            database.sql(
                            """
                            insert into dry_run_operation (object_key, opening, grant_id, tenant_id, account_id, identity, permission,
                                    completes_at)
                            values (?, ?, ?, ?, ?, ?, ?, ?)""")
                    .params(
                            objectKey,
                            opening,
                            grant,
                            tenant.value(),
                            account,
                            identity,
                            entitlement,
                            clock.instant().plus(confirmAfter).atOffset(ZoneOffset.UTC))
                    .update();
        });
    }

    /**
     * Does what has been under way on one object for long enough; of two who see it done, one does it.
     *
     * @return whether something is still under way
     */
    private boolean settle(String objectKey) {
        List<Operation> operations = database.sql(
                        "select opening, completes_at <= ? from dry_run_operation where object_key = ? for update")
                .params(clock.instant().atOffset(ZoneOffset.UTC), objectKey)
                .query((row, number) -> new Operation(row.getBoolean(1), row.getBoolean(2)))
                .list();
        for (Operation operation : operations) {
            if (!operation.complete()) {
                return true;
            }
            database.sql("delete from dry_run_access where object_key = ?")
                    .param(objectKey)
                    .update();
            if (operation.opening()) {
                database.sql(
                                """
                                insert into dry_run_access (object_key, tenant_id, account_id, identity, permission, grant_id, since)
                                select object_key, tenant_id, account_id, identity, permission, grant_id, completes_at
                                from dry_run_operation where object_key = ?""")
                        .param(objectKey)
                        .update();
            }
            drop(objectKey);
        }
        return false;
    }

    /** What is under way on an object; there is at most one. */
    private record Operation(boolean opening, boolean complete) {}

    private void drop(String objectKey) {
        database.sql("delete from dry_run_operation where object_key = ?")
                .param(objectKey)
                .update();
    }

    private boolean isThere(String objectKey) {
        return database.sql("select count(*) from dry_run_access where object_key = ?")
                        .param(objectKey)
                        .query(Integer.class)
                        .single()
                > 0;
    }
}
