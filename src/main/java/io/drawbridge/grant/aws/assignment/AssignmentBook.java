package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.aws.assignment.Assignment.Deed;
import io.drawbridge.grant.aws.assignment.Assignment.Side;
import io.drawbridge.grant.aws.assignment.Assignment.Target;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.ScopeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ssoadmin.model.PrincipalType;

/**
 * All assignments, wanted or not. Each change is a transaction of its own, whatever becomes of the caller's: what was asked
 * of AWS stays asked.
 */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class AssignmentBook {
    private static final String SELECT = "select * from account_assignment ";

    private final JdbcClient database;
    private final TransactionTemplate apart;

    AssignmentBook(JdbcClient database, PlatformTransactionManager transactions) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    Optional<Assignment> find(String objectKey) {
        return Optional.ofNullable(apart.execute(transaction -> database.sql(SELECT + "where object_key = ?")
                .param(objectKey)
                .query(AssignmentBook::assignment)
                .optional()
                .orElse(null)));
    }

    /** What AWS has in hand and is to be asked about now, removals first. */
    List<Assignment> toFollow(TenantId tenant, Instant now) {
        return unsettled(
                "request_id is not null and next_attempt_at <= ? order by request desc, wanted_since", tenant, now);
    }

    /** What is to be looked at now, removals first. */
    List<Assignment> toLookAt(TenantId tenant, Instant now) {
        return unsettled(
                "request_id is null and seen is null and next_attempt_at <= ? order by wanted, wanted_since",
                tenant,
                now);
    }

    /**
     * What may be sent now; {@link Assignment#next} says what. First what was sent and lost, which holds a place among the
     * outstanding, then removals, the longest wanted first.
     *
     * @param limit at most so many
     */
    List<Assignment> toSend(TenantId tenant, Instant now, int limit) {
        return unsettled(
                "request_id is null and seen is not null and (wanted = 'ABSENT' or failure is null)"
                        + " and next_attempt_at <= ? order by case when request is null then 1 else 0 end, wanted, wanted_since,"
                        + " object_key limit "
                        + limit,
                tenant,
                now);
    }

    /** How many requests AWS has in hand, or may have. */
    int outstanding(TenantId tenant) {
        return database.sql(
                        "select count(*) from account_assignment where tenant_id = ? and settled = false and request is not null")
                .param(tenant.value())
                .query(Integer.class)
                .single();
    }

    /** The rest of the condition and the order are our own constants. */
    private List<Assignment> unsettled(String rest, TenantId tenant, Instant now) {
        return database.sql(SELECT + "where tenant_id = ? and settled = false and " + rest)
                .params(tenant.value(), at(now))
                .query(AssignmentBook::assignment)
                .list();
    }

    /** All of a tenant that are wanted, or were seen to be there. */
    List<Assignment> of(TenantId tenant) {
        return database.sql(SELECT + "where tenant_id = ? order by object_key")
                .param(tenant.value())
                .query(AssignmentBook::assignment)
                .list();
    }

    /** Those whose sessions may live on after their removal. */
    List<Assignment> withSessions(TenantId tenant, Instant now) {
        return database.sql(SELECT + "where tenant_id = ? and sessions_until > ? order by object_key")
                .params(tenant.value(), at(now))
                .query(AssignmentBook::assignment)
                .list();
    }

    /** How many removals wait for AWS to take them. */
    int waitingRemovals(TenantId tenant) {
        return database.sql(
                        """
                        select count(*) from account_assignment
                        where tenant_id = ? and settled = false and wanted = 'ABSENT' and request_id is null""")
                .param(tenant.value())
                .query(Integer.class)
                .single();
    }

    /** Adds it, unless it is there; then only changes it. */
    void addOrChange(Assignment added, Consumer<Assignment> change) {
        if (change(added.target.objectKey(), change)) {
            return;
        }
        try {
            apart.executeWithoutResult(transaction -> insert(added));
        } catch (DuplicateKeyException other) {
            // NB. Not swallowed: somebody else added it at the same moment, and it is changed now.
            if (!change(added.target.objectKey(), change)) {
                throw other;
            }
        }
    }

    /** Changes it under its row lock; false if it is not there. */
    boolean change(String objectKey, Consumer<Assignment> change) {
        Boolean there = apart.execute(transaction -> {
            Optional<Assignment> found = database.sql(SELECT + "where object_key = ? for update")
                    .param(objectKey)
                    .query(AssignmentBook::assignment)
                    .optional();
            found.ifPresent(assignment -> {
                change.accept(assignment);
                update(assignment);
            });
            return found.isPresent();
        });
        return Boolean.TRUE.equals(there);
    }

    /** Forgets what has been gone for long, and of which no session can live. */
    void forget(TenantId tenant, Instant goneBefore, Instant now) {
        apart.executeWithoutResult(transaction -> database.sql(
                        """
                        delete from account_assignment
                        where tenant_id = ? and settled = true and wanted = 'ABSENT' and seen_at < ?
                          and (sessions_until is null or sessions_until <= ?)""")
                .params(tenant.value(), at(goneBefore), at(now))
                .update());
    }

    private void insert(Assignment assignment) {
        bind(
                        database.sql(
                                """
                        insert into account_assignment (object_key, tenant_id, account_id, permission_set, permission_set_arn,
                            principal_type, principal_id, identity, grant_id, revision, wanted, wanted_since, settled, seen,
                            seen_at, present_at, request, request_id, taken_under, requested_at, succeeded, succeeded_at, attempts,
                            next_attempt_at, failure, impossible, unknown_to_aws, unreachable, remark, removed_at,
                            sessions_until, closes_sessions, sessions_denied_at)
                        values (:key, :tenant, :account, :permissionSet, :arn, :principalType, :principalId, :identity, :grant,
                            :revision, :wanted, :wantedSince, :settled, :seen, :seenAt, :presentAt, :request, :requestId, :takenUnder,
                            :requestedAt, :succeeded, :succeededAt, :attempts, :nextAttemptAt, :failure, :impossible,
                            :unknownToAws, :unreachable, :remark, :removedAt, :sessionsUntil, :closesSessions,
                            :sessionsDeniedAt)"""),
                        assignment)
                .param("tenant", assignment.target.tenant().value())
                .param("account", assignment.target.account().value())
                .param("permissionSet", assignment.target.permissionSet().name())
                .param("principalType", assignment.target.principalType().toString())
                .param("identity", assignment.target.identity())
                .update();
    }

    private void update(Assignment assignment) {
        bind(
                        database.sql(
                                """
                        update account_assignment set permission_set_arn = :arn, principal_id = :principalId, grant_id = :grant,
                            revision = :revision, wanted = :wanted, wanted_since = :wantedSince, settled = :settled,
                            seen = :seen, seen_at = :seenAt, present_at = :presentAt, request = :request,
                            request_id = :requestId, taken_under = :takenUnder, requested_at = :requestedAt, succeeded = :succeeded,
                            succeeded_at = :succeededAt, attempts = :attempts, next_attempt_at = :nextAttemptAt,
                            failure = :failure, impossible = :impossible, unknown_to_aws = :unknownToAws,
                            unreachable = :unreachable, remark = :remark, removed_at = :removedAt,
                            sessions_until = :sessionsUntil, closes_sessions = :closesSessions,
                            sessions_denied_at = :sessionsDeniedAt
                        where object_key = :key"""),
                        assignment)
                .update();
    }

    private static JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement, Assignment row) {
        return statement
                .param("key", row.target.objectKey())
                .param("arn", row.target.permissionSetArn())
                .param("principalId", row.target.principalId())
                .param("grant", row.grant == null ? null : row.grant.value(), Types.VARCHAR)
                .param("revision", row.revision)
                .param("wanted", row.wanted.name())
                .param("wantedSince", at(row.wantedSince))
                .param("settled", row.isSettled())
                .param("seen", name(row.seen), Types.VARCHAR)
                .param("seenAt", at(row.seenAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("presentAt", at(row.presentAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("request", name(row.request), Types.VARCHAR)
                .param("requestId", row.requestId, Types.VARCHAR)
                .param("takenUnder", row.takenUnder, Types.VARCHAR)
                .param("requestedAt", at(row.requestedAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("succeeded", name(row.succeeded), Types.VARCHAR)
                .param("succeededAt", at(row.succeededAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("attempts", row.attempts)
                .param("nextAttemptAt", at(row.nextAttemptAt))
                .param("failure", row.failure, Types.VARCHAR)
                .param("impossible", row.impossible)
                .param("unknownToAws", row.unknownToAws)
                .param("unreachable", row.unreachable, Types.VARCHAR)
                .param("remark", row.remark, Types.VARCHAR)
                .param("removedAt", at(row.removedAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sessionsUntil", at(row.sessionsUntil), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("closesSessions", row.closesSessions)
                .param("sessionsDeniedAt", at(row.sessionsDeniedAt), Types.TIMESTAMP_WITH_TIMEZONE);
    }

    private static Assignment assignment(ResultSet row, int number) throws SQLException {
        String grant = row.getString("grant_id");
        Assignment assignment = new Assignment(
                new Target(
                        row.getString("object_key"),
                        new TenantId(row.getString("tenant_id")),
                        new ScopeId(row.getString("account_id")),
                        new PermissionSetName(row.getString("permission_set")),
                        row.getString("permission_set_arn"),
                        PrincipalType.fromValue(row.getString("principal_type")),
                        row.getString("principal_id"),
                        row.getString("identity")),
                Side.valueOf(row.getString("wanted")),
                row.getObject("wanted_since", OffsetDateTime.class).toInstant());
        assignment.grant = grant == null ? null : new GrantId(grant);
        assignment.revision = row.getLong("revision");
        String seen = row.getString("seen");
        assignment.seen = seen == null ? null : Side.valueOf(seen);
        assignment.seenAt = instant(row, "seen_at");
        assignment.presentAt = instant(row, "present_at");
        assignment.request = deed(row.getString("request"));
        assignment.requestId = row.getString("request_id");
        assignment.takenUnder = row.getString("taken_under");
        assignment.requestedAt = instant(row, "requested_at");
        assignment.succeeded = deed(row.getString("succeeded"));
        assignment.succeededAt = instant(row, "succeeded_at");
        assignment.attempts = row.getInt("attempts");
        assignment.nextAttemptAt =
                row.getObject("next_attempt_at", OffsetDateTime.class).toInstant();
        assignment.failure = row.getString("failure");
        assignment.impossible = row.getBoolean("impossible");
        assignment.unknownToAws = row.getBoolean("unknown_to_aws");
        assignment.unreachable = row.getString("unreachable");
        assignment.remark = row.getString("remark");
        assignment.removedAt = instant(row, "removed_at");
        assignment.sessionsUntil = instant(row, "sessions_until");
        assignment.closesSessions = row.getBoolean("closes_sessions");
        assignment.sessionsDeniedAt = instant(row, "sessions_denied_at");
        return assignment;
    }

    private static @Nullable Deed deed(@Nullable String name) {
        return name == null ? null : Deed.valueOf(name);
    }

    private static @Nullable String name(@Nullable Enum<?> value) {
        return value == null ? null : value.name();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
