package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A dump, more grants, and a restore of the dump, with PostgreSQL's own tools; the cloud keeps what the database has
 * forgotten. Ends with 1 unless exactly that is closed.
 */
public final class BackupTrial {
    private static final int BEFORE = 6;
    private static final int AFTER = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String CLOUD = "dry_run_*";

    private BackupTrial() {}

    /**
     * Runs it.
     *
     * @param args the folder of PostgreSQL's binaries, {@code /usr/lib/postgresql/15/bin} if nothing is said
     */
    public static void main(String[] args) {
        Path binaries = Path.of(args.length > 0 ? args[0] : "/usr/lib/postgresql/15/bin");
        List<String> often = List.of(
                "--drawbridge.reconciliation.every=PT20S",
                "--drawbridge.reconciliation.initial-delay=PT5S",
                "--drawbridge.reconciliation.grace=PT10S");
        try (Cluster cluster = new Cluster("backup", List.of(Duration.ZERO), often, binaries)) {
            Postgres postgres = cluster.postgres();
            DrawbridgeProcess node = cluster.nodes().get(0);
            List<String> before = open(cluster, 0, BEFORE, "PT4H");
            String meanwhile = open(cluster, BEFORE, 1, "PT40S").get(0);

            String dump = cluster.folder().resolve("drawbridge.dump").toString();
            Instant dumped = Instant.now();
            postgres.run(
                    binaries.resolve("pg_dump"),
                    "--format=custom",
                    "--exclude-table-data=" + CLOUD,
                    "--file=" + dump,
                    "postgres");

            List<String> after = open(cluster, BEFORE + 1, AFTER, "PT4H");
            String endedEarly = before.get(0);
            node.send(owner(0), "DELETE", "/v1/grants/" + endedEarly, null);
            awaitState(cluster.database(), endedEarly, "REVOKED");
            awaitState(cluster.database(), meanwhile, "REVOKED");
            node.kill();

            Instant restoring = Instant.now();
            restore(cluster, binaries, dump);
            JdbcClient restored = cluster.database();
            int on = restored.sql("select count(*) from dry_run_access")
                    .query(Integer.class)
                    .single();
            Duration took = Duration.between(restoring, Instant.now());
            node.launch();
            node.awaitReady();
            Instant ready = Instant.now();
            DrawbridgeProcess.await("what nobody remembers is closed", PATIENCE, () -> on(restored, after) == 0);
            Duration closed = Duration.between(ready, Instant.now());
            DrawbridgeProcess.await(
                    "what has ended is found to be gone",
                    PATIENCE,
                    () -> restored.sql("select count(*) from access_grant where id = ? and missing_since is not null")
                                    .param(endedEarly)
                                    .query(Integer.class)
                                    .single()
                            == 1);
            awaitState(restored, meanwhile, "REVOKED");

            List<String> kept = before.subList(1, before.size());
            int stillOn = on(restored, kept);
            System.out.printf(
                    Locale.ROOT,
                    "Restored in %.1f s a dump that was %.0f s old. %d accesses were on in the cloud, of which the tables"
                            + " knew %d; the other %d were closed %.1f s after the start, the %d are on still. A grant that"
                            + " had been ended early is marked as missing; one whose end had passed is revoked.%n",
                    took.toMillis() / 1000.0,
                    Duration.between(dumped, restoring).toMillis() / 1000.0,
                    on,
                    kept.size(),
                    after.size(),
                    closed.toMillis() / 1000.0,
                    stillOn);
            System.exit(stillOn == kept.size() && on == kept.size() + after.size() ? 0 : 1);
        }
    }

    /** Into an empty database of the same name; the cloud is what it was. */
    private static void restore(Cluster cluster, Path binaries, String dump) {
        Postgres postgres = cluster.postgres();
        String cloud = cluster.folder().resolve("cloud.sql").toString();
        // Nothing comes or goes in the cloud by this, so the triggers that note it rest.
        postgres.run(
                binaries.resolve("pg_dump"),
                "--data-only",
                "--disable-triggers",
                "--table=" + CLOUD,
                "--file=" + cloud,
                "postgres");
        postgres.run(binaries.resolve("psql"), "-c", "alter database postgres rename to lost", "template1");
        postgres.run(binaries.resolve("createdb"), "--maintenance-db=template1", "postgres");
        postgres.run(binaries.resolve("pg_restore"), "--exit-on-error", "--dbname=postgres", dump);
        postgres.run(binaries.resolve("psql"), "-v", "ON_ERROR_STOP=1", "-f", cloud, "postgres");
    }

    private static List<String> open(Cluster cluster, int first, int many, String length) {
        List<String> grants = new ArrayList<>();
        for (int number = first; number < first + many; number++) {
            HttpResponse<String> asked = cluster.nodes()
                    .get(0)
                    .send(
                            owner(number),
                            "POST",
                            "/v1/requests",
                            Map.of(
                                    "account",
                                    "444455556666",
                                    "permission",
                                    Cluster.permissions().get(0),
                                    "justification",
                                    "A trial.",
                                    "duration",
                                    length));
            String request = DrawbridgeProcess.json(asked).path("id").asText();
            JdbcClient database = cluster.database();
            DrawbridgeProcess.await(
                    "it is on",
                    PATIENCE,
                    () -> database.sql("select count(*) from access_grant where request_id = ? and state = 'ACTIVE'")
                                    .param(request)
                                    .query(Integer.class)
                                    .single()
                            == 1);
            grants.add(database.sql("select id from access_grant where request_id = ?")
                    .param(request)
                    .query(String.class)
                    .single());
        }
        return grants;
    }

    private static String owner(int number) {
        return "load-" + (number + 1) + "@acme.example";
    }

    /** How many of them are on; what the cloud was asked for is done by its time, and written when somebody asks next. */
    private static int on(JdbcClient database, List<String> grants) {
        return database.sql(
                        """
                        select count(*) from dry_run_access where grant_id in (:grants) and object_key not in
                            (select object_key from dry_run_operation where not opening and completes_at <= now())""")
                .param("grants", grants)
                .query(Integer.class)
                .single();
    }

    private static void awaitState(JdbcClient database, String grant, String state) {
        DrawbridgeProcess.await("grant " + grant + " is " + state, PATIENCE, () -> database.sql(
                        "select state from access_grant where id = ?")
                .param(grant)
                .query(String.class)
                .single()
                .equals(state));
    }
}
