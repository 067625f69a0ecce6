package io.drawbridge.grant.jdbc;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantChanged;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.Grants;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@Repository
class JdbcGrants implements Grants {
    private static final String ENDED = "('REVOKED', 'PROVISION_FAILED')";

    private final NamedParameterJdbcTemplate batches;
    private final JdbcClient database;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate savepoint;

    JdbcGrants(JdbcTemplate database, PlatformTransactionManager transactions, ApplicationEventPublisher events) {
        this.batches = new NamedParameterJdbcTemplate(database);
        this.database = JdbcClient.create(database);
        this.events = events;
        this.savepoint = new TransactionTemplate(transactions);
        this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    @Override
    public Optional<Grant> find(GrantId id) {
        Optional<Grant> held = held(id);
        return held.isPresent()
                ? held
                : select("where id = :id", Map.of("id", id.value())).stream().findFirst();
    }

    @Override
    public Optional<Grant> findByRequest(RequestId request) {
        Optional<Grant> found = select("where request_id = :request", Map.of("request", request.value())).stream()
                .findFirst();
        found.ifPresent(grant -> Reading.met(new LeaseOf(grant.id()), Optional.of(grant.lease())));
        return found;
    }

    /** NB. A request has one grant for good, so that what was read once in a transaction needs no second look. */
    @Override
    public Optional<GrantId> idOf(RequestId request) {
        return Reading.once(new IdOf(request), () -> findByRequest(request).map(Grant::id));
    }

    /** The id of the grant of a request, as one read. */
    private record IdOf(RequestId request) {}

    @Override
    public Optional<Lease> leaseOf(GrantId id) {
        return Reading.once(new LeaseOf(id), () -> find(id).map(Grant::lease));
    }

    /** What a grant claims, as one read. */
    private record LeaseOf(GrantId id) {}

    @Override
    public Map<RequestId, Grant> findByRequests(Collection<RequestId> requests) {
        Map<RequestId, Grant> found = new LinkedHashMap<>();
        if (!requests.isEmpty()) {
            select(
                            "where request_id in (:requests)",
                            Map.of(
                                    "requests",
                                    requests.stream().map(RequestId::value).toList()))
                    .forEach(grant -> found.put(grant.request(), grant));
        }
        return found;
    }

    @Override
    public Optional<Grant> lock(GrantId id) {
        Optional<Grant> held = held(id);
        if (held.isPresent()) {
            return held;
        }
        Optional<Grant> locked = select("where id = :id for update", Map.of("id", id.value())).stream()
                .findFirst();
        locked.ifPresent(JdbcGrants::hold);
        return locked;
    }

    @Override
    public List<Grant> lockFree(Collection<GrantId> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<Grant> locked = select(
                "where id in (:ids) order by id for update skip locked",
                Map.of("ids", ids.stream().map(GrantId::value).toList()));
        locked.forEach(JdbcGrants::hold);
        return locked;
    }

    /** A step of the grant begins: what it reads of the organisation is read once. */
    private static void hold(Grant grant) {
        Reading.hold(grant.id(), grant.stored());
        Reading.remember();
    }

    private static Optional<Grant> held(GrantId id) {
        return Reading.<Grant.Stored>held(id).map(Grant::new);
    }

    @Override
    public void add(Grant grant) {
        Map<String, @Nullable Object> columns = columns(grant);
        columns.put("id", grant.id().value());
        database.sql("insert into access_grant (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
        hold(grant);
        grant.takeMoves().forEach(events::publishEvent);
    }

    @Override
    public void save(Grant grant) {
        saveAll(List.of(grant));
    }

    @Override
    public void saveAll(List<Grant> grants) {
        if (grants.isEmpty()) {
            return;
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Grant grant : grants) {
            Map<String, @Nullable Object> columns = columns(grant);
            columns.put("id", grant.id().value());
            rows.add(columns);
        }
        String assignments = rows.get(0).keySet().stream()
                .filter(column -> !column.equals("id"))
                .map(column -> column + " = :" + column)
                .collect(Collectors.joining(", "));
        int[] updated = batches.batchUpdate(
                "update access_grant set " + assignments + " where id = :id",
                rows.stream().map(MapSqlParameterSource::new).toArray(SqlParameterSource[]::new));
        for (int place = 0; place < updated.length; place++) {
            Grant grant = grants.get(place);
            if (updated[place] != 1) {
                throw new IllegalStateException("Grant " + grant.id() + " is gone; it cannot be saved.");
            }
            hold(grant);
            grant.takeMoves().forEach(events::publishEvent);
            events.publishEvent(new GrantChanged(grant));
        }
    }

    @Override
    public List<Grant> findLiving(TenantId tenant, Identity identity, ScopeId account, Entitlement entitlement) {
        return select(
                        "where tenant_id = :tenant and account_id = :account and permission = :permission and state not in "
                                + ENDED,
                        Map.of(
                                "tenant", tenant.value(),
                                "account", account.value(),
                                "permission", entitlement.toString()))
                .stream()
                .filter(grant -> grant.identity().key().equals(identity.key()))
                .toList();
    }

    @Override
    public List<Grant> findLiving(TenantId tenant) {
        return select(
                "where tenant_id = :tenant and state not in " + ENDED + " order by id",
                Map.of("tenant", tenant.value()));
    }

    @Override
    public List<Grant> findOverdue(TenantId tenant, Instant before) {
        return select(
                """
                where tenant_id = :tenant and state not in %s
                    and (ends_at < :before or state = 'REVOKE_OVERDUE' or (state = 'REVOKING' and state_since < :before))
                order by ends_at, id"""
                        .formatted(ENDED),
                Map.of("tenant", tenant.value(), "before", before.atOffset(ZoneOffset.UTC)));
    }

    @Override
    public List<Grant> findUnbegun(Instant endedBefore, int most) {
        return select(
                "where state in ('PROVISIONING', 'ACTIVE') and ends_at < :before order by ends_at desc, id desc limit :most",
                Map.of("before", endedBefore.atOffset(ZoneOffset.UTC), "most", most));
    }

    @Override
    public List<Grant> findRevoking(Instant begunBefore, int most) {
        return select(
                "where state = 'REVOKING' and state_since < :before order by state_since desc, id desc limit :most",
                Map.of("before", begunBefore.atOffset(ZoneOffset.UTC), "most", most));
    }

    @Override
    public boolean holdsBrokenGlass(TenantId tenant, PersonId person) {
        return database.sql(
                                "select count(*) from access_grant where tenant_id = ? and person_id = ? and break_glass = true"
                                        + " and state not in " + ENDED)
                        .params(tenant.value(), person.value())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Override
    public List<Grant> find(TenantId tenant, Query query) {
        StringBuilder where = new StringBuilder("where tenant_id = :tenant");
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("tenant", tenant.value());
        Set<ScopeId> readable = query.readableAccounts();
        if (readable != null) {
            parameters.put("reader", query.reader().value());
            if (readable.isEmpty()) {
                where.append(" and person_id = :reader");
            } else {
                where.append(" and (person_id = :reader or account_id in (:readable))");
                parameters.put("readable", readable.stream().map(ScopeId::value).toList());
            }
        }
        if (!query.states().isEmpty()) {
            where.append(" and state in (:states)");
            parameters.put(
                    "states", query.states().stream().map(GrantState::name).toList());
        }
        Set<ScopeId> accounts = query.accounts();
        if (accounts != null) {
            if (accounts.isEmpty()) {
                return List.of();
            }
            where.append(" and account_id in (:accounts)");
            parameters.put("accounts", accounts.stream().map(ScopeId::value).toList());
        }
        if (query.person() != null) {
            where.append(" and person_id = :person");
            parameters.put("person", query.person().value());
        }
        Position before = query.before();
        if (before != null) {
            where.append(" and (starts_at < :startsBefore or (starts_at = :startsBefore and id < :idBefore))");
            parameters.put("startsBefore", before.startsAt().atOffset(ZoneOffset.UTC));
            parameters.put("idBefore", before.id());
        }
        where.append(" order by starts_at desc, id desc limit :limit");
        parameters.put("limit", query.limit());
        return select(where.toString(), parameters);
    }

    @Override
    public void addLease(Lease lease) {
        database.sql("insert into lease (grant_id, object_key, ends_at, living) values (?, ?, ?, true)")
                .params(lease.grant().value(), lease.objectKey(), lease.endsAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public void endLeases(Collection<GrantId> grants) {
        if (!grants.isEmpty()) {
            database.sql("update lease set living = false where grant_id in (:grants)")
                    .param("grants", grants.stream().map(GrantId::value).toList())
                    .update();
        }
    }

    @Override
    public boolean isLiving(GrantId grant) {
        return database.sql("select count(*) from lease where grant_id = ? and living = true")
                        .param(grant.value())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Override
    public Map<String, Instant> lastEnds(Collection<String> objectKeys) {
        Map<String, Instant> ends = new HashMap<>();
        if (!objectKeys.isEmpty()) {
            database.sql("select object_key, max(ends_at) from lease where object_key in (:keys) and living = true"
                            + " group by object_key")
                    .param("keys", objectKeys)
                    .query(row -> {
                        ends.put(
                                row.getString(1),
                                row.getObject(2, OffsetDateTime.class).toInstant());
                    });
        }
        return ends;
    }

    @Override
    public boolean isShared(Lease lease) {
        return database.sql("select count(*) from lease where object_key = ? and living = true and grant_id <> ?")
                        .params(lease.objectKey(), lease.grant().value())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Override
    public void lockObject(String objectKey) {
        String lock = "select object_key from cloud_object where object_key = ? for update";
        if (database.sql(lock).param(objectKey).query().listOfRows().isEmpty()
                && !remember(objectKey)
                && database.sql(lock).param(objectKey).query().listOfRows().isEmpty()) {
            throw new IllegalStateException("The cloud object " + objectKey + " cannot be locked.");
        }
    }

    @Override
    public Set<String> lockFreeObjects(Collection<String> objectKeys) {
        return objectKeys.isEmpty()
                ? Set.of()
                : Set.copyOf(database.sql("select object_key from cloud_object where object_key in (:keys)"
                                + " order by object_key for update skip locked")
                        .param("keys", objectKeys)
                        .query(String.class)
                        .list());
    }

    @Override
    public boolean isExplained(TenantId tenant, String objectKey) {
        return database.sql("select count(*) from lease join access_grant on access_grant.id = lease.grant_id"
                                + " where lease.object_key = ? and access_grant.tenant_id = ? and access_grant.state not in "
                                + ENDED)
                        .params(objectKey, tenant.value())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Adds the row to lock, and holds it by that. Of two who do so at once one waits for the other's end, and finds it
     * then: what has failed goes back to a savepoint, so that the caller's transaction goes on.
     *
     * @return whether it was added here; if not it is there, and still to be locked
     */
    private boolean remember(String objectKey) {
        try {
            savepoint.executeWithoutResult(
                    transaction -> database.sql("insert into cloud_object (object_key) values (?)")
                            .param(objectKey)
                            .update());
            return true;
        } catch (DuplicateKeyException other) {
            // NB. Not swallowed: the row is there, which is all that was wanted; the caller locks it and fails if not.
            return false;
        }
    }

    private List<Grant> select(String condition, Map<String, ?> parameters) {
        return database.sql("select * from access_grant " + condition)
                .params(parameters)
                .query(JdbcGrants::grant)
                .list();
    }

    private static Grant grant(ResultSet row, int number) throws SQLException {
        return new Grant(new Grant.Stored(
                new GrantId(row.getString("id")),
                new TenantId(row.getString("tenant_id")),
                new RequestId(row.getString("request_id")),
                new PersonId(row.getString("person_id")),
                new Identity(
                        Identity.Type.valueOf(row.getString("identity_type")),
                        row.getString("identity_arn"),
                        row.getString("identity_name")),
                new ScopeId(row.getString("account_id")),
                Entitlement.parse(row.getString("permission")),
                instant(row, "starts_at"),
                instant(row, "ends_at"),
                row.getBoolean("break_glass"),
                Way.valueOf(row.getString("way")),
                Entitlement.parse(row.getString("opens")),
                GrantState.valueOf(row.getString("state")),
                instant(row, "state_since"),
                optionalInstant(row, "active_at"),
                optionalInstant(row, "revoking_at"),
                optionalInstant(row, "revoked_at"),
                row.getString("ended_by"),
                row.getString("end_reason"),
                row.getInt("attempts"),
                row.getString("failure"),
                optionalInstant(row, "missing_since"),
                optionalInstant(row, "sessions_until")));
    }

    private static Map<String, @Nullable Object> columns(Grant grant) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("tenant_id", grant.tenant().value());
        columns.put("request_id", grant.request().value());
        columns.put("person_id", grant.person().value());
        columns.put("identity_type", grant.identity().type().name());
        columns.put("identity_arn", grant.identity().arn());
        columns.put("identity_name", grant.identity().name());
        columns.put("account_id", grant.account().value());
        columns.put("permission", grant.entitlement().toString());
        columns.put("state", grant.state().name());
        columns.put("state_since", grant.stateSince().atOffset(ZoneOffset.UTC));
        columns.put("starts_at", grant.startsAt().atOffset(ZoneOffset.UTC));
        columns.put("ends_at", grant.endsAt().atOffset(ZoneOffset.UTC));
        columns.put(
                "active_at",
                grant.activeAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put(
                "revoking_at",
                grant.revokingAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put(
                "revoked_at",
                grant.revokedAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put("ended_by", grant.endedBy().orElse(null));
        columns.put("end_reason", grant.endReason().orElse(null));
        columns.put("attempts", grant.attempts());
        columns.put("failure", grant.failure().orElse(null));
        columns.put("break_glass", grant.breakGlass());
        columns.put("way", grant.way().name());
        columns.put("opens", grant.opens().toString());
        columns.put(
                "missing_since",
                grant.missingSince().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put(
                "sessions_until",
                grant.sessionsUntil().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        return columns;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
