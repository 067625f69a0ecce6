package io.drawbridge.request.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.AccessRequests.Occasion;
import io.drawbridge.request.PastJudgements;
import io.drawbridge.request.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Judgements in our own table. */
@Repository
class JdbcPastJudgements implements PastJudgements {
    private final JdbcClient database;

    JdbcPastJudgements(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<Count> counts(TenantId tenant, Instant since, int most) {
        return database.sql("select policies, allowed, count(*) as times, max(asked_at) as last_at from"
                        + " (select policies, allowed, asked_at from policy_decision where tenant_id = ? and asked_at >= ?"
                        + " order by asked_at desc limit ?) lately group by policies, allowed")
                .params(tenant.value(), since.atOffset(ZoneOffset.UTC), most)
                .query((row, number) -> new Count(
                        policies(row),
                        row.getBoolean("allowed"),
                        row.getLong("times"),
                        row.getObject("last_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    @Override
    public List<Past> latest(
            TenantId tenant, @Nullable Set<ScopeId> readableAccounts, PersonId reader, Instant since, int limit) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("tenant", tenant.value());
        parameters.put("since", since.atOffset(ZoneOffset.UTC));
        parameters.put("limit", limit);
        String mayRead = "";
        if (readableAccounts != null) {
            parameters.put("reader", reader.value());
            mayRead = " and r.requester_id = :reader";
            if (!readableAccounts.isEmpty()) {
                parameters.put(
                        "readable",
                        readableAccounts.stream().map(ScopeId::value).toList());
                mayRead = " and (r.requester_id = :reader or r.account_id in (:readable))";
            }
        }
        return database.sql("select d.request_id, r.requester_id, r.account_id, r.permission, d.asked_at, d.occasion,"
                        + " d.allowed, d.mode, d.policies, d.set_hash from policy_decision d"
                        + " join access_request r on r.id = d.request_id"
                        + " where d.tenant_id = :tenant and d.asked_at >= :since" + mayRead
                        + " order by d.asked_at desc, d.number desc limit :limit")
                .params(parameters)
                .query((row, number) -> past(row))
                .list();
    }

    @Override
    public List<Kept> kept(
            TenantId tenant, @Nullable Instant since, @Nullable Instant until, @Nullable Long before, int limit) {
        StringBuilder condition = new StringBuilder(" where d.tenant_id = :tenant");
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("tenant", tenant.value());
        parameters.put("limit", limit);
        if (since != null) {
            condition.append(" and d.asked_at >= :since");
            parameters.put("since", since.atOffset(ZoneOffset.UTC));
        }
        if (until != null) {
            condition.append(" and d.asked_at < :until");
            parameters.put("until", until.atOffset(ZoneOffset.UTC));
        }
        if (before != null) {
            condition.append(" and (d.asked_at, d.number) < (select p.asked_at, p.number from policy_decision p"
                    + " where p.tenant_id = :tenant and p.number = :before)");
            parameters.put("before", before);
        }
        return database.sql("select d.number, d.evidence, d.request_id, r.requester_id, r.account_id, r.permission,"
                        + " d.asked_at, d.occasion, d.allowed, d.mode, d.policies, d.set_hash from policy_decision d"
                        + " join access_request r on r.id = d.request_id" + condition
                        + " order by d.asked_at desc, d.number desc limit :limit")
                .params(parameters)
                .query((row, number) -> new Kept(row.getLong("number"), past(row), row.getString("evidence")))
                .list();
    }

    private static Past past(ResultSet row) throws SQLException {
        return new Past(
                new RequestId(row.getString("request_id")),
                new PersonId(row.getString("requester_id")),
                new ScopeId(row.getString("account_id")),
                row.getString("permission"),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                Occasion.valueOf(row.getString("occasion")),
                row.getBoolean("allowed"),
                row.getString("mode"),
                policies(row),
                row.getString("set_hash"));
    }

    private static List<String> policies(ResultSet row) throws SQLException {
        String policies = row.getString("policies");
        return policies.isEmpty() ? List.of() : policies.lines().toList();
    }
}
