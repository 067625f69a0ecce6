package io.drawbridge.organization.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Synchronizations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** What a synchronization writes, on each database that Drawbridge runs on. */
@DisplayName("The tables of a synchronization")
class SynchronizedTablesTest {
    private static final TenantId ACME = new TenantId("acme");

    @Test
    @DisplayName("R40 keep scopes as they were saved, on H2")
    void keepScopesOnH2() {
        keepScopes(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    }

    @Test
    @DisplayName("R40 keep scopes as they were saved, on PostgreSQL")
    void keepScopesOnPostgres() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            keepScopes(postgres.getPostgresDatabase());
        }
    }

    private static void keepScopes(DataSource dataSource) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        JdbcClient database = JdbcClient.create(dataSource);
        database.sql("insert into tenant (id, name) values ('acme', 'Acme')").update();
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(dataSource);
        JdbcScopes scopes = new JdbcScopes(database);
        JdbcControls controls = new JdbcControls(database);
        JdbcSynchronizations synchronizations = new JdbcSynchronizations(database, transactions);
        Scope root = scope("r-1", null, Scope.Kind.ORGANIZATION, null, false, false);
        Scope unit = scope("ou-1", "r-1", Scope.Kind.ORGANIZATIONAL_UNIT, true, false, false);
        Scope account = scope("111122223333", "ou-1", Scope.Kind.ACCOUNT, null, false, false);
        Scope moved = scope("111122223333", "r-1", Scope.Kind.ACCOUNT, false, true, true);

        List.of(root, unit, account, moved).forEach(scopes::save);
        assertThat(scopes.of(ACME)).containsExactly(root, moved, unit);
        controls.set(
                ACME, new Controls.ScopeControl(new ScopeId("ou-1"), "s3", Control.PROTECTED, List.of("somebody")));
        scopes.remove(ACME, new ScopeId("ou-1"));
        assertThat(scopes.of(ACME)).containsExactly(root, moved);
        assertThat(controls.of(ACME)).isEmpty();

        Synchronizations.Last last =
                new Synchronizations.Last(Instant.parse("2026-01-15T12:00:00Z"), "people 6 of 9", null);
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        transaction.executeWithoutResult(status -> {
            assertThat(synchronizations.lock(ACME)).isEqualTo(new Synchronizations.Last(Instant.EPOCH, "", null));
            synchronizations.save(ACME, last);
        });
        transaction.executeWithoutResult(
                status -> assertThat(synchronizations.lock(ACME)).isEqualTo(last));

        assertThat(synchronizations.behindSince(ACME)).isEmpty();
        Synchronizations.Last behind =
                new Synchronizations.Last(last.readAt(), "", Instant.parse("2026-01-15T12:15:00Z"));
        synchronizations.save(ACME, behind);
        assertThat(synchronizations.behindSince(ACME)).contains(Instant.parse("2026-01-15T12:15:00Z"));
        transaction.executeWithoutResult(
                status -> assertThat(synchronizations.lock(ACME)).isEqualTo(behind));
    }

    private static Scope scope(
            String id,
            @org.jspecify.annotations.Nullable String parent,
            Scope.Kind kind,
            @org.jspecify.annotations.Nullable Boolean selfApproval,
            boolean closed,
            boolean management) {
        return new Scope(
                new ScopeId(id),
                ACME,
                parent == null ? null : new ScopeId(parent),
                kind,
                "Name of " + id,
                "production",
                selfApproval,
                closed,
                management);
    }
}
