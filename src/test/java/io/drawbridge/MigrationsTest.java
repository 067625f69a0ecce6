package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the migrations leave, on each database that Drawbridge runs on. */
@DisplayName("All migrations")
class MigrationsTest {
    private static final String COLUMNS =
            """
            select lower(table_name || '.' || column_name || ' '
                || case when data_type = 'text' or character_maximum_length > 100000 then 'text' else lower(data_type) end
                || case when character_maximum_length <= 100000 then ' ' || character_maximum_length else '' end
                || case when is_nullable = 'YES' then ' null' else '' end)
            from information_schema.columns
            where lower(table_schema) = 'public' and lower(table_name) <> 'flyway_schema_history'""";

    @Test
    @DisplayName("make the same tables, columns and indices on H2 and on PostgreSQL")
    void makeTheSameOnBoth() throws IOException {
        JdbcClient h2 =
                migrated(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            JdbcClient postgres = migrated(server.getPostgresDatabase());

            assertThat(rows(postgres, COLUMNS))
                    .containsExactlyInAnyOrderElementsOf(rows(h2, COLUMNS))
                    .contains(
                            "notice.transport character varying 16",
                            "notice.recipient_id character varying 255 null",
                            "notification_channel.failing_since timestamp with time zone null",
                            "chat_message.content text");
            assertThat(
                            rows(
                                    postgres,
                                    """
                            select tablename || '.' || indexname from pg_indexes
                            where schemaname = 'public' and tablename <> 'flyway_schema_history'
                              and indexname not in (select conname from pg_constraint)"""))
                    .containsExactlyInAnyOrderElementsOf(
                            rows(
                                    h2,
                                    """
                            select lower(table_name || '.' || index_name) from information_schema.indexes
                            where lower(table_schema) = 'public' and is_generated = false
                              and lower(table_name) <> 'flyway_schema_history'"""))
                    .contains(
                            "access_grant.access_grant_revoked",
                            "notice.notice_waiting",
                            "notice.notice_channel_event",
                            "chat_message.chat_message_request");
        }
    }

    private static JdbcClient migrated(DataSource dataSource) {
        Flyway.configure().dataSource(dataSource).load().migrate();
        return JdbcClient.create(dataSource);
    }

    private static List<String> rows(JdbcClient database, String sql) {
        return database.sql(sql).query(String.class).list();
    }
}
