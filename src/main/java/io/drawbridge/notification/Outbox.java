package io.drawbridge.notification;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Person;
import io.drawbridge.request.NoticeBoard;
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

    private final JdbcClient database;

    Outbox(JdbcClient database) {
        this.database = database;
    }

    /** One mail to be sent. */
    record Parcel(String id, String kind, String address, String subject, String text, String html, int attempts) {}

    /**
     * Puts a notice in; it is there exactly if the caller's transaction commits.
     *
     * @param delivered whether it needs no mail, because the page is where it is read
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void put(Person recipient, Letter letter, String text, String html, Instant now, boolean delivered) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("id", UUID.randomUUID().toString());
        columns.put("tenant_id", recipient.tenant().value());
        columns.put("kind", letter.kind().word());
        columns.put("recipient_id", recipient.id().value());
        columns.put("address", recipient.email());
        columns.put("subject", letter.subject());
        columns.put("body_text", text);
        columns.put("body_html", html);
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

    /** Keys of what is due, longest due first. */
    List<String> due(Instant now, int limit) {
        return database.sql("select id from notice where channel = 'mail' and sent_at is null and next_attempt_at <= ?"
                        + " order by next_attempt_at, number limit ?")
                .params(utc(now), limit)
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
                : database.sql(
                                "select id, kind, address, subject, body_text, body_html, attempts from notice where id = ?")
                        .param(id)
                        .query((row, number) -> new Parcel(
                                row.getString("id"),
                                row.getString("kind"),
                                row.getString("address"),
                                row.getString("subject"),
                                row.getString("body_text"),
                                row.getString("body_html"),
                                row.getInt("attempts")))
                        .optional();
    }

    void sent(String id, Instant now) {
        database.sql("update notice set sent_at = ?, failure = null where id = ? and sent_at is null")
                .params(utc(now), id)
                .update();
    }

    void failed(String id, String failure, Instant nextAttempt) {
        String kept = failure.length() <= LONGEST_FAILURE ? failure : failure.substring(0, LONGEST_FAILURE);
        database.sql("update notice set attempts = attempts + 1, failure = ?, next_attempt_at = ?"
                        + " where id = ? and sent_at is null")
                .params(kept.replace("\0", ""), utc(nextAttempt), id)
                .update();
    }

    @Override
    @Transactional(readOnly = true)
    public List<Notice> read(Caller caller, @Nullable Long before, int limit) {
        return database.sql("select number, kind, recipient_id, address, subject, body_text, request_id, created_at,"
                        + " sent_at, attempts, failure from notice where tenant_id = :tenant"
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
        OffsetDateTime sentAt = row.getObject("sent_at", OffsetDateTime.class);
        return new Notice(
                row.getLong("number"),
                row.getString("kind"),
                row.getString("recipient_id"),
                row.getString("address"),
                row.getString("subject"),
                row.getString("body_text"),
                row.getString("request_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                sentAt == null ? null : sentAt.toInstant(),
                row.getInt("attempts"),
                row.getString("failure"));
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
