package io.drawbridge.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.AuditChain.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One thing that somebody does to an export or to the heads beside it, and what the verifier has to say of it. */
final class ExportCorruption {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int WAYS = 15;

    private final List<String> lines;
    private final List<String> heads;
    private final List<Integer> signed;
    private final Random random;
    private final int way;
    /** Sealed records; the line behind them closes the export. */
    private final int records;

    private Kind expected = Kind.CHANGED;
    private String named = "";

    ExportCorruption(List<String> lines, List<String> heads, List<Integer> signed, Random random, int round) {
        this.lines = new ArrayList<>(lines);
        this.heads = new ArrayList<>(heads);
        this.signed = signed;
        this.random = random;
        this.way = round % WAYS;
        this.records = lines.size() - 1;
    }

    List<String> lines() {
        return lines;
    }

    List<String> heads() {
        return heads;
    }

    Kind expected() {
        return expected;
    }

    /** What the first sentence has to name. */
    String named() {
        return named;
    }

    void corrupt() {
        int one = 1 + random.nextInt(records - 1);
        int other = one + 1 + random.nextInt(records - one);
        switch (way) {
            case 0 -> changeAField(one);
            case 1 -> dropped(one);
            case 2 -> {
                Collections.swap(lines, one - 1, other - 1);
                is(Kind.SWAPPED, "belongs at position " + one + ",");
            }
            case 3 -> swapContents(one, other);
            case 4 -> {
                lines.subList(one, records).clear();
                is(Kind.CUT_OFF, "ends at position " + one + ";");
            }
            case 5 -> {
                lines.subList(one, lines.size()).clear();
                boolean behindAHead = one >= signed.get(signed.size() - 1);
                is(Kind.CUT_OFF, behindAHead ? "does not end with the signed head" : "ends at position " + one + ";");
            }
            case 6 -> {
                lines.add(one, forged(one, line(one - 1).put("number", 999)));
                is(Kind.INSERTED, "Record 999 was inserted: two records stand at position " + (one + 1));
            }
            case 7 -> {
                lines.add(records, forged(records, line(records - 1).put("number", 999)));
                is(Kind.INSERTED, "Record 999 at position " + (records + 1) + " stands behind the end");
            }
            case 8 -> rewrite(one);
            case 9 -> {
                lines.set(one - 1, line(one - 1).put("hash", "0".repeat(64)).toString());
                is(Kind.CHANGED, "at position " + one + " was changed: its hash was replaced");
            }
            case 10 -> {
                lines.set(one - 1, line(one - 1).put("previous", "f".repeat(64)).toString());
                is(Kind.CHANGED, "at position " + one + " was changed");
            }
            case 11 -> {
                lines.set(one - 1, forged(one - 1, line(one - 1).put("actor", "mallory@acme.example")));
                is(Kind.CHANGED, "at position " + one + " was changed: it was sealed anew");
            }
            case 12 -> {
                int head = random.nextInt(heads.size());
                heads.set(head, heads.get(head).replace("\"position\":", "\"position\":1"));
                is(Kind.HEAD_CHANGED, "Line " + (head + 1) + " of ");
            }
            case 13 -> {
                int head = random.nextInt(heads.size() - 1);
                heads.remove(head);
                is(Kind.HEAD_DROPPED, "Line " + (head + 1) + " of ");
            }
            default -> {
                lines.set(records, lines.get(records).replace("\"kind\":\"export\"", "\"kind\":\"interval\""));
                is(Kind.HEAD_CHANGED, "The head that closes the export");
            }
        }
    }

    private void changeAField(int one) {
        ObjectNode line = line(one - 1);
        List<String> fields = List.of("tenant", "at", "actor", "action", "subject", "details");
        String field = fields.get(random.nextInt(fields.size()));
        lines.set(one - 1, line.put(field, line.get(field).asText() + " ").toString());
        is(Kind.CHANGED, "at position " + one + " was changed: its content");
    }

    private void dropped(int one) {
        lines.remove(one - 1);
        is(Kind.DROPPED, "The record at position " + one + " is gone");
    }

    private void swapContents(int one, int other) {
        ObjectNode first = line(one - 1);
        ObjectNode second = line(other - 1);
        for (String field : List.of("position", "previous", "hash")) {
            var mine = first.get(field);
            first.set(field, second.get(field));
            second.set(field, mine);
        }
        lines.set(one - 1, second.toString());
        lines.set(other - 1, first.toString());
        is(Kind.SWAPPED, "at position " + one + " and at position " + other);
    }

    /** Changes a record and seals it and all after it anew, as somebody who knows the format would. */
    private void rewrite(int one) {
        lines.set(one - 1, forged(one - 1, line(one - 1).put("actor", "mallory@acme.example")));
        for (int i = one; i < records; i++) {
            lines.set(i, forged(i, line(i)));
        }
        int head =
                signed.stream().filter(position -> position >= one).findFirst().orElse(records);
        is(Kind.REWRITTEN, "and position " + head + ":");
    }

    /** The line at that index, chained to the one before it and sealed. */
    private String forged(int index, ObjectNode line) {
        String previous = index == 0 ? Link.START : line(index - 1).get("hash").asText();
        line.put("position", index + 1).put("previous", previous);
        try {
            Link.Content content = LineForm.record(line.toString()).content();
            return line.put("hash", content.hash(previous, index + 1)).toString();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private ObjectNode line(int index) {
        try {
            return (ObjectNode) JSON.readTree(lines.get(index));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void is(Kind kind, String what) {
        expected = kind;
        named = what;
    }

    @Override
    public String toString() {
        return "way " + way + ", expected " + expected + " with \"" + named + "\"";
    }
}
