package io.drawbridge.notification;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ChannelPost;
import io.drawbridge.organization.NotificationChannel;
import io.drawbridge.request.NoticeBoard;
import io.drawbridge.request.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Every notice that was ever written, those included that have not arrived yet. */
@Repository
class Outbox implements NoticeBoard {
    private static final int LONGEST_FAILURE = 2000;
    private static final String PARCEL =
            "id, tenant_id, request_id, kind, address, subject, body_text, body_html, words, attempts, event_id, channel_id";

    private final JdbcClient database;

    Outbox(JdbcClient database) {
        this.database = database;
    }

    /**
     * One notice to be sent; with its event and its channel if it is for none but a channel.
     *
     * @param html of a mail that was written before its words were kept
     * @param words of a mail, as {@link LetterPress#html} reads them
     */
    record Parcel(
            String id,
            TenantId tenant,
            @Nullable RequestId request,
            String kind,
            String address,
            String subject,
            String text,
            @Nullable String html,
            @Nullable String words,
            int attempts,
            @Nullable String eventId,
            @Nullable String channel) {}

    /**
     * Puts a notice in; it is there exactly if the caller's transaction commits.
     *
     * @param words as {@link LetterPress#html} reads them
     * @param delivered whether it needs no mail, because the page is where it is read
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void put(Person recipient, Letter letter, String text, String words, Instant now, boolean delivered) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("id", UUID.randomUUID().toString());
        columns.put("tenant_id", recipient.tenant().value());
        columns.put("transport", Transport.MAIL.word());
        columns.put("kind", letter.kind().word());
        columns.put("recipient_id", recipient.id().value());
        columns.put("address", recipient.email());
        columns.put("subject", letter.subject());
        columns.put("body_text", text);
        columns.put("words", words);
        columns.put(
                "request_id", letter.request() == null ? null : letter.request().value());
        columns.put("created_at", utc(now));
        columns.put("sent_at", delivered ? utc(now) : null);
        columns.put("attempts", 0);
        columns.put("next_attempt_at", utc(now));
        database.sql("insert into notice (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    /** Keys of what is due to leave by that transport, longest due first. */
    List<String> due(Transport transport, Instant now, int limit) {
        return database.sql("select id from notice where sent_at is null and given_up_at is null"
                        + " and next_attempt_at <= ? and transport = ? and (channel_id is null or channel_id in"
                        + " (select id from notification_channel where enabled and stopped_at is null))"
                        + " order by next_attempt_at, number limit ?")
                .params(utc(now), transport.word(), limit)
                .query(String.class)
                .list();
    }

    /**
     * Takes a due notice for this node alone, until the lease is over; empty if another node was faster.
     *
     * <p>The condition is read again after the row's lock was waited for, so of two nodes exactly one finds it true.
     */
    Optional<Parcel> claim(String id, Instant now, Duration lease) {
        int claimed = database.sql(
                        "update notice set next_attempt_at = ? where id = ? and sent_at is null and next_attempt_at <= ?")
                .params(utc(now.plus(lease)), id, utc(now))
                .update();
        return claimed == 0
                ? Optional.empty()
                : database.sql("select " + PARCEL + " from notice where id = ?")
                        .param(id)
                        .query((row, number) -> parcel(row))
                        .optional();
    }

    private static Parcel parcel(ResultSet row) throws SQLException {
        return new Parcel(
                row.getString("id"),
                new TenantId(row.getString("tenant_id")),
                row.getString("request_id") == null ? null : new RequestId(row.getString("request_id")),
                row.getString("kind"),
                row.getString("address"),
                row.getString("subject"),
                row.getString("body_text"),
                row.getString("body_html"),
                row.getString("words"),
                row.getInt("attempts"),
                row.getString("event_id"),
                row.getString("channel_id"));
    }

    /**
     * An event for one address of a channel.
     *
     * @param event as receivers read it
     * @param text what is sent: the body, or the words of a mail
     * @param words of a mail, as {@link LetterPress#html} reads them; null if it is none
     */
    record Event(
            NotificationChannel channel,
            Transport transport,
            String event,
            String eventId,
            String address,
            String subject,
            String text,
            @Nullable String words,
            @Nullable String requestId) {}

    /**
     * Puts an event in, once: what the address of the channel has been told already is left out.
     *
     * @param delivered whether nobody carries it, so that the page is where it is read
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void put(Event event, Instant now, boolean delivered) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("id", UUID.randomUUID().toString());
        columns.put("tenant_id", event.channel().tenant().value());
        columns.put("transport", event.transport().word());
        columns.put("channel_id", event.channel().id());
        columns.put("event_id", event.eventId());
        columns.put("kind", event.event());
        columns.put("address", event.address());
        columns.put("subject", event.subject());
        columns.put("body_text", event.text());
        columns.put("words", event.words());
        columns.put("request_id", event.requestId());
        columns.put("created_at", utc(now));
        columns.put("sent_at", delivered ? utc(now) : null);
        columns.put("attempts", 0);
        columns.put("next_attempt_at", utc(now));
        // NB. Of two at a time the second stumbles over the index of event and channel, and takes its change back with
        // it.
        Integer there = database.sql(
                        "select count(*) from notice where channel_id = ? and event_id = ? and address = ?")
                .params(event.channel().id(), event.eventId(), event.address())
                .query(Integer.class)
                .single();
        if (there == 0) {
            database.sql("insert into notice (" + String.join(", ", columns.keySet()) + ") values (:"
                            + String.join(", :", columns.keySet()) + ")")
                    .params(columns)
                    .update();
        }
    }

    /** What a channel is to be told next: the oldest that waits. */
    Optional<Parcel> next(String channel) {
        return database.sql("select " + PARCEL + " from notice where channel_id = ? and sent_at is null"
                        + " and given_up_at is null order by number limit 1")
                .param(channel)
                .query((row, number) -> parcel(row))
                .optional();
    }

    /** It is tried no more; it stays, with the reason. */
    void givenUp(String id, String reason, Instant now) {
        database.sql("update notice set given_up_at = ?, failure = ?, attempts = attempts + 1"
                        + " where id = ? and sent_at is null")
                .params(utc(now), kept(reason), id)
                .update();
    }

    void abandon(String channel, String reason, Instant now) {
        database.sql("update notice set given_up_at = ?, failure = ?"
                        + " where channel_id = ? and sent_at is null and given_up_at is null")
                .params(utc(now), reason, channel)
                .update();
    }

    /** Gives up what came in at the very moment in which its channel was removed. */
    void abandonRemoved(String reason, Instant now) {
        database.sql("update notice set given_up_at = ?, failure = ? where sent_at is null and given_up_at is null"
                        + " and channel_id in (select id from notification_channel where removed_at is not null)")
                .params(utc(now), reason)
                .update();
    }

    int waiting(String channel) {
        return database.sql(
                        "select count(*) from notice where channel_id = ? and sent_at is null and given_up_at is null")
                .param(channel)
                .query(Integer.class)
                .single();
    }

    /** What a channel was told, newest first. */
    List<ChannelPost.Delivery> deliveries(String channel, @Nullable Long before, int limit) {
        return database.sql(
                        "select number, kind, event_id, address, request_id, created_at, sent_at, attempts, failure,"
                                + " given_up_at from notice where channel_id = ? and number < ? order by number desc limit ?")
                .params(channel, before == null ? Long.MAX_VALUE : before, Math.max(1, limit))
                .query((row, number) -> new ChannelPost.Delivery(
                        row.getLong("number"),
                        row.getString("kind"),
                        row.getString("event_id"),
                        row.getString("address"),
                        row.getString("request_id"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        instant(row, "sent_at"),
                        row.getInt("attempts"),
                        row.getString("failure"),
                        instant(row, "given_up_at")))
                .list();
    }

    void sent(String id, Instant now) {
        database.sql("update notice set sent_at = ?, failure = null where id = ? and sent_at is null")
                .params(utc(now), id)
                .update();
    }

    void failed(String id, String failure, Instant nextAttempt) {
        database.sql("update notice set attempts = attempts + 1, failure = ?, next_attempt_at = ?"
                        + " where id = ? and sent_at is null")
                .params(kept(failure), utc(nextAttempt), id)
                .update();
    }

    static String kept(String failure) {
        String kept = failure.length() <= LONGEST_FAILURE ? failure : failure.substring(0, LONGEST_FAILURE);
        return kept.replace("\0", "");
    }

    @Override
    @Transactional(readOnly = true)
    public List<Notice> read(Caller caller, @Nullable Long before, int limit) {
        return database.sql("select notice.*, (select name from notification_channel where id = notice.channel_id) as"
                        + " channel from notice where tenant_id = :tenant"
                        + (caller.isAdministrator() ? "" : " and recipient_id = :reader")
                        + " and number < :before order by number desc limit :limit")
                .param("tenant", caller.tenant().value())
                .param("reader", caller.id().value())
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("limit", Math.max(1, limit))
                .query((row, number) -> notice(row))
                .list();
    }

    private static Notice notice(ResultSet row) throws SQLException {
        return new Notice(
                row.getLong("number"),
                row.getString("kind"),
                row.getString("recipient_id"),
                row.getString("channel"),
                row.getString("address"),
                row.getString("subject"),
                row.getString("body_text"),
                row.getString("request_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "sent_at"),
                row.getInt("attempts"),
                row.getString("failure"),
                instant(row, "given_up_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
