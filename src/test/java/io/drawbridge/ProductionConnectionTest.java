package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.SocketTimeoutException;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@DisplayName("A connection of the profile production")
class ProductionConnectionTest {
    private static final String OF_THE_DRIVER = "spring.datasource.hikari.data-source-properties.";

    @Test
    @DisplayName("is given up by PostgreSQL within 20 seconds if its node vanishes, with all that it has locked")
    void isGivenUpIfItsNodeVanishes() throws Exception {
        Properties driver = driver();
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            DriverManagerDataSource source =
                    new DriverManagerDataSource(server.getJdbcUrl("postgres", "postgres"), driver);
            JdbcClient database = JdbcClient.create(source);

            assertThat(shown(database, "tcp_keepalives_idle")
                            + shown(database, "tcp_keepalives_interval") * shown(database, "tcp_keepalives_count"))
                    .isPositive()
                    .isLessThanOrEqualTo(20);
        }
    }

    @Test
    @DisplayName("is given up if the database has fallen silent")
    void isGivenUpIfTheDatabaseVanishes() throws Exception {
        Properties driver = driver();
        assertThat(Integer.parseInt(driver.getProperty("socketTimeout"))).isBetween(1, 60);
        driver.setProperty("socketTimeout", "1");
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            JdbcClient database =
                    JdbcClient.create(new DriverManagerDataSource(server.getJdbcUrl("postgres", "postgres"), driver));

            assertThatThrownBy(() -> database.sql("select pg_sleep(30)").query().listOfRows())
                    .isInstanceOf(DataAccessException.class)
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
        }
    }

    private static int shown(JdbcClient database, String setting) {
        return Integer.parseInt(database.sql("select current_setting('" + setting + "')")
                .query(String.class)
                .single());
    }

    private static Properties driver() {
        YamlPropertiesFactoryBean file = new YamlPropertiesFactoryBean();
        file.setResources(new ClassPathResource("application-production.yml"));
        Properties driver = new Properties();
        Objects.requireNonNull(file.getObject()).forEach((key, value) -> {
            if (key.toString().startsWith(OF_THE_DRIVER)) {
                driver.put(key.toString().substring(OF_THE_DRIVER.length()), value.toString());
            }
        });
        return driver;
    }
}
