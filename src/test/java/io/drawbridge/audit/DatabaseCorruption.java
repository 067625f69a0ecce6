package io.drawbridge.audit;

import io.drawbridge.identity.AuditChain.Kind;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One thing that somebody with the rights of the database does to it, and what the verification has to say of it. */
final class DatabaseCorruption {
    private static final int WAYS = 11;

    private final JdbcClient database;
    private final List<Integer> signed;
    private final Random random;
    private final int way;
    private final int records;

    private Kind expected = Kind.CHANGED;
    private @Nullable Long position;

    DatabaseCorruption(JdbcClient database, List<Integer> signed, Random random, int round) {
        this.database = database;
        this.signed = signed;
        this.random = random;
        this.way = round % WAYS;
        this.records = database.sql("select count(*) from audit_seal where tenant_id = 'acme'")
                .query(Integer.class)
                .single();
    }

    Kind expected() {
        return expected;
    }

    /** Of the record that has to be named; null if it has no place in the chain. */
    @Nullable
    Long position() {
        return position;
    }

    void corrupt() {
        int one = 1 + random.nextInt(records - 1);
        int other = one + 1 + random.nextInt(records - one);
        int lastSigned = signed.get(signed.size() - 1);
        switch (way) {
            case 0 -> {
                String column = List.of("actor", "action", "subject", "details").get(random.nextInt(4));
                update(
                        "update audit_record set " + column + " = concat(" + column + ", ' ') where number = ?",
                        number(one));
                is(Kind.CHANGED, one);
            }
            case 1 -> {
                update(
                        "update audit_record set recorded_at = recorded_at - interval '1' second where number = ?",
                        number(one));
                is(Kind.CHANGED, one);
            }
            case 2 -> {
                update("update audit_record set tenant_id = 'globex' where number = ?", number(one));
                is(Kind.CHANGED, one);
            }
            case 3 -> {
                update("delete from audit_record where number = ?", number(one));
                is(Kind.DROPPED, one);
            }
            case 4 -> {
                long number = number(one);
                update("delete from audit_record where number = ?", number);
                update("delete from audit_seal where number = ?", number);
                is(Kind.DROPPED, one);
            }
            case 5 -> {
                long first = number(one);
                long second = number(other);
                for (String column : List.of("actor", "action", "subject", "details")) {
                    String mine = text(column, first);
                    String theirs = text(column, second);
                    update("update audit_record set " + column + " = ? where number = ?", theirs, first);
                    update("update audit_record set " + column + " = ? where number = ?", mine, second);
                }
                is(Kind.SWAPPED, one);
            }
            case 6 -> {
                long first = number(one);
                long second = number(other);
                update("update audit_seal set number = -1 where number = ?", first);
                update("update audit_seal set number = ? where number = ?", first, second);
                update("update audit_seal set number = ? where number = -1", second);
                is(Kind.SWAPPED, one);
            }
            case 7 -> {
                update(
                        "insert into audit_record (tenant_id, recorded_at, actor, action, subject, details) select tenant_id,"
                                + " recorded_at, 'mallory@acme.example', action, subject, details from audit_record where number = ?",
                        number(one));
                expected = Kind.INSERTED;
            }
            case 8 -> {
                int kept = Math.min(one, lastSigned - 1);
                String hash = hash(kept);
                update(
                        "delete from audit_record where number in (select number from audit_seal where tenant_id = 'acme'"
                                + " and position > ?)",
                        kept);
                update("delete from audit_seal where tenant_id = 'acme' and position > ?", kept);
                update("update audit_chain set position = ?, hash = ? where tenant_id = 'acme'", kept, hash);
                is(Kind.CUT_OFF, kept + 1);
            }
            case 9 -> {
                update("update audit_seal set hash = ? where tenant_id = 'acme' and position = ?", "0".repeat(64), one);
                is(Kind.CHANGED, one);
            }
            default -> rewrite(Math.min(one, lastSigned));
        }
    }

    private void rewrite(int from) {
        update("update audit_record set actor = 'mallory@acme.example' where number = ?", number(from));
        String last = from == 1 ? Link.START : hash(from - 1);
        for (int i = from; i <= records; i++) {
            Link.Content content = database.sql(
                            "select " + AuditSealer.CONTENT + " from audit_record r where r.number = ?")
                    .param(number(i))
                    .query((row, number) -> AuditSealer.content(row))
                    .single();
            Link link = Link.after(i - 1, last, content);
            last = link.hash();
            update(
                    "update audit_seal set previous_hash = ?, hash = ? where tenant_id = 'acme' and position = ?",
                    link.previous(),
                    last,
                    i);
        }
        update("update audit_chain set hash = ? where tenant_id = 'acme'", last);
        is(
                Kind.REWRITTEN,
                signed.stream().filter(place -> place >= from).findFirst().orElseThrow());
    }

    private long number(int place) {
        return database.sql("select number from audit_seal where tenant_id = 'acme' and position = ?")
                .param(place)
                .query(Long.class)
                .single();
    }

    private String hash(int place) {
        return database.sql("select hash from audit_seal where tenant_id = 'acme' and position = ?")
                .param(place)
                .query(String.class)
                .single();
    }

    private String text(String column, long number) {
        return database.sql("select " + column + " from audit_record where number = ?")
                .param(number)
                .query(String.class)
                .single();
    }

    private void update(String sql, Object... parameters) {
        database.sql(sql).params(parameters).update();
    }

    private void is(Kind kind, long place) {
        expected = kind;
        position = place;
    }

    @Override
    public String toString() {
        return "way " + way + ", expected " + expected + " at " + position;
    }
}
