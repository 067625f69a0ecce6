package io.drawbridge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.operations.Backlog;
import io.drawbridge.stage.StandingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What becomes of the audit trail while its records cannot be sealed, or its heads not be written. */
@DisplayName("The rounds of sealing and signing")
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("NullAway.Init")
class SealingRoundsTest {
    private static final Instant START = Instant.parse("2026-01-15T12:00:00Z");
    private static final Duration ROUND = Duration.ofMillis(250);
    private static final Duration SIGN_EVERY = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final StandingClock clock = new StandingClock(START);
    private Ledger ledger;
    private SealingRounds rounds;
    private SealBacklog unsealed;
    private UnsignedHeads unsigned;

    @BeforeEach
    void begin() {
        ledger = new Ledger(
                new DriverManagerDataSource(
                        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000"),
                folder.resolve("audit"),
                clock);
        rounds = new SealingRounds(
                ledger.sealer, ledger.heads, new AuditProperties(null, null, List.of(), ROUND, SIGN_EVERY), clock);
        unsealed = new SealBacklog(ledger.database);
        unsigned = new UnsignedHeads(ledger.heads);
        ledger.record(2);
        rounds.round();
    }

    @Test
    @DisplayName(
            "R3 heads that cannot be written wait from the first try on, are said once, and are there once they can")
    void sayThatHeadsCannotBeWritten(CapturedOutput log) throws IOException {
        assertThat(Files.readAllLines(ledger.headFile())).hasSize(2);
        assertThat(unsigned.waiting()).isEmpty();
        Path away = folder.resolve("away");
        Files.move(ledger.headFile(), away);
        Files.createDirectory(ledger.headFile());
        ledger.record(2);
        clock.moveBy(SIGN_EVERY);
        Instant tried = clock.instant();

        for (int round = 0; round < 100; round++) {
            rounds.round();
            clock.moveBy(ROUND);
        }

        assertThat(unsealed.waiting()).as("what is sealed all the same").isEmpty();
        assertThat(unsigned.waiting())
                .containsExactlyInAnyOrder(
                        new Backlog.Waiting(Ledger.ACME, 1, tried), new Backlog.Waiting(Ledger.GLOBEX, 1, tried));
        assertThat(log.getOut().split("Signed heads of the audit chain cannot be written", -1))
                .hasSize(2);

        Files.delete(ledger.headFile());
        Files.move(away, ledger.headFile());
        clock.moveBy(Duration.ofSeconds(5));
        rounds.round();

        assertThat(unsigned.waiting()).isEmpty();
        assertThat(Files.readAllLines(ledger.headFile())).hasSize(4);
        assertThat(ledger.chain.verify(Ledger.ACME).findings()).isEmpty();
    }

    @Test
    @DisplayName(
            "R3 records that cannot be sealed wait since they were made and are said once; what is sealed is signed")
    void sayThatRecordsCannotBeSealed(CapturedOutput log) throws IOException {
        ledger.record(1);
        ledger.sealer.sealAll();
        clock.moveBy(SIGN_EVERY);
        Instant recorded = clock.instant();
        ledger.record(1);
        ledger.database.sql("alter table audit_seal rename to audit_seal_away").update();

        for (int round = 0; round < 10; round++) {
            rounds.round();
            clock.moveBy(ROUND);
        }

        assertThat(unsealed.waiting())
                .containsExactly(
                        new Backlog.Waiting(Ledger.ACME, 1, recorded), new Backlog.Waiting(Ledger.GLOBEX, 1, recorded));
        assertThat(Files.readAllLines(ledger.headFile())).hasSize(4);
        assertThat(unsigned.waiting()).isEmpty();
        assertThat(log.getOut().split("Audit records could not be sealed", -1)).hasSize(2);

        ledger.database.sql("alter table audit_seal_away rename to audit_seal").update();
        rounds.round();

        assertThat(unsealed.waiting()).isEmpty();
    }
}
