package io.drawbridge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.AuditTrail.AuditRecord;
import io.drawbridge.identity.AuditTrail.Found;
import io.drawbridge.identity.AuditTrail.Query;
import io.drawbridge.identity.TenantId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What is found in the audit trail, on each database that Drawbridge runs on. */
class AuditSearchTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final Query EVERYTHING = new Query(null, null, null, null, null, null, 10);

    @Test
    void findsTextOnH2() {
        findsText(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    }

    @Test
    void findsTextOnPostgres() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            findsText(postgres.getPostgresDatabase());
        }
    }

    private static void findsText(DataSource dataSource) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        JdbcAuditTrail trail = new JdbcAuditTrail(
                new JdbcTemplate(dataSource), Clock.fixed(Instant.parse("2026-01-15T12:00:00Z"), ZoneOffset.UTC));
        trail.record(ACME, "alice", "request.opened", "one", Map.of("why", "100% Urgent!"));
        trail.record(ACME, "bob", "request.approved", "two", Map.of("message", "fine_"));
        trail.record(new TenantId("globex"), "gus", "request.denied", "three", Map.of("why", "urgent"));
        trail.record(ACME, "Carol", "settings.changed", "acme", Map.of());

        assertThat(subjects(trail.search(ACME, EVERYTHING, "URGENT", 100))).containsExactly("one");
        assertThat(subjects(trail.search(ACME, EVERYTHING, "100% urgent!", 100)))
                .containsExactly("one");
        assertThat(subjects(trail.search(ACME, EVERYTHING, "fine%", 100))).isEmpty();
        assertThat(subjects(trail.search(ACME, EVERYTHING, "e_", 100))).containsExactly("two");
        assertThat(subjects(trail.search(ACME, EVERYTHING, "carol", 100))).containsExactly("acme");
        assertThat(subjects(trail.search(ACME, EVERYTHING, "request.", 100))).containsExactly("two", "one");
        assertThat(subjects(trail.search(ACME, new Query(null, null, "alice", null, null, null, 10), "request.", 100)))
                .containsExactly("one");
        assertThat(trail.count(ACME, EVERYTHING, 100)).isEqualTo(3);
        assertThat(trail.count(ACME, EVERYTHING, 2)).isEqualTo(2);

        Found begun = trail.search(ACME, EVERYTHING, "urgent", 2);
        assertThat(begun.records()).isEmpty();
        Found goneOn =
                trail.search(ACME, new Query(null, null, null, null, null, begun.lookedDownTo(), 10), "urgent", 2);
        assertThat(subjects(goneOn)).containsExactly("one");
        assertThat(goneOn.lookedDownTo()).isNull();
    }

    private static List<String> subjects(Found found) {
        return found.records().stream().map(AuditRecord::subject).toList();
    }
}
