package io.drawbridge.grant.aws.scp;

import io.drawbridge.grant.aws.scp.NoRoomException.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Adds up what takes the room. */
final class Room {
    private static final int NAMED = 5;

    private int names;
    private int actions;
    private int exemptions;
    private final TreeMap<String, Integer> leased = new TreeMap<>();
    private final TreeMap<String, Integer> leases = new TreeMap<>();

    /**
     * @param name characters of its name among the protected, 0 if counted already
     * @param rest its share of the statement's other characters
     * @param unleased whether the statement would be there without leases
     */
    void add(ClosedAction action, int name, int rest, boolean unleased) {
        names += name;
        actions += name == 0 ? 0 : 1;
        if (unleased) {
            exemptions += rest;
        } else {
            leased.merge(action.action(), rest, Integer::sum);
            leases.put(action.action(), action.leases().size());
        }
    }

    /** Characters that belong to a document and to no action, and remainders of shares. */
    void frame(int characters) {
        exemptions += characters;
    }

    /** The largest first; leases beyond the first few actions in one. */
    List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        shares.add(new Share("the names of " + counted(actions, "closed action"), names));
        shares.add(new Share("exemptions and the form of statements", exemptions));
        List<Share> byAction = leased.entrySet().stream()
                .map(entry -> new Share(
                        counted(leases.getOrDefault(entry.getKey(), 0), "lease") + " of " + entry.getKey(),
                        entry.getValue()))
                .sorted(LARGEST_FIRST)
                .toList();
        shares.addAll(byAction.subList(0, Math.min(NAMED, byAction.size())));
        if (byAction.size() > NAMED) {
            List<Share> others = byAction.subList(NAMED, byAction.size());
            shares.add(new Share(
                    "leases of " + counted(others.size(), "other action"),
                    others.stream().mapToInt(Share::characters).sum()));
        }
        shares.sort(LARGEST_FIRST);
        return shares;
    }

    private static final Comparator<Share> LARGEST_FIRST =
            Comparator.comparing(Share::characters).reversed().thenComparing(Share::what);

    private static String counted(int count, String what) {
        return NoRoomException.number(count) + " " + what + (count == 1 ? "" : "s");
    }
}
