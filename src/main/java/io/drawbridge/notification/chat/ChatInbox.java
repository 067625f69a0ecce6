package io.drawbridge.notification.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.identity.ChatAccount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What came in, by the platform's own key of the delivery: the same delivery is done once, however often it comes, and one
 * that was taken and not done is taken up again.
 */
@Repository
class ChatInbox {
    /** How long a delivery is being done at most; after it, another try may take it up. */
    static final Duration LEASE = Duration.ofMinutes(1);

    /** How long a delivery is remembered; no platform delivers the same again after so long. */
    private static final Duration MEMORY = Duration.ofDays(2);

    private final JdbcClient database;
    private final ObjectMapper json = new ObjectMapper();
    private final Clock clock;

    ChatInbox(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A form that somebody has sent, as it waits to be done. */
    record Sent(ChatAccount from, Deed deed, String subject, Map<String, String> values) {}

    /** One that was taken and not done. */
    record Left(String delivery, Sent sent, Instant receivedAt) {}

    /**
     * Takes a delivery, in the caller's transaction or at once.
     *
     * @param sent what is to be done if this application dies over it; null if the platform delivers it again by itself
     * @return false if it was done before, or is being done
     */
    boolean take(String delivery, @Nullable Sent sent) {
        Instant now = clock.instant();
        try {
            database.sql(
                            "insert into chat_delivery (delivery, received_at, claimed_until, content) values (?, ?, ?, ?)")
                    .params(
                            delivery,
                            now.atOffset(ZoneOffset.UTC),
                            now.plus(LEASE).atOffset(ZoneOffset.UTC),
                            written(sent))
                    .update();
            return true;
        } catch (DuplicateKeyException known) {
            return takeUp(delivery);
        }
    }

    /** Takes one up that was taken and not done in time; false if another was faster, or if it is done. */
    boolean takeUp(String delivery) {
        Instant now = clock.instant();
        return database.sql("update chat_delivery set claimed_until = ? where delivery = ? and done_at is null"
                                + " and claimed_until <= ?")
                        .params(now.plus(LEASE).atOffset(ZoneOffset.UTC), delivery, now.atOffset(ZoneOffset.UTC))
                        .update()
                > 0;
    }

    /** It is done, if the caller's transaction commits; what was written in the form is forgotten. */
    void done(String delivery) {
        database.sql("update chat_delivery set done_at = ?, content = null where delivery = ?")
                .params(clock.instant().atOffset(ZoneOffset.UTC), delivery)
                .update();
    }

    /** Whether it was taken and is done. */
    boolean isDone(String delivery) {
        return database.sql("select count(*) from chat_delivery where delivery = ? and done_at is not null")
                        .param(delivery)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** It was not done, and the platform may deliver it again. */
    void release(String delivery) {
        database.sql("delete from chat_delivery where delivery = ? and done_at is null")
                .param(delivery)
                .update();
    }

    /** Forms that were taken and not done in time, longest waiting first. */
    List<Left> left(int limit) {
        return database.sql("select delivery, content, received_at from chat_delivery where done_at is null"
                        + " and claimed_until <= ? and content is not null order by received_at limit ?")
                .params(clock.instant().atOffset(ZoneOffset.UTC), limit)
                .query((row, number) -> new Left(
                        row.getString("delivery"),
                        read(row.getString("content")),
                        row.getObject("received_at", java.time.OffsetDateTime.class)
                                .toInstant()))
                .list();
    }

    /** Forgets what came in so long ago that it cannot come again. */
    void sweep() {
        database.sql("delete from chat_delivery where received_at < ? and (done_at is not null or content is null)")
                .param(clock.instant().minus(MEMORY).atOffset(ZoneOffset.UTC))
                .update();
    }

    private @Nullable String written(@Nullable Sent sent) {
        try {
            return sent == null ? null : json.writeValueAsString(sent);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("What was filled in cannot be written as JSON.", impossible);
        }
    }

    private Sent read(String text) {
        try {
            return json.readValue(text, Sent.class);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("A stored chat delivery cannot be read.", unreadable);
        }
    }
}
