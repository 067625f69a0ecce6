package io.drawbridge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.AuditChain.Finding;
import io.drawbridge.identity.AuditChain.Kind;
import io.drawbridge.identity.AuditChain.Verification;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What is done to records after they were sealed, and that it is found and named. */
class AuditChainTest {
    private static final int RECORDS = 40;
    private static final List<Integer> SIGNED = List.of(10, 20, 30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static DataSource h2() {
        return new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    }

    /** Forty records, signed at three places. */
    private Ledger ledger() {
        Ledger ledger = new Ledger(h2(), folder.resolve("audit"));
        for (int i = 0; i < SIGNED.size(); i++) {
            ledger.record(10);
            ledger.sealAndSign();
        }
        ledger.record(RECORDS - 30);
        ledger.sealer.sealAll();
        return ledger;
    }

    /** What the offline verifier says. */
    private record Said(int status, String text) {}

    private static Said verify(Ledger ledger, Path export, Path heads) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = OfflineVerification.run(
                List.of(
                        export.toString(),
                        "--heads",
                        heads.toString(),
                        "--key",
                        ledger.publicKey().toString()),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Said(status, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("R3 each of 100 random corruptions of an export is found by the offline verifier, and named")
    void findsCorruptionsOfAnExport() throws IOException {
        Ledger ledger = ledger();
        List<String> lines = ledger.export();
        List<String> heads = Files.readAllLines(ledger.headFile());
        Random random = new Random(20260115);
        Path export = folder.resolve("export.jsonl");
        Path headFile = folder.resolve("heads.jsonl");
        Said untouched = verify(ledger, Ledger.written(export, lines), Ledger.written(headFile, heads));
        assertThat(untouched.status()).as(untouched.text()).isEqualTo(OfflineVerification.WHOLE);
        assertThat(untouched.text()).contains("WHOLE: 40 sealed records are right", "Signed up to position 40");

        for (int i = 0; i < 100; i++) {
            ExportCorruption corruption = new ExportCorruption(lines, heads, SIGNED, random, i);
            corruption.corrupt();
            Said said = verify(
                    ledger, Ledger.written(export, corruption.lines()), Ledger.written(headFile, corruption.heads()));

            assertThat(said.status()).as("%s: %s", corruption, said.text()).isEqualTo(OfflineVerification.BROKEN);
            assertThat(said.text()).as("%s", corruption).startsWith(corruption.expected() + ": ");
            assertThat(said.text().lines().findFirst().orElse(""))
                    .as("%s", corruption)
                    .contains(corruption.named());
        }
    }

    @Test
    @DisplayName("R3 each of 100 random corruptions in the database is found, and the first record of it is named")
    void findsCorruptionsInTheDatabase() throws IOException {
        Ledger ledger = ledger();
        Random random = new Random(20260116);
        assertThat(ledger.chain.verify(Ledger.ACME).findings()).isEmpty();
        assertThat(ledger.chain.verify(Ledger.GLOBEX).sealed()).isEqualTo(RECORDS);

        for (int i = 0; i < 100; i++) {
            int seed = i;
            ledger.transactions.executeWithoutResult(transaction -> {
                DatabaseCorruption corruption = new DatabaseCorruption(ledger.database, SIGNED, random, seed);
                corruption.corrupt();
                List<Finding> findings = ledger.chain.verify(Ledger.ACME).findings();

                assertThat(findings).as("%s", corruption).isNotEmpty();
                Finding first = findings.get(0);
                assertThat(first.kind()).as("%s: %s", corruption, first).isEqualTo(corruption.expected());
                assertThat(first.position()).as("%s: %s", corruption, first).isEqualTo(corruption.position());
                assertThat(ledger.chain.verify(Ledger.GLOBEX).findings())
                        .as("the other tenant's chain, after %s", corruption)
                        .isEmpty();
                transaction.setRollbackOnly();
            });
        }
    }

    @Test
    @DisplayName("a head that was changed or taken away in the directory is found where the chain is verified")
    void findsChangedHeads() throws IOException {
        Ledger ledger = ledger();
        List<String> heads = Files.readAllLines(ledger.headFile());
        // Two chains grew each time.
        assertThat(heads).hasSize(6);

        Ledger.written(ledger.headFile(), without(heads, 2));
        assertThat(kinds(ledger.chain.verify(Ledger.ACME))).containsExactly(Kind.HEAD_DROPPED);

        List<String> changed = new ArrayList<>(heads);
        changed.set(1, changed.get(1).replace("\"position\":10", "\"position\":9"));
        Ledger.written(ledger.headFile(), changed);
        assertThat(kinds(ledger.chain.verify(Ledger.ACME))).containsExactly(Kind.HEAD_CHANGED);
    }

    @Test
    @DisplayName("the tail that is not sealed yet is told as such, online and offline, and is nothing wrong")
    void tellsTheUnsealedTail() throws IOException {
        Ledger ledger = ledger();
        ledger.record(3);

        Verification found = ledger.chain.verify(Ledger.ACME);
        Said said = verify(ledger, Ledger.written(folder.resolve("export.jsonl"), ledger.export()), ledger.headFile());

        assertThat(found.whole()).isTrue();
        assertThat(found.unsealed()).isEqualTo(3);
        assertThat(found.oldestUnsealed()).isNotNull();
        assertThat(ledger.chain.oldestUnsealed()).contains(Duration.ZERO);
        assertThat(said.status()).as(said.text()).isEqualTo(OfflineVerification.WHOLE);
        assertThat(said.text()).contains("UNSEALED: 3 records");
        ledger.sealer.sealAll();
        assertThat(ledger.chain.verify(Ledger.ACME).sealed()).isEqualTo(RECORDS + 3);
        assertThat(ledger.chain.oldestUnsealed()).isEmpty();
    }

    @Test
    @DisplayName("the hash of a record is the SHA-256 of netstrings of its place and of its columns, as documented")
    void hashesAsDocumented() throws Exception {
        Ledger ledger = ledger();
        LineForm.Line line = LineForm.record(ledger.export().get(1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : new String[] {
            "drawbridge-audit-1",
            String.valueOf(line.previous()),
            "acme",
            "2",
            "3",
            "2026-01-15T12:00:00.123456Z",
            "alice@acme.example",
            "request.opened",
            "request-1",
            "{\"reason\":\"Because \\\"ü\\\" of request-1\"}"
        }) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes.write((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
            bytes.write(utf8);
            bytes.write(',');
        }

        assertThat(line.hash())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray())));
    }

    @Test
    @DisplayName("two nodes seal at once, records are committed late, and the chain has each of them once (H2)")
    void sealsEachOnceOnH2() throws Exception {
        sealsEachOnce(h2());
    }

    @Test
    @DisplayName("two nodes seal at once, records are committed late, and the chain has each of them once (PostgreSQL)")
    void sealsEachOnceOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            sealsEachOnce(postgres.getPostgresDatabase());
        }
    }

    private void sealsEachOnce(DataSource dataSource) throws Exception {
        Ledger ledger = new Ledger(dataSource, folder.resolve("audit"));
        AtomicBoolean recording = new AtomicBoolean(true);
        CountDownLatch recorded = new CountDownLatch(1);
        CountDownLatch othersAreSealed = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<Future<?>> work = new ArrayList<>();
            Future<?> late = threads.submit(() -> ledger.transactions.executeWithoutResult(transaction -> {
                ledger.trail.record(Ledger.ACME, "alice@acme.example", "request.opened", "late", Map.of());
                recorded.countDown();
                await(othersAreSealed);
            }));
            await(recorded);
            for (int i = 0; i < 2; i++) {
                work.add(threads.submit(() -> {
                    while (recording.get()) {
                        ledger.sealer.sealAll();
                    }
                    ledger.sealer.sealAll();
                }));
            }
            threads.submit(() -> ledger.record(60)).get();
            threads.submit(() -> ledger.record(60)).get();
            ledger.sealer.sealAll();
            assertThat(ledger.chain.verify(Ledger.ACME).sealed()).isEqualTo(120);
            othersAreSealed.countDown();
            late.get();
            recording.set(false);
            for (Future<?> each : work) {
                each.get();
            }
        } finally {
            recording.set(false);
            othersAreSealed.countDown();
            threads.shutdownNow();
        }

        Verification found = ledger.chain.verify(Ledger.ACME);
        assertThat(found.findings()).isEmpty();
        assertThat(found.sealed()).isEqualTo(121);
        assertThat(found.unsealed()).isZero();
        assertThat(ledger.database
                        .sql("select r.subject from audit_seal s join audit_record r on r.number = s.number"
                                + " where s.tenant_id = 'acme' and s.position = 121")
                        .query(String.class)
                        .single())
                .isEqualTo("late");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    @DisplayName("records from before the chain are sealed too, in the order of their numbers")
    void sealsWhatWasThereBefore() {
        DataSource dataSource = h2();
        org.flywaydb.core.Flyway.configure()
                .dataSource(dataSource)
                .target("12")
                .load()
                .migrate();
        org.springframework.jdbc.core.simple.JdbcClient.create(dataSource)
                .sql("insert into audit_record (tenant_id, recorded_at, actor, action, subject, details)"
                        + " values ('acme', current_timestamp, 'bob@acme.example', 'request.approved', 'old', '{}')")
                .update();

        Ledger ledger = new Ledger(dataSource, folder.resolve("audit"));
        ledger.sealAndSign();

        assertThat(ledger.chain.verify(Ledger.ACME).sealed()).isEqualTo(1);
        assertThat(ledger.export().get(0)).contains("\"subject\":\"old\"", "\"position\":1");
    }

    @Test
    @DisplayName("a signing key that cannot be used is refused with the file's name and what was expected")
    void refusesUnusableKeys() throws IOException {
        Path missing = folder.resolve("none.pem");
        assertThatThrownBy(() -> SigningKey.read(missing))
                .hasMessageContaining("none.pem")
                .hasMessageContaining("cannot be read");
        Path half = Files.writeString(folder.resolve("half.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
        assertThatThrownBy(() -> SigningKey.read(half)).hasMessageContaining("has no block BEGIN PRIVATE KEY");
        Path one = folder.resolve("one.pem");
        SigningKey.make(one);
        SigningKey other = SigningKey.make(folder.resolve("other.pem"));
        String mixed = Files.readString(one).replaceAll("(?s)-----BEGIN PUBLIC.*", "")
                + other.verifying().pem();
        Path both = Files.writeString(folder.resolve("both.pem"), mixed);
        assertThatThrownBy(() -> SigningKey.read(both)).hasMessageContaining("are not of one pair");
        assertThat(SigningKey.read(one).verifying().id()).hasSize(16);
    }

    private static List<String> without(List<String> lines, int index) {
        List<String> fewer = new ArrayList<>(lines);
        fewer.remove(index);
        return Collections.unmodifiableList(fewer);
    }

    private static List<@Nullable Kind> kinds(Verification found) {
        return found.findings().stream().<@Nullable Kind>map(Finding::kind).toList();
    }
}
