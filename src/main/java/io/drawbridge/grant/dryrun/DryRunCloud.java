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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.JdbcTemplate;
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
public class DryRunCloud implements Cloud, Cloud.Bulk {
    private final JdbcTemplate batches;
    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Clock clock;

    private volatile Duration confirmAfter;
    private volatile Duration latency;
    private volatile boolean failOpen;
    private volatile boolean failClose;
    private volatile boolean throttle;

    DryRunCloud(
            JdbcTemplate batches, PlatformTransactionManager transactions, Clock clock, DryRunProperties properties) {
        this.batches = batches;
        this.database = JdbcClient.create(batches);
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
        ask(List.of(asked(lease)), true);
    }

    @Override
    public void close(Lease lease) {
        closeAll(List.of(lease));
    }

    @Override
    public Presence presenceOf(Lease lease) {
        return presencesOf(List.of(lease)).getOrDefault(lease.objectKey(), Presence.CHANGING);
    }

    @Override
    public Optional<Bulk> bulk() {
        return Optional.of(this);
    }

    @Override
    public void closeAll(List<Lease> leases) {
        call(failClose, "close");
        ask(leases.stream().map(DryRunCloud::asked).toList(), false);
    }

    @Override
    public Map<String, Presence> presencesOf(List<Lease> leases) {
        call(false, "be asked");
        Set<String> keys = leases.stream().map(Lease::objectKey).collect(Collectors.toSet());
        Map<String, Presence> presences = new HashMap<>();
        apart.executeWithoutResult(transaction -> {
            Set<String> changing = settle(keys);
            Set<String> there = there(keys);
            keys.forEach(key -> presences.put(
                    key,
                    changing.contains(key)
                            ? Presence.CHANGING
                            : there.contains(key) ? Presence.PRESENT : Presence.ABSENT));
        });
        return presences;
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
                List.of(new Asked(
                        tenant,
                        held.objectKey(),
                        held.account().value(),
                        held.identity(),
                        held.entitlement(),
                        String.valueOf(held.grant()))),
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

    /** What is to be opened or closed. */
    private record Asked(
            TenantId tenant, String objectKey, String account, String identity, String entitlement, String grant) {}

    private static Asked asked(Lease lease) {
        return new Asked(
                lease.tenant(),
                lease.objectKey(),
                lease.account().value(),
                lease.identity().key(),
                lease.entitlement().toString(),
                lease.grant().value());
    }

    private void ask(List<Asked> all, boolean opening) {
        Set<String> keys = all.stream().map(Asked::objectKey).collect(Collectors.toSet());
        apart.executeWithoutResult(transaction -> {
            Set<String> changing = settle(keys);
            Set<String> there = there(keys);
            drop(changing);
            List<Asked> todo = all.stream()
                    .filter(asked ->
                            changing.contains(asked.objectKey()) || there.contains(asked.objectKey()) != opening)
                    .toList();
            if (confirmAfter.isZero()) {
                doAtOnce(todo, opening);
            } else {
                begin(todo, opening);
            }
        });
    }

    private void begin(List<Asked> todo, boolean opening) {
        OffsetDateTime completesAt = clock.instant().plus(confirmAfter).atOffset(ZoneOffset.UTC);
        batches.batchUpdate(
                """
                insert into dry_run_operation (object_key, tenant_id, account_id, identity, permission, grant_id, opening,
                        completes_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)""",
                todo.stream().map(asked -> row(asked, opening, completesAt)).toList());
    }

    /** What takes no time was never under way. */
    private void doAtOnce(List<Asked> todo, boolean opening) {
        Set<String> keys = todo.stream().map(Asked::objectKey).collect(Collectors.toSet());
        if (!keys.isEmpty()) {
            database.sql("delete from dry_run_access where object_key in (:keys)")
                    .param("keys", keys)
                    .update();
        }
        if (opening) {
            OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
            batches.batchUpdate(
                    """
                    insert into dry_run_access (object_key, tenant_id, account_id, identity, permission, grant_id, since)
                    values (?, ?, ?, ?, ?, ?, ?)""",
                    todo.stream().map(asked -> row(asked, now)).toList());
        }
    }

    private static Object[] row(Asked asked, Object... more) {
        return Stream.concat(
                        Stream.of(
                                asked.objectKey(),
                                asked.tenant().value(),
                                asked.account(),
                                asked.identity(),
                                asked.entitlement(),
                                asked.grant()),
                        Stream.of(more))
                .toArray();
    }

    /**
     * Does what has been under way on these objects for long enough; of two who see it done, one does it.
     *
     * @return where something is still under way
     */
    private Set<String> settle(Set<String> keys) {
        if (keys.isEmpty()) {
            return Set.of();
        }
        List<Operation> operations = database.sql(
                        "select object_key, opening, completes_at <= :now from dry_run_operation"
                                + " where object_key in (:keys) order by object_key for update")
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("keys", keys)
                .query((row, number) -> new Operation(row.getString(1), row.getBoolean(2), row.getBoolean(3)))
                .list();
        Set<String> complete = keys(operations.stream().filter(Operation::complete));
        Set<String> opened =
                keys(operations.stream().filter(Operation::complete).filter(Operation::opening));
        if (!complete.isEmpty()) {
            database.sql("delete from dry_run_access where object_key in (:keys)")
                    .param("keys", complete)
                    .update();
        }
        if (!opened.isEmpty()) {
            database.sql(
                            """
                            insert into dry_run_access (object_key, tenant_id, account_id, identity, permission, grant_id, since)
                            select object_key, tenant_id, account_id, identity, permission, grant_id, completes_at
                            from dry_run_operation where object_key in (:keys)""")
                    .param("keys", opened)
                    .update();
        }
        drop(complete);
        return keys(operations.stream().filter(operation -> !operation.complete()));
    }

    /** What is under way on an object; there is at most one. */
    private record Operation(String objectKey, boolean opening, boolean complete) {}

    private static Set<String> keys(Stream<Operation> operations) {
        return operations.map(Operation::objectKey).collect(Collectors.toSet());
    }

    private void drop(Set<String> keys) {
        if (!keys.isEmpty()) {
            database.sql("delete from dry_run_operation where object_key in (:keys)")
                    .param("keys", keys)
                    .update();
        }
    }

    private Set<String> there(Set<String> keys) {
        return keys.isEmpty()
                ? Set.of()
                : Set.copyOf(database.sql("select object_key from dry_run_access where object_key in (:keys)")
                        .param("keys", keys)
                        .query(String.class)
                        .list());
    }
}
