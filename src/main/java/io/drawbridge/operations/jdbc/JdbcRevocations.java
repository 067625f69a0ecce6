package io.drawbridge.operations.jdbc;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Revocations;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcRevocations implements Revocations {
    /** As {@link io.drawbridge.grant.Grant#overAt}. */
    private static final String OVER_AT = "least(ends_at, coalesce(revoking_at, ends_at))";

    private static final String REVOKED =
            "from access_grant where tenant_id in (:tenants) and state = 'REVOKED' and revoked_at >= :since and revoked_at < :until";

    private static final String OVERDUE =
            """
            from access_grant where tenant_id in (:tenants) and state in ('PROVISIONING', 'ACTIVE', 'REVOKING', 'REVOKE_OVERDUE')
                and (state = 'REVOKE_OVERDUE' or %s < :before)"""
                    .formatted(OVER_AT);

    private final JdbcClient database;

    JdbcRevocations(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Lateness lateness(Set<TenantId> tenants, Instant since, Instant until) {
        return database.sql(
                        """
                        select count(*) as number,
                            percentile_disc(0.5) within group (order by late) as p50,
                            percentile_disc(0.95) within group (order by late) as p95,
                            max(late) as latest
                        from (select cast(extract(epoch from (revoked_at - %s)) as double precision) as late %s) revocation"""
                                .formatted(OVER_AT, REVOKED))
                .params(window(tenants, since, until))
                .query((row, number) -> new Lateness(
                        row.getLong("number"),
                        seconds(row.getDouble("p50")),
                        seconds(row.getDouble("p95")),
                        seconds(row.getDouble("latest"))))
                .single();
    }

    @Override
    public List<Late> latest(Set<TenantId> tenants, Instant since, Instant until, int limit) {
        return database.sql(("select tenant_id, request_id, id, account_id, %1$s as over_at, revoked_at %2$s"
                                + " order by revoked_at - %1$s desc, id limit :limit")
                        .formatted(OVER_AT, REVOKED))
                .params(window(tenants, since, until))
                .param("limit", limit)
                .query((row, number) -> {
                    Instant overAt = instant(row, "over_at");
                    Instant revokedAt = instant(row, "revoked_at");
                    return new Late(
                            new TenantId(row.getString("tenant_id")),
                            new RequestId(row.getString("request_id")),
                            new GrantId(row.getString("id")),
                            new ScopeId(row.getString("account_id")),
                            overAt,
                            revokedAt,
                            Duration.between(overAt, revokedAt));
                })
                .list();
    }

    @Override
    public List<StillOn> overdue(Set<TenantId> tenants, Instant before, int limit) {
        return database.sql("select tenant_id, request_id, id, account_id, state, " + OVER_AT + " as over_at, failure "
                        + OVERDUE + " order by over_at, id limit :limit")
                .param("tenants", ids(tenants))
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query((row, number) -> new StillOn(
                        new TenantId(row.getString("tenant_id")),
                        new RequestId(row.getString("request_id")),
                        new GrantId(row.getString("id")),
                        new ScopeId(row.getString("account_id")),
                        GrantState.valueOf(row.getString("state")),
                        instant(row, "over_at"),
                        row.getString("failure")))
                .list();
    }

    @Override
    public long countOverdue(TenantId tenant, Instant before) {
        return database.sql("select count(*) " + OVERDUE)
                .param("tenants", ids(Set.of(tenant)))
                .param("before", before.atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
    }

    @Override
    public List<Living> living(TenantId tenant) {
        return database.sql(
                        """
                        select state, count(*) from access_grant
                        where tenant_id = ? and state in ('PROVISIONING', 'ACTIVE', 'REVOKING', 'REVOKE_OVERDUE')
                        group by state""")
                .param(tenant.value())
                .query((row, number) -> new Living(GrantState.valueOf(row.getString(1)), row.getLong(2)))
                .list();
    }

    @Override
    public List<Open> open(TenantId tenant) {
        return database.sql(
                        """
                        select status, count(*) from access_request
                        where tenant_id = ? and status in ('REQUESTED', 'PENDING')
                        group by status""")
                .param(tenant.value())
                .query((row, number) -> new Open(RequestStatus.valueOf(row.getString(1)), row.getLong(2)))
                .list();
    }

    private static Map<String, Object> window(Set<TenantId> tenants, Instant since, Instant until) {
        return Map.of(
                "tenants",
                ids(tenants),
                "since",
                since.atOffset(ZoneOffset.UTC),
                "until",
                until.atOffset(ZoneOffset.UTC));
    }

    private static List<String> ids(Set<TenantId> tenants) {
        return tenants.stream().map(TenantId::value).toList();
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
