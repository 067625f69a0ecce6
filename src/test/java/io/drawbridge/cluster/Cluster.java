package io.drawbridge.cluster;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.drawbridge.stage.DrawbridgeProcess;
import io.drawbridge.stage.SharedClasses;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Nodes of Drawbridge with one PostgreSQL, one dry-run cloud in it, and one mail server.
 *
 * <p>The nodes run from the packaged jar if it was built, extracted as Spring Boot does it, with a small configuration of
 * the trial beside it; otherwise, as in a build that has not come to packaging yet, from its classes.
 */
final class Cluster implements AutoCloseable {
    private static final Path JAR = Path.of("target", "drawbridge-0.1.0-SNAPSHOT.jar");
    private static final Path FAKE_TIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    private static final Duration CLOUD_TAKES = Duration.ofMillis(100);

    private final Path folder;
    private final Postgres postgres;
    private final List<DrawbridgeProcess> nodes = new ArrayList<>();
    private final Path cloudIsDown;
    private final int mailPort = DrawbridgeProcess.freePort();
    private final Set<String> mails = ConcurrentHashMap.newKeySet();

    private @Nullable GreenMail mail;

    /**
     * Starts all of it.
     *
     * @param offsets how far the clock of each node is ahead; as many nodes as there are
     * @param more arguments of the application, as {@code --key=value}
     */
    Cluster(String name, List<Duration> offsets, List<String> more) {
        this(name, offsets, more, null);
    }

    /** @param binaries of an installed PostgreSQL; null for the embedded one */
    Cluster(String name, List<Duration> offsets, List<String> more, @Nullable Path binaries) {
        try {
            folder = Files.createDirectories(Path.of("target", "cluster", name)).toAbsolutePath();
            cloudIsDown = folder.resolve("cloud-is-down");
            Files.deleteIfExists(cloudIsDown);
            for (int number = 1; number <= offsets.size(); number++) {
                Files.deleteIfExists(folder.resolve("node-" + number + ".log"));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        LoggingSystem.get(Cluster.class.getClassLoader()).setLogLevel("ROOT", LogLevel.WARN);
        postgres = new Postgres(folder.resolve("postgres"), binaries);
        try {
            start(offsets, more);
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** The first node makes the tables. */
    private void start(List<Duration> offsets, List<String> more) {
        startMail();
        for (int number = 1; number <= offsets.size(); number++) {
            nodes.add(node("node-" + number, offsets.get(number - 1), more));
        }
        DrawbridgeProcess first = nodes.get(0);
        first.launch();
        first.awaitReady();
        prepare();
        nodes.stream().skip(1).forEach(DrawbridgeProcess::launch);
        nodes.forEach(DrawbridgeProcess::awaitReady);
    }

    /** What people may ask for in these trials, all protected. */
    static List<String> permissions() {
        try {
            return Files.readAllLines(Path.of("src", "main", "resources", "catalogue", "ec2.yaml")).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("- ec2:"))
                    .map(line -> line.substring(2))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private DrawbridgeProcess node(String name, Duration offset, List<String> more) {
        List<String> jvm = new ArrayList<>(List.of(
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-D" + TrialNode.CLOUD_IS_DOWN + "=" + cloudIsDown));
        List<String> program = List.of(
                "-cp",
                packaged()
                        ? SharedClasses.classPath(JAR, Path.of("target", "test-classes"))
                        : SharedClasses.classPath(),
                TrialNode.class.getName());
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.datasource.url=" + postgres.url(name),
                // As the profile production does.
                "--spring.datasource.hikari.data-source-properties.reWriteBatchedInserts=true",
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=",
                "--drawbridge.cloud.dry-run.latency=" + CLOUD_TAKES.toMillis() + "ms",
                "--drawbridge.cloud.dry-run.confirm-after=200ms",
                "--drawbridge.limits.failed-logins=1000000",
                "--spring.mail.host=127.0.0.1",
                "--spring.mail.port=" + mailPort,
                // What a node was sending when it was killed is sent by another within the trial's patience.
                "--drawbridge.notification.lease=1m",
                "--logging.level.org.camunda.bpm.engine.jobexecutor=error"));
        arguments.addAll(more);
        return new DrawbridgeProcess(name, folder.resolve(name + ".log"), jvm, program, arguments, environment(offset));
    }

    /**
     * Debian's package faketime tells a whole process another time, but for the clock that measures durations. Version 0.9.10
     * would mend waits on that clock for a fault of old C libraries, and mend what it was told to leave alone: every wait of a JVM
     * then ends at once, and is begun again. So that is switched off.
     */
    private static Map<String, String> environment(Duration ahead) {
        // The queue's credentials are of no account; they are for moto.
        Map<String, String> environment =
                new HashMap<>(Map.of("AWS_ACCESS_KEY_ID", "testing", "AWS_SECRET_ACCESS_KEY", "testing"));
        if (ahead.isZero()) {
            return environment;
        }
        if (!Files.exists(FAKE_TIME)) {
            throw new IllegalStateException(FAKE_TIME + " is missing; install it: apt-get install faketime.");
        }
        environment.put("LD_PRELOAD", FAKE_TIME.toString());
        environment.put("FAKETIME", String.format("%+d", ahead.toSeconds()));
        environment.put("DONT_FAKE_MONOTONIC", "1");
        environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        return environment;
    }

    static boolean packaged() {
        return Files.exists(JAR);
    }

    private void prepare() {
        try (Connection connection = postgres.dataSource().getConnection()) {
            ScriptUtils.executeSqlScript(
                    connection,
                    new org.springframework.core.io.support.EncodedResource(
                            new ClassPathResource("cluster.sql"), StandardCharsets.UTF_8),
                    false,
                    false,
                    "--",
                    "^^^ END OF SCRIPT ^^^",
                    "/*",
                    "*/");
        } catch (SQLException failure) {
            throw new IllegalStateException("The trial's tables cannot be made.", failure);
        }
    }

    Path folder() {
        return folder;
    }

    List<DrawbridgeProcess> nodes() {
        return nodes;
    }

    DrawbridgeProcess node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findAny().orElseThrow();
    }

    Postgres postgres() {
        return postgres;
    }

    JdbcClient database() {
        return postgres.client();
    }

    /** How many revocations each node holds at this moment, by its name. */
    Map<String, Integer> holders() {
        Map<String, Integer> held = new ConcurrentHashMap<>();
        database()
                .sql(
                        """
                        select o.node, count(*) from act_ru_job j join trial_owner o on o.owner = j.lock_owner_
                        where j.priority_ >= 100 and j.lock_exp_time_ > now() at time zone 'UTC' group by o.node""")
                .query((row, number) -> held.put(row.getString(1), row.getInt(2)))
                .list();
        return held;
    }

    void cloudDown(boolean down) {
        try {
            if (down) {
                Files.writeString(cloudIsDown, "down");
            } else {
                Files.deleteIfExists(cloudIsDown);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void startMail() {
        GreenMail server = new GreenMail(new ServerSetup(mailPort, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        mail = server;
    }

    /** Nobody takes mails from here on; what was taken is kept. */
    void stopMail() {
        GreenMail server = mail;
        if (server != null) {
            // NB. A GreenMail that is stopped has forgotten all that it took.
            ImapHostManager taken = server.getManagers().getImapHostManager();
            server.stop();
            collect(taken);
            mail = null;
        }
    }

    /** Keeps the Message-IDs of what has arrived. */
    void collectMail() {
        GreenMail server = mail;
        if (server != null) {
            collect(server.getManagers().getImapHostManager());
        }
    }

    private void collect(ImapHostManager taken) {
        try {
            for (StoredMessage each : taken.getAllMessages()) {
                String id = each.getMimeMessage().getMessageID();
                mails.add(id.substring(1, id.indexOf('@')));
            }
        } catch (MessagingException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Ids of the notices that the mail server has taken. */
    Set<String> mails() {
        collectMail();
        return mails;
    }

    @Override
    public void close() {
        nodes.forEach(DrawbridgeProcess::close);
        GreenMail server = mail;
        if (server != null) {
            server.stop();
        }
        postgres.close();
    }
}
