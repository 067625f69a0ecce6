package io.drawbridge.notification.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.identity.ChatAccount;
import io.drawbridge.identity.ChatPlatform;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.notification.NoticeKind;
import io.drawbridge.request.RequestId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Every message that stands in a chat, or will, with what it should say now.
 *
 * <p>A message has one row, which a decision rewrites: what was posted is replaced, and what was not is posted with its last
 * words at once. So nothing can overtake anything, and replacing twice does what replacing once does. Beside it stands its
 * notice, which the Notices page shows.
 */
@Repository
class ChatOutbox {
    private static final int LONGEST_FAILURE = 2000;

    private final JdbcClient database;
    private final ObjectMapper json = new ObjectMapper();
    private final Clock clock;

    ChatOutbox(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * One message to be posted or replaced.
     *
     * @param account null for whoever has the person's address in the workspace
     * @param place null while it stands nowhere
     * @param version of what it should say
     * @param uncertain whether it may have been posted without our knowing
     * @param attempts how often it has failed
     */
    record Parcel(
            String id,
            ChatPlatform platform,
            String workspace,
            @Nullable String account,
            TenantId tenant,
            PersonId person,
            ChatMessage message,
            @Nullable ChatPlace place,
            int version,
            boolean uncertain,
            int attempts) {}

    /** An open message: its actions can be clicked still. */
    record Open(String id, PersonId person, Awaits awaits) {}

    /**
     * Puts a message in; it is there exactly if the caller's transaction commits.
     *
     * @param account null for whoever has the person's address in the workspace
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void put(
            Person person,
            ChatPlatform platform,
            String workspace,
            @Nullable String account,
            NoticeKind kind,
            @Nullable RequestId request,
            Awaits awaits,
            ChatMessage message) {
        String id = UUID.randomUUID().toString();
        Instant now = clock.instant();
        String to = account == null ? person.email() : account;
        Map<String, @Nullable Object> notice = new LinkedHashMap<>();
        notice.put("id", id);
        notice.put("tenant_id", person.tenant().value());
        notice.put("kind", kind.word());
        notice.put("transport", platform.word());
        notice.put("recipient_id", person.id().value());
        notice.put("address", shortened(platform.word() + ":" + workspace + "/" + to, 320));
        notice.put("subject", shortened(message.subject(), 998));
        notice.put("body_text", message.text());
        notice.put("body_html", "");
        notice.put("request_id", request == null ? null : request.value());
        notice.put("created_at", now.atOffset(ZoneOffset.UTC));
        notice.put("attempts", 0);
        notice.put("next_attempt_at", now.atOffset(ZoneOffset.UTC));
        insert("notice", notice);
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("notice_id", id);
        columns.put("tenant_id", person.tenant().value());
        columns.put("platform", platform.word());
        columns.put("workspace", workspace);
        columns.put("account", account);
        columns.put("person_id", person.id().value());
        columns.put("request_id", request == null ? null : request.value());
        columns.put("awaits", awaits.name());
        columns.put("content", written(message));
        columns.put("version", 1);
        columns.put("shown", 0);
        columns.put("uncertain", false);
        insert("chat_message", columns);
    }

    /** The open messages about a request; locked until the transaction ends, so that none is settled twice. */
    List<Open> open(RequestId request) {
        return database.sql("select notice_id, person_id, awaits from chat_message"
                        + " where request_id = ? and awaits <> 'NOTHING' order by notice_id for update")
                .param(request.value())
                .query((row, number) -> new Open(
                        row.getString("notice_id"),
                        new PersonId(row.getString("person_id")),
                        Awaits.valueOf(row.getString("awaits"))))
                .list();
    }

    /** Whether the person was asked in that workspace to decide the request. */
    boolean wasAsked(RequestId request, PersonId person, ChatPlatform platform, String workspace) {
        return database.sql("select count(*) from chat_message m join notice n on n.id = m.notice_id"
                                + " where m.request_id = ? and m.person_id = ? and m.platform = ? and m.workspace = ?"
                                + " and n.kind = ?")
                        .params(request.value(), person.value(), platform.word(), workspace, NoticeKind.DECIDE.word())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** Rewrites what an open message says; it has nothing to click from now on, and is due. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(String id, ChatMessage outcome) {
        database.sql(
                        "update chat_message set content = ?, awaits = 'NOTHING', version = version + 1 where notice_id = ?")
                .params(written(outcome), id)
                .update();
        database.sql("update notice set subject = ?, body_text = ?, sent_at = null, next_attempt_at = ? where id = ?")
                .params(
                        shortened(outcome.subject(), 998),
                        outcome.text(),
                        clock.instant().atOffset(ZoneOffset.UTC),
                        id)
                .update();
    }

    /** What a message for that account should say now; empty if there is none of that key. */
    Optional<ChatMessage> content(ChatAccount account, String id) {
        return database.sql("select content from chat_message where notice_id = ? and platform = ? and workspace = ?"
                        + " and account = ?")
                .params(id, account.platform().word(), account.workspace(), account.user())
                .query((row, number) -> read(row.getString("content")))
                .optional();
    }

    /** Keys of what is due, longest due first. */
    List<String> due(Instant now, int limit) {
        return database.sql("select m.notice_id from chat_message m join notice n on n.id = m.notice_id"
                        + " where n.sent_at is null and n.given_up_at is null and n.next_attempt_at <= :now"
                        + " and (m.claimed_until is null or m.claimed_until <= :now)"
                        + " order by n.next_attempt_at, n.number limit :limit")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    /**
     * Takes a due message for this node alone, until the lease is over; empty if another node was faster. One whose lease
     * has run out may have been posted by a node that died.
     */
    Optional<Parcel> claim(String id, Instant now, Duration lease) {
        int claimed = database.sql("update chat_message set uncertain = (uncertain or claimed_until is not null),"
                        + " claimed_until = :until where notice_id = :id"
                        + " and (claimed_until is null or claimed_until <= :now)"
                        + " and exists (select 1 from notice n where n.id = :id and n.sent_at is null and n.given_up_at is null"
                        + " and n.next_attempt_at <= :now)")
                .param("until", now.plus(lease).atOffset(ZoneOffset.UTC))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
        return claimed == 0
                ? Optional.empty()
                : database.sql("select m.*, n.attempts from chat_message m join notice n on n.id = m.notice_id"
                                + " where m.notice_id = ?")
                        .param(id)
                        .query((row, number) -> {
                            String conversation = row.getString("conversation");
                            String message = row.getString("message");
                            return new Parcel(
                                    row.getString("notice_id"),
                                    ChatPlatform.valueOf(
                                            row.getString("platform").toUpperCase(Locale.ROOT)),
                                    row.getString("workspace"),
                                    row.getString("account"),
                                    new TenantId(row.getString("tenant_id")),
                                    new PersonId(row.getString("person_id")),
                                    read(row.getString("content")),
                                    conversation == null || message == null
                                            ? null
                                            : new ChatPlace(conversation, message),
                                    row.getInt("version"),
                                    row.getBoolean("uncertain"),
                                    row.getInt("attempts"));
                        })
                        .optional();
    }

    /** Whose address it was. */
    void found(String id, ChatAccount account) {
        database.sql("update chat_message set account = ? where notice_id = ?")
                .params(account.user(), id)
                .update();
        database.sql("update notice set address = ? where id = ?")
                .params(shortened(account.toString(), 320), id)
                .update();
    }

    /** It stands there and says what it should have said as of that version; due again if it should say something else. */
    @Transactional
    public void shown(Parcel parcel, ChatPlace place, int version) {
        database.sql("update chat_message set conversation = ?, message = ?, shown = ?, uncertain = false,"
                        + " claimed_until = null where notice_id = ?")
                .params(place.conversation(), place.message(), version, parcel.id())
                .update();
        database.sql("update notice set sent_at = ?, failure = null where id = ? and exists"
                        + " (select 1 from chat_message m where m.notice_id = ? and m.version = m.shown)")
                .params(clock.instant().atOffset(ZoneOffset.UTC), parcel.id(), parcel.id())
                .update();
    }

    /** It was not taken, or nobody knows; it is tried again. */
    @Transactional
    public void failed(Parcel parcel, String failure, boolean uncertain, Instant nextAttempt) {
        database.sql("update chat_message set claimed_until = null, uncertain = ? where notice_id = ?")
                .params(uncertain, parcel.id())
                .update();
        database.sql("update notice set attempts = attempts + 1, failure = ?, next_attempt_at = ? where id = ?")
                .params(
                        shortened(failure.replace("\0", ""), LONGEST_FAILURE),
                        nextAttempt.atOffset(ZoneOffset.UTC),
                        parcel.id())
                .update();
    }

    /** It is not tried at the moment, through no fault of its own. */
    @Transactional
    public void postponed(Parcel parcel, Instant nextAttempt) {
        database.sql("update chat_message set claimed_until = null where notice_id = ?")
                .param(parcel.id())
                .update();
        database.sql("update notice set next_attempt_at = ? where id = ?")
                .params(nextAttempt.atOffset(ZoneOffset.UTC), parcel.id())
                .update();
    }

    /** It can never arrive; that stays to be read on the Notices page. */
    @Transactional
    public void givenUp(Parcel parcel, String why) {
        database.sql("update chat_message set claimed_until = null, awaits = 'NOTHING' where notice_id = ?")
                .param(parcel.id())
                .update();
        database.sql("update notice set given_up_at = ?, failure = ? where id = ?")
                .params(
                        clock.instant().atOffset(ZoneOffset.UTC),
                        shortened(why.replace("\0", ""), LONGEST_FAILURE),
                        parcel.id())
                .update();
    }

    /** Nobody has the address there: there is nothing that should have been told by this way. */
    @Transactional
    public void forget(Parcel parcel) {
        database.sql("delete from chat_message where notice_id = ?")
                .param(parcel.id())
                .update();
        database.sql("delete from notice where id = ?").param(parcel.id()).update();
    }

    private void insert(String table, Map<String, @Nullable Object> columns) {
        database.sql("insert into " + table + " (" + String.join(", ", columns.keySet()) + ") values (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update();
    }

    private String written(ChatMessage message) {
        try {
            return json.writeValueAsString(message);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A message cannot be written as JSON.", impossible);
        }
    }

    private ChatMessage read(String text) {
        try {
            return json.readValue(text, ChatMessage.class);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("A stored chat message cannot be read.", unreadable);
        }
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }
}
