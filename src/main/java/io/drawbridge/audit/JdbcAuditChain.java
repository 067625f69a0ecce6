package io.drawbridge.audit;

import io.drawbridge.audit.Link.Content;
import io.drawbridge.identity.AuditChain;
import io.drawbridge.identity.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The chain in our own tables, read as it stood at one moment. */
@Repository
class JdbcAuditChain implements AuditChain {
    private static final int CHUNK = 2000;

    private final JdbcClient database;
    private final HeadBook heads;
    private final TransactionTemplate oneMoment;
    private final Clock clock;

    JdbcAuditChain(JdbcClient database, HeadBook heads, PlatformTransactionManager transactions, Clock clock) {
        this.database = database;
        this.heads = heads;
        this.oneMoment = new TransactionTemplate(transactions);
        this.oneMoment.setReadOnly(true);
        this.oneMoment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.clock = clock;
    }

    @Override
    public Verification verify(TenantId tenant) {
        Verification found = oneMoment.execute(transaction -> verifyNow(tenant.value()));
        if (found == null) {
            throw new IllegalStateException("The chain of " + tenant + " was not read.");
        }
        return found;
    }

    private Verification verifyNow(String tenant) {
        HeadBook.End end = end(tenant);
        HeadFile.Read signed = heads.read(tenant, end.chain());
        ChainCheck check = new ChainCheck(() -> new Chunks(tenant), signed.heads(), end.position());
        List<Finding> findings = new ArrayList<>();
        check.first().or(() -> beside(tenant, end, check)).ifPresent(findings::add);
        findings.addAll(signed.findings());
        Waiting waiting = waiting(tenant);
        return new Verification(
                check.sealed(), check.hash(), check.signed(), waiting.count(), waiting.oldest(), findings);
    }

    /** What the walk along the chain does not come by: records without a place in it, and the noted end. */
    private Optional<Finding> beside(String tenant, HeadBook.End end, ChainCheck check) {
        if (!end.hash().equals(check.hash())) {
            return Optional.of(new Finding(
                    Kind.CHANGED,
                    end.position(),
                    null,
                    "The noted end of the chain has another hash than the record at position " + end.position() + "."));
        }
        Optional<Long> stranger = database.sql("select min(r.number) from audit_record r where r.tenant_id = ?"
                        + " and not exists (select 1 from audit_seal s where s.number = r.number)"
                        + " and not exists (select 1 from audit_unsealed u where u.tenant_id = r.tenant_id"
                        + " and u.number = r.number)")
                .param(tenant)
                .query((row, number) -> whole(row))
                .single();
        if (stranger.isPresent()) {
            return Optional.of(new Finding(
                    Kind.INSERTED,
                    null,
                    stranger.get(),
                    "Record " + stranger.get() + " was inserted: it has no place in the chain and waits for none."));
        }
        return database.sql("select min(u.number) from audit_unsealed u where u.tenant_id = ?"
                        + " and not exists (select 1 from audit_record r where r.number = u.number"
                        + " and r.tenant_id = u.tenant_id)")
                .param(tenant)
                .query((row, number) -> whole(row))
                .single()
                .map(gone ->
                        new Finding(Kind.DROPPED, null, gone, "Record " + gone + " is gone; it was not sealed yet."));
    }

    private static Optional<Long> whole(ResultSet row) throws SQLException {
        long number = row.getLong(1);
        return row.wasNull() ? Optional.empty() : Optional.of(number);
    }

    private HeadBook.End end(String tenant) {
        return database.sql("select tenant_id, chain_id, position, hash from audit_chain where tenant_id = ?")
                .param(tenant)
                .query((row, number) -> AuditSealer.end(row))
                .optional()
                .orElse(new HeadBook.End(tenant, "", 0, Link.START));
    }

    /** Records that wait for their seal. */
    private record Waiting(long count, @Nullable Instant oldest) {}

    private Waiting waiting(String tenant) {
        return database.sql("select count(*), min(recorded_at) from audit_unsealed where tenant_id = ?")
                .param(tenant)
                .query((row, number) -> {
                    OffsetDateTime oldest = row.getObject(2, OffsetDateTime.class);
                    return new Waiting(row.getLong(1), oldest == null ? null : oldest.toInstant());
                })
                .single();
    }

    @Override
    public Optional<Duration> oldestUnsealed() {
        return database.sql("select min(recorded_at) as oldest from audit_unsealed")
                .query((row, number) -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)))
                .single()
                .map(oldest -> {
                    Duration age = Duration.between(oldest.toInstant(), clock.instant());
                    // Of a node whose clock is ahead of ours.
                    return age.isNegative() ? Duration.ZERO : age;
                });
    }

    @Override
    public void export(TenantId tenant, AuditChain.Lines sink) throws IOException {
        try {
            oneMoment.executeWithoutResult(transaction -> {
                try {
                    exportNow(tenant.value(), sink);
                } catch (IOException unwritable) {
                    throw new UncheckedIOException(unwritable);
                }
            });
        } catch (UncheckedIOException unwritable) {
            throw unwritable.getCause();
        }
    }

    private void exportNow(String tenant, AuditChain.Lines sink) throws IOException {
        HeadBook.End end = end(tenant);
        try (Links.Reading reading = new Chunks(tenant)) {
            while (reading.hasNext()) {
                Link link = reading.next();
                Content content = link.content();
                // A record that is gone leaves its gap in the export, where the verifier finds it.
                if (content != null) {
                    sink.take(LineForm.of(link, content));
                }
            }
        }
        long after = 0;
        while (true) {
            List<Content> waiting = AuditSealer.waiting(database, tenant, after, CHUNK);
            for (Content content : waiting) {
                sink.take(LineForm.unsealed(content));
                after = content.number();
            }
            if (waiting.size() < CHUNK) {
                break;
            }
        }
        Head closing = heads.closing(end);
        if (closing != null) {
            sink.take(LineForm.of(closing));
        }
    }

    /** The links of a tenant, a chunk of them in memory at a time. */
    private final class Chunks implements Links.Reading {
        private final String tenant;
        private final Deque<Link> chunk = new ArrayDeque<>();
        private long after;
        private boolean ended;

        Chunks(String tenant) {
            this.tenant = tenant;
        }

        @Override
        public boolean hasNext() {
            if (chunk.isEmpty() && !ended) {
                List<Link> read = database.sql("select s.position, s.number as sealed_number, s.previous_hash, s.hash, "
                                + AuditSealer.CONTENT
                                + " from audit_seal s left join audit_record r on r.number = s.number"
                                + " where s.tenant_id = ? and s.position > ? order by s.position limit ?")
                        .params(tenant, after, CHUNK)
                        .query((row, number) -> link(row))
                        .list();
                ended = read.size() < CHUNK;
                if (!read.isEmpty()) {
                    after = read.get(read.size() - 1).position();
                    chunk.addAll(read);
                }
            }
            return !chunk.isEmpty();
        }

        @Override
        public Link next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The chain ends here.");
            }
            return chunk.remove();
        }
    }

    private static Link link(ResultSet row) throws SQLException {
        boolean gone = row.getObject("recorded_at") == null;
        return new Link(
                row.getLong("position"),
                row.getLong("sealed_number"),
                row.getString("previous_hash"),
                row.getString("hash"),
                gone ? null : AuditSealer.content(row));
    }
}
