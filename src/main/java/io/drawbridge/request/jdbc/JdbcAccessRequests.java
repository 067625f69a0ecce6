package io.drawbridge.request.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Entitlement;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Judgement;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Decision;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestChanged;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.Review;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcAccessRequests implements AccessRequests {
    private static final List<String> OPEN = Arrays.stream(RequestStatus.values())
            .filter(RequestStatus::isOpen)
            .map(RequestStatus::name)
            .toList();

    private final JdbcClient database;
    private final ApplicationEventPublisher events;
    private final JsonMapper json = JsonMapper.builder().build();

    JdbcAccessRequests(JdbcClient database, ApplicationEventPublisher events) {
        this.database = database;
        this.events = events;
    }

    @Override
    public Optional<AccessRequest> find(RequestId id) {
        Optional<AccessRequest> held = held(id);
        return held.isPresent()
                ? held
                : select("where id = :id", Map.of("id", id.value())).stream().findFirst();
    }

    @Override
    public Optional<AccessRequest> lock(RequestId id) {
        Optional<AccessRequest> held = held(id);
        if (held.isPresent()) {
            return held;
        }
        // NB. The names are read once the lock is there: what another transaction has added meanwhile must not be
        // missed.
        Optional<AccessRequest> locked = database.sql("select * from access_request where id = ? for update")
                .param(id.value())
                .query((row, number) -> request(row, users(id)))
                .optional();
        locked.ifPresent(JdbcAccessRequests::hold);
        return locked;
    }

    /** A step of the request begins: what it reads of the organisation is read once. */
    private static void hold(AccessRequest request) {
        Reading.hold(request.id(), request.stored());
        Reading.remember();
    }

    private static Optional<AccessRequest> held(RequestId id) {
        return Reading.<AccessRequest.Stored>held(id).map(AccessRequest::new);
    }

    @Override
    public Optional<RequestId> findOpen(String openKey) {
        return database.sql("select id from access_request where open_key = ?")
                .param(openKey)
                .query((row, number) -> new RequestId(row.getString(1)))
                .optional();
    }

    @Override
    public void add(AccessRequest request) {
        Map<String, @Nullable Object> columns = columns(request);
        columns.put("id", request.id().value());
        try {
            database.sql("insert into access_request (" + String.join(", ", columns.keySet()) + ") values (:"
                            + String.join(", :", columns.keySet()) + ")")
                    .params(columns)
                    .update();
        } catch (DuplicateKeyException other) {
            throw new DuplicateOpenRequestException(request.openKey(), other);
        }
        saveUsers(request);
        hold(request);
        request.takeMoves().forEach(events::publishEvent);
    }

    @Override
    public void save(AccessRequest request) {
        Map<String, @Nullable Object> columns = columns(request);
        String assignments = columns.keySet().stream()
                .map(column -> column + " = :" + column)
                .reduce((left, right) -> left + ", " + right)
                .orElseThrow();
        columns.put("id", request.id().value());
        int updated = database.sql("update access_request set " + assignments + " where id = :id")
                .params(columns)
                .update();
        if (updated != 1) {
            throw new IllegalStateException("Request " + request.id() + " is gone; it cannot be saved.");
        }
        saveUsers(request);
        hold(request);
        request.takeMoves().forEach(events::publishEvent);
        events.publishEvent(new RequestChanged(request));
    }

    @Override
    public Optional<AccessRequest> findLatestFinal(
            TenantId tenant, Identity identity, ScopeId account, String permission) {
        // NB. By the status, and not by "open_key is null": H2 (2.3) would take the index of that, and read all that
        // are
        // final.
        return select(
                        "where tenant_id = :tenant and identity_key = :identity and account_id = :account"
                                + " and permission = :permission and status not in (:open)"
                                + " order by status_since desc, created_at desc limit 1",
                        Map.of(
                                "open", OPEN,
                                "tenant", tenant.value(),
                                "identity", identity.key(),
                                "account", account.value(),
                                "permission", permission))
                .stream()
                .findFirst();
    }

    @Override
    public int countOpenedByEvents(TenantId tenant, Identity identity, Instant since) {
        return database.sql("select count(*) from access_request where tenant_id = ? and identity_key = ?"
                        + " and origin = 'EVENT' and created_at > ?")
                .params(tenant.value(), identity.key(), since.atOffset(ZoneOffset.UTC))
                .query(Integer.class)
                .single();
    }

    @Override
    public List<RequestId> findPendingIn(TenantId tenant, Collection<ScopeId> accounts) {
        if (accounts.isEmpty()) {
            return List.of();
        }
        return database.sql(
                        "select id from access_request where tenant_id = :tenant and status = 'PENDING' and account_id in (:accounts)"
                                + " order by id")
                .param("tenant", tenant.value())
                .param("accounts", accounts.stream().map(ScopeId::value).toList())
                .query((row, number) -> new RequestId(row.getString(1)))
                .list();
    }

    @Override
    public List<AccessRequest> findUnreviewed(TenantId tenant, PersonId requester) {
        return select(
                "where tenant_id = :tenant and requester_id = :requester and review_due_at is not null and reviewed_at is null",
                Map.of("tenant", tenant.value(), "requester", requester.value()));
    }

    @Override
    public List<AccessRequest> find(TenantId tenant, Query query) {
        StringBuilder where = new StringBuilder("where tenant_id = :tenant");
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("tenant", tenant.value());
        Set<ScopeId> readable = query.readableAccounts();
        if (readable != null) {
            parameters.put("reader", query.reader().value());
            if (readable.isEmpty()) {
                where.append(" and requester_id = :reader");
            } else {
                where.append(" and (requester_id = :reader or account_id in (:readable))");
                parameters.put("readable", readable.stream().map(ScopeId::value).toList());
            }
        }
        if (!query.statuses().isEmpty()) {
            where.append(" and status in (:statuses)");
            parameters.put(
                    "statuses",
                    query.statuses().stream().map(RequestStatus::name).toList());
        }
        if (query.account() != null) {
            where.append(" and account_id = :account");
            parameters.put("account", query.account());
        }
        if (query.requester() != null) {
            where.append(" and requester_id = :requester");
            parameters.put("requester", query.requester().value());
        }
        String service = query.narrowing().service();
        if (service != null) {
            where.append(" and permission like :service escape '!'");
            parameters.put("service", escaped(service) + ":%");
        }
        PersonId asked = query.narrowing().asked();
        if (asked != null) {
            where.append(" and status = 'PENDING' and exists (select 1 from request_rung rung"
                    + " where rung.request_id = access_request.id"
                    + " and ' ' || rung.people || ' ' like :asked escape '!')");
            parameters.put("asked", "% " + escaped(asked.value()) + " %");
        }
        if (query.text() != null) {
            where.append(" and search_text like :text escape '!'");
            parameters.put("text", "%" + escaped(query.text().toLowerCase(Locale.ROOT)) + "%");
        }
        Position before = query.before();
        if (before != null) {
            where.append(" and (created_at < :createdBefore or (created_at = :createdBefore and id < :idBefore))");
            parameters.put("createdBefore", before.createdAt().atOffset(ZoneOffset.UTC));
            parameters.put("idBefore", before.id());
        }
        where.append(" order by created_at desc, id desc limit :limit");
        parameters.put("limit", query.limit());
        return whole(database.sql("select id from access_request " + where)
                .params(parameters)
                .query(String.class)
                .list());
    }

    /** The requests of these ids, newest first: one query, however many they are. */
    private List<AccessRequest> whole(List<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : select("where id in (:ids) order by created_at desc, id desc", Map.of("ids", ids));
    }

    /** Takes their meaning from the signs that a pattern of SQL knows. */
    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    @Override
    public List<Rung> rungs(RequestId id) {
        // NB. Whoever adds a rung or changes one holds the request.
        return Reading.held(id).isEmpty()
                ? readRungs(id)
                : Reading.<List<Rung>>held(new RungsOf(id)).orElseGet(() -> {
                    List<Rung> rungs = readRungs(id);
                    Reading.hold(new RungsOf(id), rungs);
                    return rungs;
                });
    }

    /** The rungs of a request that is held. */
    private record RungsOf(RequestId request) {}

    private List<Rung> readRungs(RequestId id) {
        return database.sql(
                        "select level, scope_id, people, notified_at from request_rung where request_id = ? order by level")
                .param(id.value())
                .query((row, number) -> rung(row))
                .list();
    }

    @Override
    public Map<RequestId, List<Rung>> rungs(Collection<RequestId> ids) {
        Map<RequestId, List<Rung>> found = new HashMap<>();
        if (ids.isEmpty()) {
            return found;
        }
        database.sql("select request_id, level, scope_id, people, notified_at from request_rung"
                        + " where request_id in (:ids) order by level")
                .param("ids", ids.stream().map(RequestId::value).toList())
                .query(row -> {
                    found.computeIfAbsent(new RequestId(row.getString("request_id")), id -> new ArrayList<>())
                            .add(rung(row));
                });
        return found;
    }

    private static Rung rung(ResultSet row) throws SQLException {
        return new Rung(
                row.getInt("level"),
                new ScopeId(row.getString("scope_id")),
                people(row.getString("people")),
                instant(row, "notified_at"));
    }

    @Override
    public void addRung(RequestId id, Rung rung) {
        Reading.<List<Rung>>held(new RungsOf(id))
                .ifPresent(known -> Reading.hold(
                        new RungsOf(id),
                        Stream.concat(known.stream(), Stream.of(rung))
                                .sorted(Comparator.comparingInt(Rung::level))
                                .toList()));
        database.sql(
                        "insert into request_rung (request_id, level, scope_id, people, notified_at) values (?, ?, ?, ?, ?)")
                .params(
                        id.value(),
                        rung.level(),
                        rung.scope().value(),
                        joined(rung.people()),
                        rung.notifiedAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public void replacePeople(RequestId id, int level, List<PersonId> people) {
        Reading.release(new RungsOf(id));
        database.sql("update request_rung set people = ? where request_id = ? and level = ?")
                .params(joined(people), id.value(), level)
                .update();
    }

    @Override
    public List<Message> messages(RequestId id) {
        return database.sql(
                        "select id, author_id, written_at, body from request_message where request_id = ? order by number")
                .param(id.value())
                .query((row, number) -> new Message(
                        row.getString("id"),
                        new PersonId(row.getString("author_id")),
                        instant(row, "written_at"),
                        row.getString("body")))
                .list();
    }

    @Override
    public void addMessage(RequestId id, Message message) {
        database.sql("insert into request_message (id, request_id, author_id, written_at, body) values (?, ?, ?, ?, ?)")
                .params(
                        message.id(),
                        id.value(),
                        message.author().value(),
                        message.writtenAt().atOffset(ZoneOffset.UTC),
                        message.body())
                .update();
    }

    @Override
    public void remove(Collection<RequestId> ids) {
        ids.forEach(Reading::release);
        List<String> keys = ids.stream().map(RequestId::value).toList();
        for (String table : List.of("policy_decision", "request_message", "request_rung", "request_identity_user")) {
            database.sql("delete from " + table + " where request_id in (:ids)")
                    .param("ids", keys)
                    .update();
        }
        database.sql("delete from access_request where id in (:ids)")
                .param("ids", keys)
                .update();
    }

    @Override
    public void addJudgement(AccessRequest request, Occasion occasion, Judgement judgement, Instant at) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("tenant_id", request.tenant().value());
        columns.put("request_id", request.id().value());
        columns.put("asked_at", at.atOffset(ZoneOffset.UTC));
        columns.put("occasion", occasion.name());
        columns.put("allowed", judgement.allowed());
        ApprovalMode mode = judgement.mode();
        columns.put("mode", mode == null ? null : mode.word());
        columns.put("policies", String.join("\n", judgement.policies()));
        columns.put("errors", errors(judgement));
        columns.put("set_hash", judgement.setHash());
        columns.put("evidence", judgement.evidence());
        database.sql("insert into policy_decision (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    @Override
    public void lockPerson(PersonId person) {
        database.sql("select id from person where id = ? for update")
                .param(person.value())
                .query()
                .listOfRows();
    }

    private List<AccessRequest> select(String condition, Map<String, ?> parameters) {
        return database.sql("select access_request.*,"
                        + " (select array_agg(name) from request_identity_user where request_id = access_request.id) used_by"
                        + " from access_request " + condition)
                .params(parameters)
                .query((row, number) -> request(row, names(row.getArray("used_by"))))
                .list();
    }

    private static Set<String> names(@Nullable Array array) throws SQLException {
        return array == null
                ? Set.of()
                : Arrays.stream((Object[]) array.getArray())
                        .map(String::valueOf)
                        .collect(Collectors.toSet());
    }

    private static AccessRequest request(ResultSet row, Set<String> users) throws SQLException {
        RequestId id = new RequestId(row.getString("id"));
        return new AccessRequest(new AccessRequest.Stored(
                id,
                new TenantId(row.getString("tenant_id")),
                new PersonId(row.getString("requester_id")),
                new Identity(
                        Identity.Type.valueOf(row.getString("identity_type")),
                        row.getString("identity_arn"),
                        row.getString("identity_name")),
                new ScopeId(row.getString("account_id")),
                row.getString("scope_path"),
                Entitlement.parse(row.getString("permission")),
                AccessRequest.Origin.valueOf(row.getString("origin")),
                instant(row, "created_at"),
                Liftable.valueOf(row.getString("liftable")),
                optional(row.getString("previous_id"), RequestId::new),
                row.getString("ticket"),
                row.getBoolean("break_glass"),
                RequestStatus.valueOf(row.getString("status")),
                instant(row, "status_since"),
                row.getInt("attempts"),
                row.getBoolean("confirmed"),
                row.getBoolean("mfa"),
                row.getString("source_ip"),
                row.getString("justification"),
                optional(row.getString("requested_duration"), AccessDuration::parse),
                optional(row.getString("granted_duration"), AccessDuration::parse),
                optional(row.getString("mode"), ApprovalMode::parse),
                optional(row.getString("approval_timeout"), Duration::parse),
                optional(row.getString("max_duration"), AccessDuration::parse),
                words(row.getString("policies")),
                decision(row),
                optionalInstant(row, "review_due_at"),
                review(row),
                users));
    }

    private static @Nullable Decision decision(ResultSet row) throws SQLException {
        String by = row.getString("decided_by");
        return by == null
                ? null
                : new Decision(
                        Decision.By.valueOf(by),
                        optional(row.getString("decider_id"), PersonId::new),
                        row.getString("decision_message"),
                        instant(row, "decided_at"));
    }

    private static @Nullable Review review(ResultSet row) throws SQLException {
        Instant at = optionalInstant(row, "reviewed_at");
        return at == null
                ? null
                : new Review(
                        new PersonId(row.getString("reviewer_id")),
                        row.getString("review_message"),
                        row.getBoolean("review_justified"),
                        at);
    }

    private static Map<String, @Nullable Object> columns(AccessRequest request) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("tenant_id", request.tenant().value());
        columns.put("status", request.status().name());
        columns.put("status_since", request.statusSince().atOffset(ZoneOffset.UTC));
        columns.put("created_at", request.createdAt().atOffset(ZoneOffset.UTC));
        columns.put("origin", request.origin().name());
        columns.put("requester_id", request.requester().value());
        columns.put("identity_type", request.identity().type().name());
        columns.put("identity_arn", request.identity().arn());
        columns.put("identity_name", request.identity().name());
        columns.put("identity_key", request.identity().key());
        columns.put("account_id", request.account().value());
        columns.put("scope_path", request.scopePath());
        columns.put("service", request.entitlement().service());
        columns.put("permission", request.entitlement().toString());
        columns.put("search_text", searchText(request));
        columns.put("attempts", request.attempts());
        columns.put("justification", request.justification().orElse(null));
        columns.put("ticket", request.ticket().orElse(null));
        columns.put("break_glass", request.breakGlass());
        columns.put("confirmed", request.confirmed());
        columns.put("source_ip", request.sourceIp().orElse(null));
        columns.put("mfa", request.mfa());
        columns.put("liftable", request.liftable().name());
        columns.put(
                "requested_duration",
                request.requestedDuration().map(AccessDuration::toString).orElse(null));
        columns.put(
                "granted_duration",
                request.grantedDuration().map(AccessDuration::toString).orElse(null));
        columns.put("mode", request.mode().map(ApprovalMode::word).orElse(null));
        columns.put(
                "approval_timeout",
                request.approvalTimeout().map(Duration::toString).orElse(null));
        columns.put(
                "max_duration",
                request.maxDuration().map(AccessDuration::toString).orElse(null));
        columns.put("policies", String.join("\n", request.policies()));
        Optional<Decision> decision = request.decision();
        columns.put("decided_by", decision.map(made -> made.by().name()).orElse(null));
        columns.put(
                "decider_id",
                decision.map(Decision::person).map(PersonId::value).orElse(null));
        columns.put("decision_message", decision.map(Decision::message).orElse(null));
        columns.put(
                "decided_at",
                decision.map(made -> made.at().atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put("previous_id", request.previous().map(RequestId::value).orElse(null));
        columns.put("open_key", request.status().isOpen() ? request.openKey() : null);
        columns.put(
                "review_due_at",
                request.reviewDueAt().map(due -> due.atOffset(ZoneOffset.UTC)).orElse(null));
        Optional<Review> review = request.review();
        columns.put(
                "reviewed_at",
                review.map(made -> made.at().atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put("reviewer_id", review.map(made -> made.reviewer().value()).orElse(null));
        columns.put("review_message", review.map(Review::message).orElse(null));
        columns.put("review_justified", review.map(Review::justified).orElse(null));
        return columns;
    }

    /** What a search looks through, in lower case: one column, so that PostgreSQL can look by one index. */
    private static String searchText(AccessRequest request) {
        return String.join(
                        "\n",
                        request.id().value(),
                        request.entitlement().toString(),
                        request.account().value(),
                        request.requester().value(),
                        request.identity().arn(),
                        request.justification().orElse(""))
                .toLowerCase(Locale.ROOT);
    }

    /** Names are only ever added; most saves add none. */
    private void saveUsers(AccessRequest request) {
        if (request.identityUsers().isEmpty()) {
            return;
        }
        Set<String> stored = users(request.id());
        for (String name : request.identityUsers()) {
            if (!stored.contains(name)) {
                database.sql("insert into request_identity_user (request_id, name) values (?, ?)")
                        .params(request.id().value(), name)
                        .update();
            }
        }
    }

    private Set<String> users(RequestId id) {
        return Set.copyOf(database.sql("select name from request_identity_user where request_id = ?")
                .param(id.value())
                .query(String.class)
                .list());
    }

    private String errors(Judgement judgement) {
        try {
            return json.writeValueAsString(judgement.errors());
        } catch (JsonProcessingException impossible) {
            throw new IllegalArgumentException("The errors of a judgement cannot be written as JSON.", impossible);
        }
    }

    private static String joined(List<PersonId> people) {
        return people.stream()
                .map(PersonId::value)
                .reduce((left, right) -> left + " " + right)
                .orElse("");
    }

    private static List<PersonId> people(String joined) {
        return joined.isEmpty()
                ? List.of()
                : Arrays.stream(joined.split(" ", -1)).map(PersonId::new).toList();
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n", -1));
    }

    private static <T> @Nullable T optional(@Nullable String text, Function<String, T> read) {
        return text == null ? null : read.apply(text);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
