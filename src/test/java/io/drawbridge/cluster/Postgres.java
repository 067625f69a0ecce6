package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL that can be stopped and started again with what it has, on the same port. */
final class Postgres implements AutoCloseable {
    private final Path data;
    private final int port = DrawbridgeProcess.freePort();
    private @Nullable EmbeddedPostgres running;

    /** Starts it, empty. */
    Postgres(Path data) {
        this.data = data;
        try {
            FileSystemUtils.deleteRecursively(data);
            Files.createDirectories(data);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        start();
    }

    void start() {
        try {
            // As in production, a commit that was answered is on the disk.
            running = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("synchronous_commit", "on")
                    .setPGStartupWait(Duration.ofMinutes(1))
                    .setPort(port)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Every connection breaks off; none is taken until it is started again. */
    void stop() {
        EmbeddedPostgres server = running;
        if (server != null) {
            try {
                server.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            running = null;
        }
    }

    int port() {
        return port;
    }

    /** @param who what the server calls the connections */
    String url(String who) {
        return url("postgres", who);
    }

    String url(String database, String who) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?ApplicationName=" + who;
    }

    DriverManagerDataSource dataSource() {
        return new DriverManagerDataSource(url("trial"), "postgres", "");
    }

    JdbcClient client() {
        return JdbcClient.create(dataSource());
    }

    @Override
    public void close() {
        stop();
    }
}
