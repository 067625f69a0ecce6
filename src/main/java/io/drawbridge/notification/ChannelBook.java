package io.drawbridge.notification;

import io.drawbridge.identity.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How delivery to each channel goes; what administrators say of channels is not written here. */
@Repository
class ChannelBook {
    private static final String DUE =
            "enabled and stopped_at is null and removed_at is null and next_attempt_at <= :now"
                    + " and (busy_until is null or busy_until <= :now)";

    private final JdbcClient database;

    ChannelBook(JdbcClient database) {
        this.database = database;
    }

    /** A channel that something waits for. */
    record Due(String id, TenantId tenant) {}

    /** Channels that can be told something now, longest due first; mail lists are no matter of this. */
    List<Due> due(Instant now) {
        return database.sql("select id, tenant_id from notification_channel where " + DUE + " and kind <> 'mail'"
                        + " and exists (select 1 from notice where channel_id = notification_channel.id"
                        + " and sent_at is null and given_up_at is null) order by next_attempt_at, id")
                .param("now", utc(now))
                .query((row, number) -> new Due(row.getString(1), new TenantId(row.getString(2))))
                .list();
    }

    /** Takes a channel for this node alone until the lease is over; false if another node was faster. */
    boolean claim(String id, Instant now, Duration lease) {
        return database.sql("update notification_channel set busy_until = :until where id = :id and " + DUE)
                        .param("until", utc(now.plus(lease)))
                        .param("id", id)
                        .param("now", utc(now))
                        .update()
                > 0;
    }

    /** Gives a channel back. */
    void release(String id) {
        database.sql("update notification_channel set busy_until = null where id = ?")
                .param(id)
                .update();
    }

    void succeeded(String id, Instant now) {
        database.sql(
                        "update notification_channel set last_success_at = ?, failures = 0, failing_since = null where id = ?")
                .params(utc(now), id)
                .update();
    }

    /** It failed, and is tried again; whatever waits for it waits until then. */
    void failed(String id, String failure, Instant now, Instant nextAttempt) {
        database.sql("update notification_channel set last_failure_at = :now, last_failure = :failure,"
                        + " failures = failures + 1, failing_since = coalesce(failing_since, :now),"
                        + " next_attempt_at = :next where id = :id")
                .param("now", utc(now))
                .param("failure", Outbox.kept(failure))
                .param("next", utc(nextAttempt))
                .param("id", id)
                .update();
    }

    /** It did not take one event, and is asked for the next. */
    void refused(String id, String failure, Instant now) {
        database.sql("update notification_channel set last_failure_at = ?, last_failure = ? where id = ?")
                .params(utc(now), Outbox.kept(failure), id)
                .update();
    }

    /** Since when a channel fails; empty while it works. */
    Optional<Instant> failingSince(String id) {
        return database.sql("select failing_since from notification_channel where id = ?")
                .param(id)
                .query((row, number) -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant))
                .optional()
                .flatMap(since -> since);
    }

    /** It is tried no more until an administrator changes it; false if it was stopped before. */
    boolean stop(String id, String why, Instant now) {
        return database.sql("update notification_channel set stopped_at = :now, last_failure_at = :now,"
                                + " last_failure = :why where id = :id and stopped_at is null and removed_at is null")
                        .param("now", utc(now))
                        .param("why", Outbox.kept(why))
                        .param("id", id)
                        .update()
                > 0;
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
