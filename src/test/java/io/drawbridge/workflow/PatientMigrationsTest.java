package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A migration")
class PatientMigrationsTest {
    private static final int CONNECTIONS = 3;
    private static final Duration LONGER_THAN_ALLOWED = Duration.ofSeconds(2);

    @Test
    @DisplayName("takes longer than an answer may, and the bound holds again after it")
    void takesLongerThanAnAnswerMay() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start();
                HikariDataSource impatient = pool(server);
                HikariDataSource pool = pool(server)) {
            assertThatThrownBy(() -> flyway(impatient).load().migrate()).isInstanceOf(FlywayException.class);

            int migrated =
                    flyway(pool).callbacks(new PatientMigrations()).load().migrate().migrationsExecuted;

            assertThat(migrated).isOne();
            List<Connection> all = new ArrayList<>();
            for (int number = 0; number < CONNECTIONS; number++) {
                all.add(pool.getConnection());
            }
            for (Connection each : all) {
                assertThat(each.getNetworkTimeout()).isEqualTo(1000);
                each.close();
            }
        }
    }

    private static HikariDataSource pool(EmbeddedPostgres server) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(server.getJdbcUrl("postgres", "postgres"));
        pool.addDataSourceProperty("socketTimeout", "1");
        pool.setMaximumPoolSize(CONNECTIONS);
        return pool;
    }

    private static FluentConfiguration flyway(DataSource pool) {
        return Flyway.configure().dataSource(pool).locations(new String[0]).javaMigrations(new V1__Slow());
    }

    /** Named as Flyway wants it. */
    private static final class V1__Slow extends BaseJavaMigration {
        @Override
        public void migrate(Context context) throws Exception {
            try (Statement statement = context.getConnection().createStatement()) {
                statement.execute("select pg_sleep(" + LONGER_THAN_ALLOWED.toSeconds() + ")");
            }
        }
    }
}
