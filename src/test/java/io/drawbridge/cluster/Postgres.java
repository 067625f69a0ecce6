package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL that can be stopped and started again with what it has, on the same port; its user is postgres. */
final class Postgres implements AutoCloseable {
    private final Path data;
    private final @Nullable Path binaries;
    private final int port = DrawbridgeProcess.freePort();
    private @Nullable EmbeddedPostgres running;

    /**
     * Starts it, empty.
     *
     * @param binaries of an installed PostgreSQL, which has the tools that the embedded one lacks; null for that one
     */
    Postgres(Path data, @Nullable Path binaries) {
        this.data = data;
        this.binaries = binaries;
        try {
            FileSystemUtils.deleteRecursively(data);
            Files.createDirectories(data);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (binaries != null) {
            // The server that pg_ctl starts outlives this process otherwise.
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        }
        start();
    }

    void start() {
        if (binaries != null) {
            if (!Files.exists(data.resolve("PG_VERSION"))) {
                asNobody(
                        binaries.resolve("initdb"),
                        "-A",
                        "trust",
                        "-U",
                        "postgres",
                        "-E",
                        "UTF-8",
                        "-D",
                        data.toString());
            }
            String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''";
            asNobody(
                    binaries.resolve("pg_ctl"),
                    "-D",
                    data.toString(),
                    "-l",
                    data.resolve("server.log").toString(),
                    "-o",
                    options,
                    "-w",
                    "start");
            return;
        }
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
        if (binaries != null) {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                asNobody(binaries.resolve("pg_ctl"), "-D", data.toString(), "-m", "fast", "-w", "stop");
            }
            return;
        }
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

    /**
     * Runs one of PostgreSQL's own tools against it.
     *
     * @throws IllegalStateException if it fails
     */
    void run(Path tool, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(tool.toString(), "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres"));
        command.addAll(List.of(arguments));
        run(command);
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it does not see that it does. */
    private static void asNobody(Path tool, String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U", "--"));
        }
        command.add(tool.toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Path said = Files.createTempFile("drawbridge", ".log");
            // NB. To a file: the server that pg_ctl starts would keep a pipe open for as long as it runs.
            int code = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            String what = Files.readString(said, StandardCharsets.UTF_8);
            Files.delete(said);
            if (code != 0) {
                throw new IllegalStateException(command + " failed: " + what);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
