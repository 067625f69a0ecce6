package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What came of everything that was promised, read from the tables and the cloud when all is over.
 *
 * @param promised requests that were answered with a 201
 * @param latest the longest time from the end of a grant to the cloud being asked to close it, by the database's clock
 * @param earliest the same, the shortest; negative if a grant was closed before its end
 * @param askedAgain openings and closings that the cloud was asked for more than once, which changes nothing
 * @param confirmedLatest the longest time from the end of a grant to {@code REVOKED}
 * @param faults what is not as it has to be; empty if nothing was lost
 */
record Reckoning(
        int promised,
        int grants,
        Duration earliest,
        Duration latest,
        Duration confirmedLatest,
        int notices,
        int askedAgain,
        List<String> faults) {

    private static final String LATENESS =
            """
            select %s(extract(epoch from c.at - g.ends_at)) from access_grant g
            join (select grant_id, min(at) as at from trial_cloud_call where not opening group by grant_id) c
                on c.grant_id = g.id""";

    /** A time in which the cloud or the database was away. */
    record Away(Instant from, Instant until) {
        /** How much of the time between the two lies in it. */
        Duration within(Instant begin, Instant end) {
            Instant first = begin.isAfter(from) ? begin : from;
            Instant last = end.isBefore(until) ? end : until;
            return first.isBefore(last) ? Duration.between(first, last) : Duration.ZERO;
        }
    }

    /**
     * Waits until nothing is under way any more, then reads.
     *
     * @param mail whether every notice has to have reached the mail server
     */
    static Reckoning of(Cluster cluster, Collection<String> promised, Duration patience, boolean mail) {
        JdbcClient database = cluster.database();
        List<String> faults = new ArrayList<>();
        try {
            DrawbridgeProcess.await(
                    "every grant has ended",
                    patience,
                    () -> count(
                                            database,
                                            "select count(*) from access_grant where state not in ('REVOKED', 'PROVISION_FAILED')")
                                    == 0
                            && count(
                                            database,
                                            "select count(*) from act_ru_execution e where e.business_key_ is not null and"
                                                    + " e.business_key_ not in (select id from access_request where status in ('PENDING', 'REQUESTED'))")
                                    == 0
                            && count(
                                            database,
                                            "select count(*) from access_request r where r.status = 'APPROVED'"
                                                    + " and not exists (select 1 from access_grant g where g.request_id = r.id)")
                                    == 0);
        } catch (IllegalStateException never) {
            faults.add(never.getMessage() + " Not ended: "
                    + rows(database, "select state || ' ' || count(*) from access_grant group by state")
                    + ", stuck jobs: "
                    + rows(
                            database,
                            "select coalesce(d.act_id_, j.type_) || ', ' || j.retries_ || ' retries: ' || count(*) from act_ru_job j"
                                    + " left join act_ru_jobdef d on d.id_ = j.job_def_id_"
                                    + " group by coalesce(d.act_id_, j.type_), j.retries_"));
        }
        if (mail) {
            try {
                DrawbridgeProcess.await(
                        "every notice is sent",
                        patience,
                        () -> count(database, "select count(*) from notice where sent_at is null") == 0);
            } catch (IllegalStateException never) {
                faults.add(never.getMessage());
            }
            List<String> written = rows(database, "select id from notice where kind <> 'service_disabled'");
            written.removeAll(cluster.mails());
            if (!written.isEmpty()) {
                faults.add(written.size() + " notices never reached the mail server.");
            }
        }
        List<String> kept = rows(database, "select id from access_request");
        List<String> lost = new ArrayList<>(promised);
        lost.removeAll(new java.util.HashSet<>(kept));
        if (!lost.isEmpty()) {
            faults.add(lost.size() + " requests were promised and are not there.");
        }
        none(
                faults,
                database,
                "grants came on in the cloud and never went",
                """
                select grant_id from trial_cloud_change group by grant_id having count(*) filter (where opening)
                    <> count(*) filter (where not opening)""");
        none(
                faults,
                database,
                "grants came on twice, or went twice",
                "select grant_id from trial_cloud_change group by grant_id, opening having count(*) > 1");
        none(
                faults,
                database,
                "grants were asked for in the cloud, and it was never asked to close them",
                """
                select grant_id from trial_cloud_call group by grant_id
                having bool_or(opening) and not bool_or(not opening)""");
        none(
                faults,
                database,
                "accesses are on, or changing",
                "select object_key from dry_run_access union all select object_key from dry_run_operation where opening");
        none(
                faults,
                database,
                "grants have not exactly one record of each step in the audit",
                """
                select g.id from access_grant g
                where g.state = 'REVOKED' and exists (
                    select 1 from (values ('grant.opened'), ('grant.active'), ('grant.revoking'), ('grant.revoked')) as s (step)
                    where (g.active_at is not null or s.step <> 'grant.active')
                      and 1 <> (select count(*) from audit_record a where a.tenant_id = g.tenant_id
                            and a.subject = g.request_id and a.action = s.step))""");
        none(
                faults,
                database,
                "grants that ended have not exactly one notice that says so",
                """
                select g.id from access_grant g where g.state = 'REVOKED' and g.request_id not in (
                    select n.request_id from notice n where n.kind = 'revoked' and n.request_id is not null
                    group by n.request_id having count(*) = 1)""");
        none(
                faults,
                database,
                "approved requests have not exactly one grant",
                """
                select r.id from access_request r where r.status = 'APPROVED'
                  and 1 <> (select count(*) from access_grant g where g.request_id = r.id)""");
        none(faults, database, "incidents are open", "select id_ from act_ru_incident");
        none(
                faults,
                database,
                "waiting requests have not their two clocks, or wrong ones",
                """
                select r.id from access_request r where r.status = 'PENDING' and not exists (
                    select 1 from act_ru_execution e join act_ru_job j on j.process_instance_id_ = e.id_
                    join act_ru_jobdef d on d.id_ = j.job_def_id_
                    where e.business_key_ = r.id and j.retries_ > 0 group by e.id_
                    having count(*) filter (where d.act_id_ = 'BoundaryEvent_ApprovalExpired' and abs(extract(epoch from
                            j.duedate_ at time zone 'UTC' - r.status_since - interval '24 hours')) < 60) = 1
                       and count(*) filter (where d.act_id_ = 'BoundaryEvent_ApprovalOverdue' and
                            j.duedate_ at time zone 'UTC' between now() - interval '10 seconds' and now() + interval '1 hour') = 1)""");
        return new Reckoning(
                promised.size(),
                count(database, "select count(*) from access_grant"),
                seconds(database, String.format(LATENESS, "min")),
                seconds(database, String.format(LATENESS, "max")),
                seconds(
                        database,
                        "select max(extract(epoch from revoked_at - ends_at)) from access_grant where state = 'REVOKED'"
                                + " and id in (select grant_id from trial_cloud_call)"),
                count(database, "select count(*) from notice"),
                count(
                        database,
                        "select count(*) from (select 1 from trial_cloud_call group by grant_id, opening having count(*) > 1) t"),
                faults);
    }

    /** The longest time from the end of a grant to the cloud being asked to close it, of what it was asked from then on. */
    static Duration latest(Cluster cluster, Instant from, Instant until) {
        return seconds(cluster.database()
                .sql(String.format(LATENESS, "max") + " where c.at >= ? and c.at < ?")
                .params(from.atOffset(ZoneOffset.UTC), until.atOffset(ZoneOffset.UTC))
                .query(Double.class)
                .optional());
    }

    /** The longest time from the end of a grant to the cloud being asked to close it, of the ends that fell due then. */
    static Duration latestOfEnds(Cluster cluster, Instant from, Instant until) {
        return seconds(cluster.database()
                .sql(String.format(LATENESS, "max") + " where g.ends_at >= ? and g.ends_at < ?")
                .params(from.atOffset(ZoneOffset.UTC), until.atOffset(ZoneOffset.UTC))
                .query(Double.class)
                .optional());
    }

    /** The longest such time of all, without what the cloud or the database were away of it. */
    static Duration latestBesides(Cluster cluster, List<Away> away) {
        return cluster
                .database()
                .sql(
                        """
                        select g.ends_at, c.at from access_grant g
                        join (select grant_id, min(at) as at from trial_cloud_call where not opening group by grant_id) c
                            on c.grant_id = g.id""")
                .query((row, number) -> besides(
                        row.getObject(1, OffsetDateTime.class).toInstant(),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        away))
                .list()
                .stream()
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** How late it was closed, without what lay in an outage. */
    static Duration besides(Instant end, Instant closed, List<Away> away) {
        Duration late = Duration.between(end, closed);
        for (Away each : away) {
            late = late.minus(each.within(end, closed));
        }
        return late;
    }

    /** Lets the next reckoning begin anew. */
    static void forget(Cluster cluster) {
        cluster.database().sql("truncate trial_cloud_call, trial_cloud_change").update();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d requests promised, %d grants, %d notices; %d times the cloud was asked again; the cloud was asked to close %.2f s to %.2f s after the end,"
                        + " the last one was confirmed after %.2f s; %s",
                promised,
                grants,
                notices,
                askedAgain,
                earliest.toMillis() / 1000.0,
                latest.toMillis() / 1000.0,
                confirmedLatest.toMillis() / 1000.0,
                faults.isEmpty() ? "nothing lost, nothing twice." : "FAULTS: " + String.join(" ", faults));
    }

    private static void none(List<String> faults, JdbcClient database, String what, String sql) {
        List<String> found = rows(database, sql);
        if (!found.isEmpty()) {
            faults.add(found.size() + " " + what + ", such as " + found.get(0) + ".");
        }
    }

    private static int count(JdbcClient database, String sql) {
        return database.sql(sql).query(Integer.class).single();
    }

    private static List<String> rows(JdbcClient database, String sql) {
        return new ArrayList<>(database.sql(sql).query(String.class).list());
    }

    private static Duration seconds(JdbcClient database, String sql) {
        return seconds(database.sql(sql).query(Double.class).optional());
    }

    private static Duration seconds(Optional<Double> found) {
        return found.map(seconds -> Duration.ofNanos((long) (seconds * 1_000_000_000)))
                .orElse(Duration.ZERO);
    }
}
