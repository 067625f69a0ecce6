package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/**
 * Calls that were made with an {@code Idempotency-Key}, and what they were answered; kept for 24 hours.
 *
 * <p>Each method is a transaction of its own, apart from that of the call. A node that dies in the middle of a call leaves
 * it without an answer: it counts as under way until it is forgotten, since nobody knows what it had done.
 */
@Repository
class IdempotentCalls {
    private static final Duration KEPT = Duration.ofHours(24);

    /** Stands for an answer that holds a secret, and is not kept. */
    static final String SAID_ONCE = "said once";

    private final JdbcClient database;
    private final Clock clock;

    IdempotentCalls(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * One call.
     *
     * @param bodyHash SHA-256 in hex over method, path, query and body
     * @param answer null while it is under way
     */
    record Call(String bodyHash, @Nullable Answer answer) {}

    /** What a call was answered. */
    record Answer(int status, @Nullable String location, @Nullable String contentType, String body) {}

    /** Claims the key for a call; false if it is taken. */
    boolean begin(Caller caller, String key, String call, String bodyHash) {
        try {
            database.sql(
                            """
                            insert into idempotent_call (tenant_id, person_id, idempotency_key, call, body_hash, called_at)
                            values (?, ?, ?, ?, ?, ?)""")
                    .params(
                            caller.tenant().value(),
                            caller.id().value(),
                            key,
                            call,
                            bodyHash,
                            clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
            return true;
        } catch (DuplicateKeyException taken) {
            return false;
        }
    }

    Optional<Call> find(Caller caller, String key) {
        return database.sql("select body_hash, status, location, content_type, response from idempotent_call"
                        + " where tenant_id = ? and person_id = ? and idempotency_key = ?")
                .params(caller.tenant().value(), caller.id().value(), key)
                .query((row, number) -> {
                    int status = row.getInt("status");
                    String body = row.getString("response");
                    return new Call(
                            row.getString("body_hash"),
                            status == 0
                                    ? null
                                    : new Answer(
                                            status,
                                            row.getString("location"),
                                            row.getString("content_type"),
                                            body == null ? "" : body));
                })
                .optional();
    }

    void answered(Caller caller, String key, Answer answer) {
        database.sql(
                        "update idempotent_call set status = :status, location = :location, content_type = :type,"
                                + " response = :body where tenant_id = :tenant and person_id = :person and idempotency_key = :key")
                .param("status", answer.status())
                .param("location", answer.location())
                .param("type", answer.contentType())
                .param("body", answer.body())
                .param("tenant", caller.tenant().value())
                .param("person", caller.id().value())
                .param("key", key)
                .update();
    }

    /** Gives the key back: the call has left nothing behind, and may be made again. */
    void forget(Caller caller, String key) {
        database.sql("delete from idempotent_call where tenant_id = ? and person_id = ? and idempotency_key = ?")
                .params(caller.tenant().value(), caller.id().value(), key)
                .update();
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT1M")
    void forgetOld() {
        Instant oldest = clock.instant().minus(KEPT);
        database.sql("delete from idempotent_call where called_at < ?")
                .param(oldest.atOffset(ZoneOffset.UTC))
                .update();
    }
}
