package io.drawbridge.intake;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Several intakes on one PostgreSQL")
class CloudTrailIntakeOnPostgresTests extends CloudTrailIntakeConcurrencyTests {
    private static EmbeddedPostgres postgres;
    private static HikariDataSource database;
    private static IntakeHouse house;

    @BeforeAll
    static void build() throws IOException {
        postgres = EmbeddedPostgres.start();
        database = new HikariDataSource();
        database.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
        database.setMaximumPoolSize(20);
        house = new IntakeHouse(database);
    }

    @AfterAll
    static void pullDown() throws IOException {
        house.close();
        database.close();
        postgres.close();
    }

    @Override
    IntakeHouse house() {
        return house;
    }
}
