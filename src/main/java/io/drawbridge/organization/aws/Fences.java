package io.drawbridge.organization.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Work that only one node may do at a time: whoever holds the fence does it, and the generation tells a later holder from
 * an earlier one that does not yet know that it was replaced.
 */
@Component
public class Fences {
    /**
     * How long to hold what is kept before each call: longer than a call takes at most, with what is written about it and
     * clocks that are a few seconds apart; and short, because the work of a node that dies rests for as long.
     */
    public static final Duration ONE_CALL = Duration.ofSeconds(15);

    private final JdbcClient database;
    private final TransactionTemplate apart;
    private final Clock clock;
    private final String node = UUID.randomUUID().toString();

    Fences(JdbcClient database, PlatformTransactionManager transactions, Clock clock) {
        this.database = database;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
    }

    /**
     * A fence that is held.
     *
     * @param generation grows by one each time that another node takes the fence over
     * @param heldUntil exclusive; nothing may be done under it from then on
     */
    public record Fence(String name, long generation, Instant heldUntil) {}

    /**
     * Takes the fence, or holds it longer; empty while another node holds it.
     *
     * @param holdFor longer than any single step under it takes
     */
    public Optional<Fence> hold(String name, Duration holdFor) {
        try {
            return Optional.ofNullable(apart.execute(transaction -> take(name, holdFor)));
        } catch (DuplicateKeyException other) {
            return Optional.empty();
        }
    }

    /**
     * Holds the fence for that long from now, if no other node has taken it since.
     *
     * @return whether it is still held, in that generation; if not, nothing more may be done under it
     */
    public boolean keep(Fence fence, Duration holdFor) {
        return hold(fence.name(), holdFor)
                .filter(held -> held.generation() == fence.generation())
                .isPresent();
    }

    /** Lets the next node in at once. */
    public void release(Fence fence) {
        apart.executeWithoutResult(transaction -> database.sql(
                        "update fence set held_until = ? where name = ? and holder = ? and generation = ?")
                .params(at(clock.instant()), fence.name(), node, fence.generation())
                .update());
    }

    private @org.jspecify.annotations.Nullable Fence take(String name, Duration holdFor) {
        Instant now = clock.instant();
        Instant until = now.plus(holdFor);
        var row = database.sql("select holder, generation, held_until from fence where name = ? for update")
                .param(name)
                .query((found, number) -> new Held(
                        found.getString(1),
                        found.getLong(2),
                        found.getObject(3, OffsetDateTime.class).toInstant()))
                .optional();
        if (row.isEmpty()) {
            database.sql("insert into fence (name, holder, generation, held_until) values (?, ?, 1, ?)")
                    .params(name, node, at(until))
                    .update();
            return new Fence(name, 1, until);
        }
        Held held = row.get();
        boolean mine = held.holder().equals(node);
        if (!mine && held.until().isAfter(now)) {
            return null;
        }
        long generation = mine ? held.generation() : held.generation() + 1;
        database.sql("update fence set holder = ?, generation = ?, held_until = ? where name = ?")
                .params(node, generation, at(until), name)
                .update();
        return new Fence(name, generation, until);
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private record Held(String holder, long generation, Instant until) {}
}
