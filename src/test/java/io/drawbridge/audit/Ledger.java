package io.drawbridge.audit;

import io.drawbridge.identity.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An audit trail with its chain, on a database of its own and with signed heads in a directory of its own. */
final class Ledger {
    static final TenantId ACME = new TenantId("acme");
    static final TenantId GLOBEX = new TenantId("globex");

    final DataSource dataSource;
    final JdbcClient database;
    final TransactionTemplate transactions;
    final JdbcAuditTrail trail;
    final AuditSealer sealer;
    final HeadBook heads;
    final JdbcAuditChain chain;
    final Path directory;
    private int recorded;

    Ledger(DataSource dataSource, Path directory) {
        this(dataSource, directory, Clock.fixed(Instant.parse("2026-01-15T12:00:00.123456Z"), ZoneOffset.UTC));
    }

    Ledger(DataSource dataSource, Path directory, Clock clock) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        DataSourceTransactionManager manager = new DataSourceTransactionManager(dataSource);
        this.dataSource = dataSource;
        this.directory = directory;
        this.database = JdbcClient.create(dataSource);
        this.transactions = new TransactionTemplate(manager);
        this.trail = new JdbcAuditTrail(new JdbcTemplate(dataSource), clock);
        this.sealer = new AuditSealer(new JdbcTemplate(dataSource), manager);
        this.heads = HeadBook.open(directory, null, List.of(), clock);
        this.chain = new JdbcAuditChain(database, heads, manager, clock);
    }

    /** Records so many of acme, and one of globex between each two of them. */
    void record(int count) {
        for (int i = 0; i < count; i++) {
            String name = "request-" + recorded++;
            transactions.executeWithoutResult(transaction -> {
                trail.record(
                        ACME,
                        "alice@acme.example",
                        "request.opened",
                        name,
                        Map.of("reason", "Because \"ü\" of " + name));
                trail.record(GLOBEX, "gus@globex.example", "request.denied", name, Map.of());
            });
        }
    }

    void sealAndSign() {
        sealer.sealAll();
        try {
            heads.sign(sealer.ends());
        } catch (IOException unwritable) {
            throw new IllegalStateException(unwritable);
        }
    }

    List<String> export() {
        List<String> lines = new ArrayList<>();
        try {
            chain.export(ACME, lines::add);
        } catch (IOException unwritable) {
            throw new IllegalStateException(unwritable);
        }
        return lines;
    }

    Path headFile() {
        return directory.resolve(HeadBook.HEADS);
    }

    Path publicKey() {
        return directory.resolve("public-key.pem");
    }

    static Path written(Path file, List<String> lines) {
        try {
            return Files.write(file, lines);
        } catch (IOException unwritable) {
            throw new IllegalStateException(unwritable);
        }
    }
}
