package io.drawbridge.grant.jdbc;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcDriftFindings implements DriftFindings {
    private static final int LONGEST_FINDING = 4000;
    private static final String CLOSED = "('RESOLVED', 'GONE')";

    private final JdbcClient database;

    JdbcDriftFindings(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Optional<DriftFinding> find(DriftFindingId id) {
        return select("where id = :id", Map.of("id", id.value())).stream().findFirst();
    }

    @Override
    public List<DriftFinding> unsettled(TenantId tenant) {
        return select(
                "where tenant_id = :tenant and state not in " + CLOSED + " order by first_seen, id",
                Map.of("tenant", tenant.value()));
    }

    @Override
    public List<DriftFinding> lockUnsettled(TenantId tenant, DriftFinding.Kind kind) {
        return select(
                "where tenant_id = :tenant and kind = :kind and state not in " + CLOSED
                        + " order by first_seen, id for update",
                Map.of("tenant", tenant.value(), "kind", kind.name()));
    }

    @Override
    public List<DriftFinding> partsOf(DriftFindingId id) {
        return select("where part_of = :whole order by first_seen, id", Map.of("whole", id.value()));
    }

    @Override
    public List<DriftFinding> find(TenantId tenant, Query query) {
        if (query.states().isEmpty()) {
            return List.of();
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("tenant", tenant.value());
        parameters.put("states", names(query.states()));
        parameters.put("limit", query.limit());
        Position before = query.before();
        if (before != null) {
            parameters.put("seenBefore", before.firstSeen().atOffset(ZoneOffset.UTC));
            parameters.put("idBefore", before.id());
        }
        return select(
                "where tenant_id = :tenant and state in (:states)"
                        + (before == null
                                ? ""
                                : " and (first_seen < :seenBefore or (first_seen = :seenBefore and id < :idBefore))")
                        + " order by first_seen desc, id desc limit :limit",
                parameters);
    }

    @Override
    public int count(TenantId tenant, DriftFinding.Kind kind, Set<DriftFinding.State> states) {
        return database.sql(
                        "select count(*) from drift_finding where tenant_id = :tenant and kind = :kind and state in (:states)")
                .param("tenant", tenant.value())
                .param("kind", kind.name())
                .param("states", names(states))
                .query(Integer.class)
                .single();
    }

    @Override
    public void add(DriftFinding finding) {
        Map<String, @Nullable Object> columns = columns(finding);
        columns.put("id", finding.id().value());
        database.sql("insert into drift_finding (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    @Override
    public void save(DriftFinding finding) {
        Map<String, @Nullable Object> columns = columns(finding);
        String assignments = columns.keySet().stream()
                .map(column -> column + " = :" + column)
                .reduce((left, right) -> left + ", " + right)
                .orElseThrow();
        columns.put("id", finding.id().value());
        int updated = database.sql("update drift_finding set " + assignments + " where id = :id")
                .params(columns)
                .update();
        if (updated != 1) {
            throw new IllegalStateException("Finding " + finding.id() + " is gone; it cannot be saved.");
        }
    }

    private List<DriftFinding> select(String condition, Map<String, ?> parameters) {
        return database.sql("select * from drift_finding " + condition)
                .params(parameters)
                .query(JdbcDriftFindings::finding)
                .list();
    }

    private static DriftFinding finding(ResultSet row, int number) throws SQLException {
        String choices = row.getString("choices");
        String partOf = row.getString("part_of");
        String resolvedBy = row.getString("resolved_by");
        OffsetDateTime resolvedAt = row.getObject("resolved_at", OffsetDateTime.class);
        return new DriftFinding(new DriftFinding.Stored(
                new DriftFindingId(row.getString("id")),
                new TenantId(row.getString("tenant_id")),
                DriftFinding.Kind.valueOf(row.getString("kind")),
                row.getString("subject"),
                row.getString("finding"),
                choices.isEmpty() ? List.of() : List.of(choices.split("\n")),
                DriftFinding.State.valueOf(row.getString("state")),
                instant(row, "first_seen"),
                instant(row, "last_seen"),
                row.getInt("times_seen"),
                partOf == null ? null : new DriftFindingId(partOf),
                row.getString("choice"),
                row.getString("reason"),
                resolvedBy == null ? null : new PersonId(resolvedBy),
                resolvedAt == null ? null : resolvedAt.toInstant()));
    }

    private static Map<String, @Nullable Object> columns(DriftFinding finding) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("tenant_id", finding.tenant().value());
        columns.put("kind", finding.kind().name());
        columns.put("subject", finding.subject());
        columns.put("finding", shortened(finding.finding()));
        columns.put("choices", String.join("\n", finding.choices()));
        columns.put("state", finding.state().name());
        columns.put("first_seen", finding.firstSeen().atOffset(ZoneOffset.UTC));
        columns.put("last_seen", finding.lastSeen().atOffset(ZoneOffset.UTC));
        columns.put("times_seen", finding.timesSeen());
        columns.put("part_of", finding.partOf().map(DriftFindingId::value).orElse(null));
        columns.put("choice", finding.choice().orElse(null));
        columns.put("reason", finding.reason().orElse(null));
        columns.put("resolved_by", finding.resolvedBy().map(PersonId::value).orElse(null));
        columns.put(
                "resolved_at",
                finding.resolvedAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        columns.put("open_key", finding.state().isClosed() ? null : openKey(finding));
        return columns;
    }

    /** The same for the same subject, and short enough for any index. */
    private static String openKey(DriftFinding finding) {
        String whole = finding.tenant() + "\n" + finding.kind() + "\n" + finding.subject();
        return UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_FINDING ? text : text.substring(0, LONGEST_FINDING);
    }

    private static List<String> names(Collection<DriftFinding.State> states) {
        return states.stream().map(DriftFinding.State::name).toList();
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
