package io.drawbridge.audit;

import io.drawbridge.audit.Link.Content;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Chains records in a gap-free order, each exactly once, whichever node does it.
 *
 * <p>The order is that in which they are sealed, not that of their numbers: a number is drawn before its transaction is
 * committed, and one that is committed late is sealed late, after records of higher numbers.
 */
@Component
class AuditSealer {
    static final String CONTENT = "r.tenant_id, r.number, r.recorded_at, r.actor, r.action, r.subject, r.details";

    /** Records that are sealed in one transaction: few enough that another node never waits long. */
    private static final int BATCH = 1000;

    private final JdbcTemplate batches;
    private final JdbcClient database;
    private final TransactionTemplate transactions;

    AuditSealer(JdbcTemplate batches, PlatformTransactionManager transactions) {
        this.batches = batches;
        this.database = JdbcClient.create(batches);
        this.transactions = new TransactionTemplate(transactions);
    }

    /** Seals all that is committed when it begins, or more; returns how many records. */
    int sealAll() {
        int all = 0;
        for (String tenant : database.sql("select distinct tenant_id from audit_unsealed")
                .query(String.class)
                .list()) {
            int sealed;
            do {
                sealed = seal(tenant);
                all += sealed;
            } while (sealed == BATCH && !Thread.currentThread().isInterrupted());
        }
        return all;
    }

    /** The ends of all chains. */
    List<HeadBook.End> ends() {
        return database.sql("select tenant_id, chain_id, position, hash from audit_chain")
                .query((row, number) -> end(row))
                .list();
    }

    static HeadBook.End end(ResultSet row) throws SQLException {
        return new HeadBook.End(
                row.getString("tenant_id"), row.getString("chain_id"), row.getLong("position"), row.getString("hash"));
    }

    static Content content(ResultSet row) throws SQLException {
        return new Content(
                row.getString("tenant_id"),
                row.getLong("number"),
                Link.text(row.getObject("recorded_at", OffsetDateTime.class).toInstant()),
                row.getString("actor"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("details"));
    }

    /**
     * The first records of a tenant that wait for their seal, by number; a record that is gone is left out.
     *
     * @param after numbers up to that one are left out
     */
    static List<Content> waiting(JdbcClient database, String tenant, long after, int most) {
        // NB. The tenant of the record as an expression, which no index fits: a planner without statistics would read
        // all records of the tenant to join them.
        return database.sql("select " + CONTENT + " from audit_unsealed u"
                        + " join audit_record r on r.number = u.number and r.tenant_id || '' = u.tenant_id"
                        + " where u.tenant_id = ? and u.number > ? order by u.number limit ?")
                .params(tenant, after, most)
                .query((row, number) -> content(row))
                .list();
    }

    private int seal(String tenant) {
        Integer sealed = transactions.execute(transaction -> {
            Optional<HeadBook.End> end = lock(tenant);
            return end.isEmpty() ? -1 : seal(end.get());
        });
        if (sealed != null && sealed >= 0) {
            return sealed;
        }
        begin(tenant);
        return seal(tenant);
    }

    private Optional<HeadBook.End> lock(String tenant) {
        return database.sql(
                        "select tenant_id, chain_id, position, hash from audit_chain where tenant_id = ? for update")
                .param(tenant)
                .query((row, number) -> end(row))
                .optional();
    }

    private void begin(String tenant) {
        try {
            transactions.executeWithoutResult(transaction -> database.sql(
                            "insert into audit_chain (tenant_id, chain_id, position, hash) values (?, ?, 0, ?)")
                    .params(tenant, UUID.randomUUID().toString(), Link.START)
                    .update());
        } catch (DuplicateKeyException another) {
            // NB. Not swallowed: another node has begun the same chain, which is all that was wanted.
            return;
        }
    }

    private int seal(HeadBook.End end) {
        List<Content> waiting = waiting(database, end.tenant(), 0, BATCH);
        if (waiting.isEmpty()) {
            return 0;
        }
        List<Object[]> seals = new ArrayList<>(waiting.size());
        List<Object[]> done = new ArrayList<>(waiting.size());
        long position = end.position();
        String last = end.hash();
        for (Content content : waiting) {
            Link link = Link.after(position, last, content);
            position = link.position();
            last = link.hash();
            seals.add(new Object[] {end.tenant(), position, link.number(), link.previous(), last});
            done.add(new Object[] {end.tenant(), link.number()});
        }
        batches.batchUpdate(
                "insert into audit_seal (tenant_id, position, number, previous_hash, hash) values (?, ?, ?, ?, ?)",
                seals);
        batches.batchUpdate("delete from audit_unsealed where tenant_id = ? and number = ?", done);
        database.sql("update audit_chain set position = ?, hash = ? where tenant_id = ?")
                .params(position, last, end.tenant())
                .update();
        return waiting.size();
    }
}
