package io.drawbridge.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.crash.CrashPoint.CrashCloud;
import io.drawbridge.stage.AwsHouse;
import io.drawbridge.stage.DrawbridgeProcess;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.SharedClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Drawbridge with one cloud, killed at one point after the other and started again; a second client looks at the cloud.
 *
 * <p>Each trial asks for something that no other has asked for. All state stays from one trial to the next, so that what one
 * leaves behind would be found by the next.
 */
final class CrashTrial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LENGTH = Duration.ofSeconds(30);

    private final CrashCloud cloud;
    private final Path folder;
    private final Path killFile;
    private final List<String> permissions;
    private final @Nullable Moto moto;
    private final @Nullable FaultyProxy proxy;
    private final @Nullable AwsHouse house;

    private final DrawbridgeProcess process;
    private int trials;

    /**
     * What came of one trial.
     *
     * @param revokedAfter how long after its end the grant was revoked by our own table
     */
    record Result(CrashPoint point, String state, Duration revokedAfter, Duration down) {}

    CrashTrial(CrashCloud cloud) {
        this.cloud = cloud;
        try {
            folder = Files.createDirectories(Path.of("target", "crash")).toAbsolutePath();
            killFile = folder.resolve("kill-" + cloud);
            Files.deleteIfExists(killFile);
            for (String old : List.of(".mv.db", ".trace.db", ".lock.db")) {
                Files.deleteIfExists(folder.resolve(cloud + old));
            }
            permissions = permissions();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (cloud == CrashCloud.DRY_RUN) {
            moto = null;
            proxy = null;
            house = null;
        } else {
            moto = Moto.another();
            proxy = new FaultyProxy(moto.endpoint());
            house = new AwsHouse(moto.endpoint());
        }
        process = process();
        start();
        AwsHouse aws = house;
        if (cloud == CrashCloud.SCP_EXEMPTION && aws != null) {
            await("payments-prod is closed", () -> aws.isClosed(aws.prod(), permissions));
        }
    }

    /** Kills at that point, starts again, and demands that all is well in the end. */
    Result endure(CrashPoint point) {
        String permission = permissions.get(trials++);
        String request = ask(permission);
        AtomicInteger calls = arm(point);
        String length = point.endedEarly() ? "PT1H" : LENGTH.toString();
        insist(() -> call(
                        "bob",
                        "POST",
                        "/v1/requests/" + request + "/approve",
                        Map.of("message", "Fine.", "duration", length))
                == 200);
        if (point.endedEarly()) {
            await("it is active", () -> !alive() || "ACTIVE".equals(state(request)));
            if (alive()) {
                insist(() -> call("alice", "DELETE", "/v1/grants/" + grant(request), null) == 202);
            }
        }
        await("it is killed " + point, () -> !alive());
        assertThat(calls.get()).isNotNegative();
        disarm();
        Instant killed = Instant.now();
        demandAtMostOne(request);
        start();
        Duration down = Duration.between(killed, Instant.now());

        // Somebody who got no answer asks again.
        if ("PENDING".equals(status(request))) {
            insist(() -> call(
                            "bob",
                            "POST",
                            "/v1/requests/" + request + "/approve",
                            Map.of("message", "Fine.", "duration", length))
                    == 200);
        }
        if (point.endedEarly()) {
            await("it is active or ending", () -> !"PROVISIONING".equals(state(request)));
            if ("ACTIVE".equals(state(request))) {
                insist(() -> call("alice", "DELETE", "/v1/grants/" + grant(request), null) == 202);
            }
        }
        await("it has a grant", () -> !grant(request).isEmpty());
        Instant end = point.endedEarly()
                ? Instant.now()
                : Instant.parse(read(request).at("/grant/endsAt").asText());
        demandAtMostOne(request);
        await("it is revoked", () -> "REVOKED".equals(state(request)));
        Instant revoked = Instant.now();
        assertThat(hasAccess(permission)).as("access after %s", point).isFalse();
        assertThat(objects()).as("objects in the cloud after %s", point).isZero();
        await("its processes are over", () -> instances(request) == 0);
        assertThat(database()
                        .sql("select count(*) from access_grant where request_id = ?")
                        .param(request)
                        .query(Integer.class)
                        .single())
                .isOne();
        return new Result(point, state(request), Duration.between(end, revoked), down);
    }

    private void demandAtMostOne(String request) {
        assertThat(objects()).as("objects in the cloud for %s", request).isLessThanOrEqualTo(1);
    }

    private AtomicInteger arm(CrashPoint point) {
        AtomicInteger calls = new AtomicInteger();
        String flow = point.flow();
        FaultyProxy between = proxy;
        if (flow != null) {
            try {
                Files.writeString(killFile, flow);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        } else if (between != null) {
            between.fault(call -> !point.answered() && isIt(point, call, calls) ? killed() : Optional.empty());
            between.afterwards(call -> point.answered() && isIt(point, call, calls) ? killed() : Optional.empty());
        }
        return calls;
    }

    private static boolean isIt(CrashPoint point, FaultyProxy.Call call, AtomicInteger calls) {
        return call.operation().equals(point.operation()) && (calls.incrementAndGet() == point.number());
    }

    private Optional<Answer> killed() {
        process.kill();
        return Optional.of(Answer.brokenOff());
    }

    private void disarm() {
        try {
            Files.deleteIfExists(killFile);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        FaultyProxy between = proxy;
        if (between != null) {
            between.fault(call -> Optional.empty());
            between.afterwards(call -> Optional.empty());
        }
    }

    /** How much the cloud holds that somebody could use, as the cloud itself says. */
    private int objects() {
        AwsHouse aws = house;
        return switch (cloud) {
            case DRY_RUN ->
                database()
                        .sql(
                                """
                                select count(*) from (
                                    select object_key from dry_run_access
                                    union select object_key from dry_run_operation where opening = true) held""")
                        .query(Integer.class)
                        .single();
            case SCP_EXEMPTION ->
                aws == null ? 0 : (int) aws.open(aws.prod(), AwsHouse.ALICE, permissions, Instant.now());
            case ACCOUNT_ASSIGNMENT ->
                aws == null
                        ? 0
                        : (aws.assigned(aws.prod()).size()
                                + aws.assigned(aws.dev()).size());
        };
    }

    private boolean hasAccess(String permission) {
        AwsHouse aws = house;
        if (cloud == CrashCloud.SCP_EXEMPTION && aws != null) {
            return aws.allows(aws.prod(), AwsHouse.ALICE, permission, Instant.now());
        }
        return objects() > 0;
    }

    private int instances(String request) {
        return database()
                .sql("select count(*) from ACT_RU_EXECUTION where BUSINESS_KEY_ = ?")
                .param(request)
                .query(Integer.class)
                .single();
    }

    private String ask(String permission) {
        AwsHouse aws = house;
        Map<String, String> body = new LinkedHashMap<>();
        body.put("account", aws == null ? "111122223333" : aws.prod());
        body.put(
                cloud == CrashCloud.ACCOUNT_ASSIGNMENT ? "permissionSet" : "permission",
                cloud == CrashCloud.ACCOUNT_ASSIGNMENT ? AwsHouse.PERMISSION_SET : permission);
        body.put("justification", "A trial.");
        body.put("duration", "PT30S");
        HttpResponse<String> answer = process.send("alice", "POST", "/v1/requests", body);
        assertThat(answer.statusCode()).as("answer %s", answer.body()).isEqualTo(201);
        return DrawbridgeProcess.json(answer).path("id").asText();
    }

    private JsonNode read(String request) {
        return DrawbridgeProcess.json(process.send("erin", "GET", "/v1/requests/" + request, null));
    }

    private String status(String request) {
        return read(request).path("status").asText();
    }

    private String state(String request) {
        try {
            return read(request).at("/grant/state").asText();
        } catch (UncheckedIOException down) {
            return "";
        }
    }

    private String grant(String request) {
        return read(request).at("/grant/id").asText();
    }

    private int call(String person, String method, String path, @Nullable Object body) {
        return process.status(person, method, path, body);
    }

    /** Asks until it is answered well, or nobody is there to answer. */
    private void insist(BooleanSupplier deed) {
        await("it is taken", () -> deed.getAsBoolean() || !alive());
    }

    private boolean alive() {
        return process.isAlive();
    }

    private void start() {
        process.launch();
        process.awaitReady();
    }

    private DrawbridgeProcess process() {
        List<String> jvm = new ArrayList<>(List.of(
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=UTC",
                "-Daws.accessKeyId=testing",
                "-Daws.secretAccessKey=testing",
                "-D" + CrashingDrawbridge.KILL_FILE + "=" + killFile));
        AwsHouse aws = house;
        FaultyProxy between = proxy;
        if (aws != null) {
            aws.furniture().forEach((key, value) -> jvm.add("-D" + CrashingDrawbridge.FURNITURE + key + "=" + value));
        }
        List<String> arguments = new ArrayList<>();
        arguments.add("--spring.datasource.url=" + url() + ";AUTO_SERVER=TRUE;LOCK_TIMEOUT=10000;WRITE_DELAY=0");
        if (aws != null && between != null) {
            aws.properties(between.endpoint()).forEach((key, value) -> arguments.add("--" + key + "=" + value));
            // No denied call is told here.
            arguments.removeIf(each -> each.contains("queue-url"));
            arguments.add("--drawbridge.policies.location=file:" + AwsHouse.policies() + "/");
        }
        return new DrawbridgeProcess(
                cloud.toString(),
                folder.resolve(cloud + ".log"),
                jvm,
                List.of("-cp", SharedClasses.classPath(), CrashingDrawbridge.class.getName()),
                arguments,
                Map.of());
    }

    private String url() {
        return "jdbc:h2:file:" + folder.resolve(cloud.toString());
    }

    private JdbcClient database() {
        return JdbcClient.create(new DriverManagerDataSource(url() + ";AUTO_SERVER=TRUE", "drawbridge", ""));
    }

    /** Protected in payments-prod, and not asked for twice. */
    private static List<String> permissions() throws IOException {
        return Files.readAllLines(Path.of("src", "main", "resources", "catalogue", "s3.yaml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("- s3:"))
                .map(line -> line.substring(2))
                .toList();
    }

    private static void await(String what, BooleanSupplier look) {
        DrawbridgeProcess.await(what, PATIENCE, look);
    }

    @Override
    public void close() {
        process.close();
        FaultyProxy between = proxy;
        if (between != null) {
            between.close();
        }
        Moto server = moto;
        if (server != null) {
            server.stop();
        }
    }
}
