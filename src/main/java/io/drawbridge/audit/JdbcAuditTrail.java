package io.drawbridge.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Circumstances;
import io.drawbridge.identity.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.function.SingletonSupplier;

/** The audit trail in our own table; nothing here changes or deletes a record. */
@Repository
class JdbcAuditTrail implements AuditTrail {
    /** The number decides between records of one moment; an index for each filter keeps this order. */
    private static final String NEWEST_FIRST = " order by recorded_at desc, number desc limit ?";

    private static final String COLUMNS =
            "select number, recorded_at, actor, action, subject, details from audit_record ";

    private static final String INSERT =
            "insert into audit_record (tenant_id, recorded_at, actor, action, subject, details) values (?, ?, ?, ?, ?, ?)";

    /** What the sealer needs to find a record. */
    private static final String UNSEALED = "tenant_id, number, recorded_at";

    /** Before every record: whoever goes on from a record that there is not finds nothing more. */
    private static final OffsetDateTime FIRST = OffsetDateTime.parse("1970-01-01T00:00:00Z");

    private final JdbcTemplate batches;
    private final JdbcClient database;
    private final Clock clock;
    private final Supplier<List<Circumstances>> circumstances;
    private final Supplier<String> insert;
    private final JsonMapper json = JsonMapper.builder().findAndAddModules().build();

    @Autowired
    JdbcAuditTrail(JdbcTemplate batches, Clock clock, ObjectProvider<Circumstances> circumstances) {
        // NB. Once, and not before the first record: who knows of circumstances may want the trail itself.
        this(batches, clock, SingletonSupplier.of(() -> circumstances
                .orderedStream()
                .toList()));
    }

    /** One that knows of nothing but what its callers say. */
    JdbcAuditTrail(JdbcTemplate batches, Clock clock) {
        this(batches, clock, List::of);
    }

    private JdbcAuditTrail(JdbcTemplate batches, Clock clock, Supplier<List<Circumstances>> circumstances) {
        this.batches = batches;
        this.database = JdbcClient.create(batches);
        this.clock = clock;
        this.circumstances = circumstances;
        this.insert = SingletonSupplier.of(() -> insert(batches));
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(TenantId tenant, String actor, String action, String subject, Map<String, ?> details) {
        insert(List.of(new Entry(tenant, actor, action, subject, details)));
    }

    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void recordAll(List<Entry> entries) {
        if (!entries.isEmpty()) {
            insert(entries);
        }
    }

    @Override
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void recordRefusal(TenantId tenant, String actor, String action, String subject, Map<String, ?> details) {
        insert(List.of(new Entry(tenant, actor, action, subject, details)));
    }

    @Override
    public List<AuditRecord> find(TenantId tenant, Query query) {
        List<Object> parameters = new ArrayList<>();
        String sql = COLUMNS + condition(tenant, query, parameters) + NEWEST_FIRST;
        parameters.add(query.limit());
        return database.sql(sql)
                .params(parameters)
                .query(JdbcAuditTrail::auditRecord)
                .list();
    }

    @Override
    public Found search(TenantId tenant, Query query, String text, int lookThrough) {
        List<Object> parameters = new ArrayList<>();
        String condition = condition(tenant, query, parameters);
        List<Object> searching = new ArrayList<>(parameters);
        searching.add(lookThrough);
        String pattern = "%"
                + text.toLowerCase(Locale.ROOT)
                        .replace("!", "!!")
                        .replace("%", "!%")
                        .replace("_", "!_") + "%";
        searching.addAll(List.of(pattern, pattern, pattern, pattern, query.limit()));
        List<AuditRecord> records = database.sql("select * from (" + COLUMNS + condition + NEWEST_FIRST + ") looked"
                        + " where lower(details) like ? escape '!' or lower(subject) like ? escape '!'"
                        + " or lower(action) like ? escape '!' or lower(actor) like ? escape '!'" + NEWEST_FIRST)
                .params(searching)
                .query(JdbcAuditTrail::auditRecord)
                .list();
        parameters.addAll(List.of(1, lookThrough - 1));
        Long downTo = database.sql("select number from audit_record " + condition + NEWEST_FIRST + " offset ?")
                .params(parameters)
                .query(Long.class)
                .optional()
                .orElse(null);
        return new Found(records, downTo);
    }

    @Override
    public int count(TenantId tenant, Query query, int most) {
        List<Object> parameters = new ArrayList<>();
        String sql = "select count(*) from (select number from audit_record " + condition(tenant, query, parameters)
                + " limit ?) counted";
        parameters.add(most);
        return database.sql(sql).params(parameters).query(Integer.class).single();
    }

    private String condition(TenantId tenant, Query query, List<Object> parameters) {
        StringBuilder sql = new StringBuilder("where tenant_id = ?");
        parameters.add(tenant.value());
        if (query.since() != null) {
            sql.append(" and recorded_at >= ?");
            parameters.add(query.since().atOffset(ZoneOffset.UTC));
        }
        if (query.until() != null) {
            sql.append(" and recorded_at < ?");
            parameters.add(query.until().atOffset(ZoneOffset.UTC));
        }
        if (query.actor() != null) {
            sql.append(" and actor = ?");
            parameters.add(query.actor());
        }
        if (query.action() != null) {
            sql.append(" and action = ?");
            parameters.add(query.action());
        }
        if (query.subject() != null) {
            sql.append(" and subject = ?");
            parameters.add(query.subject());
        }
        Long before = query.before();
        if (before != null) {
            OffsetDateTime at = database.sql("select recorded_at from audit_record where tenant_id = ? and number = ?")
                    .params(tenant.value(), before)
                    .query(OffsetDateTime.class)
                    .optional()
                    .orElse(FIRST);
            sql.append(" and recorded_at <= ? and (recorded_at < ? or number < ?)");
            parameters.addAll(List.of(at, at, before));
        }
        return sql.toString();
    }

    @Override
    public List<AuditRecord> of(TenantId tenant, String subject) {
        return database.sql(COLUMNS + "where tenant_id = ? and subject = ? order by number")
                .params(tenant.value(), subject)
                .query(JdbcAuditTrail::auditRecord)
                .list();
    }

    private void insert(List<Entry> entries) {
        OffsetDateTime at = clock.instant().atOffset(ZoneOffset.UTC);
        batches.batchUpdate(insert.get(), rows(entries, at));
    }

    private List<Object[]> rows(List<Entry> entries, OffsetDateTime at) {
        List<List<Map<String, Object>>> known =
                circumstances.get().stream().map(each -> each.ofAll(entries)).toList();
        List<Object[]> rows = new ArrayList<>(entries.size());
        for (int place = 0; place < entries.size(); place++) {
            Entry entry = entries.get(place);
            Map<String, Object> whole = new LinkedHashMap<>(entry.details());
            for (List<Map<String, Object>> each : known) {
                each.get(place).forEach(whole::putIfAbsent);
            }
            try {
                rows.add(new Object[] {
                    entry.tenant().value(),
                    at,
                    entry.actor(),
                    entry.action(),
                    entry.subject(),
                    json.writeValueAsString(whole)
                });
            } catch (JsonProcessingException impossible) {
                throw new IllegalArgumentException(
                        "The details of " + entry.action() + " cannot be written as JSON.", impossible);
            }
        }
        return rows;
    }

    /** By one statement a record, which the databases have different words for. */
    private static String insert(JdbcTemplate database) {
        boolean postgres = "PostgreSQL".equals(database.execute((ConnectionCallback<String>)
                connection -> connection.getMetaData().getDatabaseProductName()));
        return postgres
                ? "with r as (" + INSERT + " returning " + UNSEALED + ") insert into audit_unsealed (" + UNSEALED
                        + ") select " + UNSEALED + " from r"
                : "insert into audit_unsealed (" + UNSEALED + ") select " + UNSEALED + " from final table (" + INSERT
                        + ")";
    }

    private static AuditRecord auditRecord(ResultSet row, int number) throws SQLException {
        return new AuditRecord(
                row.getLong("number"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("details"));
    }
}
