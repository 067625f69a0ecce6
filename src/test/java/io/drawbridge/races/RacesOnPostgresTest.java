package io.drawbridge.races;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** On the database of production. */
@DirtiesContext
class RacesOnPostgresTest extends Races {
    private static @Nullable EmbeddedPostgres postgres;

    @DynamicPropertySource
    static void useIt(DynamicPropertyRegistry properties) throws IOException {
        EmbeddedPostgres started = EmbeddedPostgres.builder().start();
        postgres = started;
        properties.add("spring.datasource.url", () -> started.getJdbcUrl("postgres", "postgres"));
        properties.add("spring.datasource.username", () -> "postgres");
        properties.add("spring.datasource.password", () -> "");
    }

    @AfterAll
    static void stopIt() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }
}
