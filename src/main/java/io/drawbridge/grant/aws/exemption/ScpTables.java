package io.drawbridge.grant.aws.exemption;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is wanted in the documents of each account, and what is known of them; outside of the caller's transaction, as all
 * that a cloud is asked for.
 */
@Repository
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class ScpTables {
    private static final int LONGEST_FAILURE = 4_000;

    private final JdbcClient database;
    private final TransactionTemplate apart;

    ScpTables(JdbcClient database, PlatformTransactionManager transactions) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** Does the work in a transaction of its own while nobody else changes what is wanted in the account. */
    <T> T withAccount(TenantId tenant, ScopeId account, Supplier<T> work) {
        T done = apart.execute(transaction -> {
            lock(tenant, account);
            return work.get();
        });
        if (done == null) {
            throw new IllegalStateException("Work on account " + account + " came to nothing.");
        }
        return done;
    }

    private void lock(TenantId tenant, ScopeId account) {
        String lock = "select wanted from scp_account where tenant_id = ? and account_id = ? for update";
        if (database.sql(lock)
                .params(tenant.value(), account.value())
                .query(Long.class)
                .optional()
                .isPresent()) {
            return;
        }
        create(tenant, account);
        if (database.sql(lock)
                .params(tenant.value(), account.value())
                .query(Long.class)
                .optional()
                .isEmpty()) {
            throw new IllegalStateException("The documents of account " + account + " cannot be locked.");
        }
    }

    private void create(TenantId tenant, ScopeId account) {
        try {
            apart.executeWithoutResult(transaction -> database.sql(
                            """
                            insert into scp_account (tenant_id, account_id, wanted, written, urgent, attempts, next_attempt_at,
                                    failure_is_final)
                            values (?, ?, 0, 0, false, 0, ?, false)""")
                    .params(tenant.value(), account.value(), at(Instant.EPOCH))
                    .update());
        } catch (DuplicateKeyException other) {
            // NB. Not swallowed: another node made the row at the same moment; the caller locks it and fails if not.
            return;
        }
    }

    /**
     * Gives the next number to a change; the writer takes it up at once, whatever failed before.
     *
     * @param urgent whether it takes access back
     */
    long change(TenantId tenant, ScopeId account, boolean urgent, Instant now) {
        database.sql(
                        """
                        update scp_account set wanted = wanted + 1, urgent = (urgent or ?), attempts = 0, next_attempt_at = ?,
                                failure = null, failure_is_final = false, dirty_since = coalesce(dirty_since, ?)
                        where tenant_id = ? and account_id = ?""")
                .params(urgent, at(now), at(now), tenant.value(), account.value())
                .update();
        return writes(tenant, account).map(AccountWrites::wanted).orElseThrow();
    }

    Optional<AccountWrites> writes(TenantId tenant, ScopeId account) {
        return database.sql(WRITES + "where tenant_id = ? and account_id = ?")
                .params(tenant.value(), account.value())
                .query(ScpTables::writes)
                .optional();
    }

    private static final String WRITES =
            "select account_id, wanted, written, urgent, attempts, next_attempt_at, failure, failure_is_final from scp_account ";

    /** Accounts with something to write now: first those where access is taken back, then those that have waited longest. */
    List<AccountWrites> due(TenantId tenant, Instant now) {
        return database.sql(
                        WRITES
                                + "where tenant_id = ? and wanted > written and next_attempt_at <= ? order by urgent desc, dirty_since")
                .params(tenant.value(), at(now))
                .query(ScpTables::writes)
                .list();
    }

    List<ScopeId> accounts(TenantId tenant) {
        return database.sql("select account_id from scp_account where tenant_id = ? order by account_id")
                .param(tenant.value())
                .query((row, number) -> new ScopeId(row.getString(1)))
                .list();
    }

    /**
     * Everything up to that number is in force.
     *
     * @param closure what the controls close by it, as {@link Closures.Closure#sha256}
     * @param asOf when it was seen what was wanted by then; whatever is wanted beyond it has not waited for longer
     */
    void written(TenantId tenant, ScopeId account, long number, String closure, Instant asOf) {
        database.sql(
                        """
                        update scp_account set written = ?, attempts = 0, failure = null, failure_is_final = false,
                                urgent = (urgent and wanted > ?), closure_sha256 = ?,
                                dirty_since = case when wanted > ? then cast(? as timestamp with time zone) else null end
                        where tenant_id = ? and account_id = ? and written < ?""")
                .params(number, number, closure, number, at(asOf), tenant.value(), account.value(), number)
                .update();
    }

    /** Accounts in which not all that is wanted is in force, and since when the oldest of it was wanted, by tenant. */
    List<Cloud.Unwritten> unwritten() {
        return database.sql(
                        """
                        select tenant_id, count(*), min(dirty_since) from scp_account where wanted > written
                        group by tenant_id order by tenant_id""")
                .query((row, number) ->
                        new Cloud.Unwritten(new TenantId(row.getString(1)), row.getLong(2), instant(row, 3)))
                .list();
    }

    /** What was opened and closed up to that number is in force, whatever else of the account is not. */
    void confirm(TenantId tenant, ScopeId account, long number, Instant now) {
        database.sql(
                        """
                        update scp_opening set confirmed_at = ?, horizon = ends_at
                        where tenant_id = ? and account_id = ? and change_number <= ? and confirmed_at is null""")
                .params(at(now), tenant.value(), account.value(), number)
                .update();
    }

    /** What the controls closed in what was written last; empty before the first time. */
    String closure(TenantId tenant, ScopeId account) {
        return database.sql("select closure_sha256 from scp_account where tenant_id = ? and account_id = ?")
                .params(tenant.value(), account.value())
                .query(String.class)
                .optional()
                .orElse("");
    }

    void failed(TenantId tenant, ScopeId account, String failure, boolean isFinal, Instant nextAttemptAt) {
        apart.executeWithoutResult(transaction -> database.sql(
                        """
                        update scp_account set attempts = attempts + 1, failure = ?, failure_is_final = ?, next_attempt_at = ?
                        where tenant_id = ? and account_id = ?""")
                .params(shortened(failure), isFinal, at(nextAttemptAt), tenant.value(), account.value())
                .update());
    }

    Optional<Opening> opening(String objectKey) {
        return database.sql(OPENING + "where object_key = ?")
                .param(objectKey)
                .query(ScpTables::opening)
                .optional();
    }

    private static final String OPENING =
            """
            select object_key, tenant_id, account_id, action, identity_key, principal_kind, principal_id, grant_id, ends_at,
                    horizon, wanted_open, change_number, confirmed_at from scp_opening\s""";

    List<Opening> openings(TenantId tenant, ScopeId account) {
        return database.sql(OPENING + "where tenant_id = ? and account_id = ? order by object_key")
                .params(tenant.value(), account.value())
                .query(ScpTables::opening)
                .list();
    }

    void save(Opening opening) {
        forget(opening.objectKey());
        database.sql(
                        """
                        insert into scp_opening (object_key, tenant_id, account_id, action, identity_key, principal_kind,
                                principal_id, grant_id, ends_at, horizon, wanted_open, change_number, confirmed_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        opening.objectKey(),
                        opening.tenant().value(),
                        opening.account().value(),
                        opening.action().toString(),
                        opening.identityKey(),
                        opening.principal().kind().name(),
                        opening.principal().id(),
                        opening.grant().value(),
                        at(opening.endsAt()),
                        at(opening.horizon()),
                        opening.wantedOpen(),
                        opening.change(),
                        opening.confirmedAt() == null ? null : at(opening.confirmedAt()))
                .update();
    }

    void forget(String objectKey) {
        database.sql("delete from scp_opening where object_key = ?")
                .param(objectKey)
                .update();
    }

    /** Drops what has long been closed by AWS at its end and was asked about by nobody since. */
    void forgetWhatEndedBefore(TenantId tenant, ScopeId account, Instant moment) {
        database.sql(
                        "delete from scp_opening where tenant_id = ? and account_id = ? and horizon < ? and confirmed_at is not null")
                .params(tenant.value(), account.value(), at(moment))
                .update();
    }

    SortedMap<String, Integer> assignment(TenantId tenant, ScopeId account) {
        TreeMap<String, Integer> assignment = new TreeMap<>();
        database.sql("select action, number from scp_action where tenant_id = ? and account_id = ?")
                .params(tenant.value(), account.value())
                .query(row -> {
                    assignment.put(row.getString(1), row.getInt(2));
                });
        return assignment;
    }

    void saveAssignment(TenantId tenant, ScopeId account, Map<String, Integer> assignment) {
        apart.executeWithoutResult(transaction -> {
            Map<String, Integer> kept = assignment(tenant, account);
            kept.forEach((action, number) -> {
                if (!number.equals(assignment.get(action))) {
                    database.sql("delete from scp_action where tenant_id = ? and account_id = ? and action = ?")
                            .params(tenant.value(), account.value(), action)
                            .update();
                }
            });
            assignment.forEach((action, number) -> {
                if (!number.equals(kept.get(action))) {
                    database.sql("insert into scp_action (tenant_id, account_id, action, number) values (?, ?, ?, ?)")
                            .params(tenant.value(), account.value(), action, number)
                            .update();
                }
            });
        });
    }

    private static final String DOCUMENT =
            """
            select account_id, number, policy_id, content, sha256, pending_sha256, generation, foreign_finding, accepted_sha256
            from scp_document\s""";

    List<Document> documents(TenantId tenant) {
        return database.sql(DOCUMENT + "where tenant_id = ? order by account_id, number")
                .param(tenant.value())
                .query(ScpTables::document)
                .list();
    }

    List<Document> documents(TenantId tenant, ScopeId account) {
        return database.sql(DOCUMENT + "where tenant_id = ? and account_id = ? order by number")
                .params(tenant.value(), account.value())
                .query(ScpTables::document)
                .list();
    }

    Optional<Document> document(TenantId tenant, ScopeId account, int number) {
        return documents(tenant, account).stream()
                .filter(document -> document.number() == number)
                .findFirst();
    }

    int countDocuments(TenantId tenant) {
        return database.sql("select count(*) from scp_document where tenant_id = ?")
                .param(tenant.value())
                .query(Integer.class)
                .single();
    }

    /** Keeps the id of the call that wrote the document last. */
    void writtenUnder(TenantId tenant, ScopeId account, int number, String requestId) {
        apart.executeWithoutResult(transaction -> database.sql(
                        "update scp_document set written_under = ? where tenant_id = ? and account_id = ? and number = ?")
                .params(requestId, tenant.value(), account.value(), number)
                .update());
    }

    /** The id of the call that last wrote the document that closes the action; empty if it is closed in none. */
    Optional<String> writtenUnder(TenantId tenant, ScopeId account, String action) {
        return database.sql(
                        "select d.written_under from scp_action a join scp_document d on d.tenant_id = a.tenant_id"
                                + " and d.account_id = a.account_id and d.number = a.number"
                                + " where a.tenant_id = ? and a.account_id = ? and a.action = ? and d.written_under is not null")
                .params(tenant.value(), account.value(), action)
                .query(String.class)
                .optional();
    }

    void save(TenantId tenant, Document document) {
        apart.executeWithoutResult(transaction -> {
            int updated = database.sql(
                            """
                            update scp_document set policy_id = ?, content = ?, sha256 = ?, pending_sha256 = ?, generation = ?,
                                    foreign_finding = ?, accepted_sha256 = ?
                            where tenant_id = ? and account_id = ? and number = ?""")
                    .params(
                            document.policyId(),
                            document.content(),
                            document.sha256(),
                            document.pendingSha256(),
                            document.generation(),
                            document.foreignFinding() == null ? null : shortened(document.foreignFinding()),
                            document.acceptedSha256(),
                            tenant.value(),
                            document.account().value(),
                            document.number())
                    .update();
            if (updated == 0) {
                database.sql(
                                """
                                insert into scp_document (policy_id, content, sha256, pending_sha256, generation, foreign_finding,
                                        accepted_sha256, tenant_id, account_id, number)
                                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                        .params(
                                document.policyId(),
                                document.content(),
                                document.sha256(),
                                document.pendingSha256(),
                                document.generation(),
                                document.foreignFinding(),
                                document.acceptedSha256(),
                                tenant.value(),
                                document.account().value(),
                                document.number())
                        .update();
            }
        });
    }

    void remove(TenantId tenant, Document document) {
        apart.executeWithoutResult(transaction -> database.sql(
                        "delete from scp_document where tenant_id = ? and account_id = ? and number = ?")
                .params(tenant.value(), document.account().value(), document.number())
                .update());
    }

    private static AccountWrites writes(ResultSet row, int number) throws SQLException {
        return new AccountWrites(
                new ScopeId(row.getString(1)),
                row.getLong(2),
                row.getLong(3),
                row.getBoolean(4),
                row.getInt(5),
                instant(row, 6),
                row.getString(7),
                row.getBoolean(8));
    }

    private static Opening opening(ResultSet row, int number) throws SQLException {
        OffsetDateTime confirmed = row.getObject(13, OffsetDateTime.class);
        return new Opening(
                row.getString(1),
                new TenantId(row.getString(2)),
                new ScopeId(row.getString(3)),
                PermissionName.parse(row.getString(4)),
                row.getString(5),
                new PrincipalId(PrincipalId.Kind.valueOf(row.getString(6)), row.getString(7)),
                new GrantId(row.getString(8)),
                instant(row, 9),
                instant(row, 10),
                row.getBoolean(11),
                row.getLong(12),
                confirmed == null ? null : confirmed.toInstant());
    }

    private static Document document(ResultSet row, int number) throws SQLException {
        return new Document(
                new ScopeId(row.getString(1)),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                row.getString(8),
                row.getString(9));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable String shortened(@Nullable String text) {
        return text == null || text.length() <= LONGEST_FAILURE ? text : text.substring(0, LONGEST_FAILURE);
    }
}
