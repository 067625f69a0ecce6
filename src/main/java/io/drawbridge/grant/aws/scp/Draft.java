package io.drawbridge.grant.aws.scp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A document while actions are put into it and taken out; knows its length at any time without being written. */
final class Draft {
    private static final String HEAD = "{\"Version\":\"2012-10-17\",\"Statement\":[";
    private static final String TAIL = "]}";
    private static final String DENY = "{\"Effect\":\"Deny\",\"Action\":";
    private static final String ON_ALL = ",\"Resource\":\"*\",\"Condition\":";
    private static final String END = "}";

    private final int number;
    private final TreeMap<String, ClosedAction> actions = new TreeMap<>();
    /** The actions of each statement: how many, and how many characters their names have. */
    private final Map<Condition, Names> statements = new HashMap<>();

    private int statementCharacters;

    Draft(int number) {
        this.number = number;
    }

    private record Names(int count, int characters) {
        static final Names NONE = new Names(0, 0);

        /** Characters of the statement, with the comma that parts it from the next. */
        int statement(int condition) {
            int list = characters + 2 * count + (count == 1 ? 0 : count + 1);
            return count == 0 ? 0 : DENY.length() + list + ON_ALL.length() + condition + END.length() + 1;
        }

        Names plus(int sign, String name) {
            return new Names(count + sign, characters + sign * name.length());
        }
    }

    int number() {
        return number;
    }

    Collection<ClosedAction> actions() {
        return actions.values();
    }

    boolean isEmpty() {
        return actions.isEmpty();
    }

    boolean hasService(String service) {
        String next = actions.ceilingKey(service + ":");
        return next != null && next.startsWith(service + ":");
    }

    void add(ClosedAction action) {
        actions.put(action.action(), action);
        count(action, 1);
    }

    void remove(ClosedAction action) {
        actions.remove(action.action());
        count(action, -1);
    }

    private void count(ClosedAction action, int sign) {
        for (Condition condition : action.conditions()) {
            Names before = statements.getOrDefault(condition, Names.NONE);
            Names after = before.plus(sign, action.action());
            int length = condition.json().length();
            statementCharacters += after.statement(length) - before.statement(length);
            if (after.count() == 0) {
                statements.remove(condition);
            } else {
                statements.put(condition, after);
            }
        }
    }

    /** Exactly the length of {@link #json()}. */
    int characters() {
        return HEAD.length() + TAIL.length() + Math.max(0, statementCharacters - 1);
    }

    int charactersWith(Collection<ClosedAction> more) {
        more.forEach(this::add);
        int with = characters();
        more.forEach(this::remove);
        return with;
    }

    int charactersWithout(Collection<ClosedAction> fewer) {
        fewer.forEach(this::remove);
        int without = characters();
        fewer.forEach(this::add);
        return without;
    }

    PolicyDocument document() {
        List<PolicyLease> leases = actions.values().stream()
                .flatMap(action -> action.leases().stream())
                .sorted()
                .toList();
        return new PolicyDocument(number, json(), new TreeSet<>(actions.keySet()), leases);
    }

    String json() {
        StringBuilder json = new StringBuilder(characters()).append(HEAD);
        String comma = "";
        for (Map.Entry<Condition, List<String>> statement : statements().entrySet()) {
            json.append(comma)
                    .append(DENY)
                    .append(Condition.oneOrMany(statement.getValue()))
                    .append(ON_ALL)
                    .append(statement.getKey().json())
                    .append(END);
            comma = ",";
        }
        return json.append(TAIL).toString();
    }

    /** The names in each statement, all sorted. */
    private SortedMap<Condition, List<String>> statements() {
        TreeMap<Condition, List<String>> byCondition = new TreeMap<>(Comparator.naturalOrder());
        for (ClosedAction action : actions.values()) {
            for (Condition condition : action.conditions()) {
                byCondition
                        .computeIfAbsent(condition, first -> new ArrayList<>())
                        .add(action.action());
            }
        }
        return byCondition;
    }

    /**
     * What each action and each purpose has of the characters; the sum is the length of the document.
     *
     * @param room adds up characters under a purpose
     */
    void attribute(Room room) {
        int attributed = 0;
        for (ClosedAction action : actions.values()) {
            boolean first = true;
            for (Condition condition : action.conditions()) {
                Names names = statements.getOrDefault(condition, Names.NONE);
                int share = names.statement(condition.json().length()) / Math.max(1, names.count());
                int name = first ? action.action().length() + 3 : 0;
                room.add(action, name, share - name, condition.equals(action.unleased()));
                attributed += share;
                first = false;
            }
        }
        room.frame(characters() - attributed);
    }
}
