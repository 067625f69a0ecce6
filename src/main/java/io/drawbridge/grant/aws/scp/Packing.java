package io.drawbridge.grant.aws.scp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Puts actions into documents: each where it was, new ones beside their service, and as few as it finds into another
 * where a document would be too long.
 *
 * <p>A document that gives actions away takes none over, so that one order of writing suits all that move.
 */
final class Packing {
    private final DocumentLimits limits;
    private final TreeMap<Integer, Draft> drafts = new TreeMap<>();
    private final TreeSet<Integer> givers = new TreeSet<>();

    private Packing(DocumentLimits limits) {
        this.limits = limits;
    }

    /** What found no place. */
    static final class Overflow extends Exception {
        private static final long serialVersionUID = 1L;

        private final String unplaced;

        Overflow(String unplaced) {
            super(unplaced);
            this.unplaced = unplaced;
        }

        String unplaced() {
            return unplaced;
        }
    }

    static Packing of(Collection<ClosedAction> actions, Map<String, Integer> previous, DocumentLimits limits)
            throws Overflow {
        Packing packing = new Packing(limits);
        for (ClosedAction action : actions) {
            packing.checkAlone(action);
        }
        Before before = new Before(previous, limits.documents());
        List<ClosedAction> unassigned = new ArrayList<>();
        List<ClosedAction> gathered = new ArrayList<>();
        for (ClosedAction action : actions) {
            Optional<Integer> number = before.closer(action);
            if (number.isEmpty()) {
                unassigned.add(action);
            } else {
                packing.draft(number.get()).add(action);
                Set<Integer> others = before.otherClosers(action);
                if (!others.isEmpty()) {
                    gathered.add(action);
                    packing.givers.addAll(others);
                }
            }
        }
        packing.drafts.values().stream()
                .filter(draft -> draft.characters() > limits.characters())
                .map(Draft::number)
                .forEach(packing.givers::add);
        for (ClosedAction action : gathered) {
            int closer = before.closer(action).orElseThrow();
            if (packing.givers.contains(closer)) {
                packing.draft(closer).remove(action);
                unassigned.add(action);
            }
        }
        for (int giver : packing.givers) {
            if (packing.drafts.containsKey(giver)) {
                packing.relieve(packing.draft(giver));
            }
        }
        packing.place(unassigned);
        packing.drafts.values().removeIf(Draft::isEmpty);
        return packing;
    }

    /**
     * Which document closed what before. A service that is disabled was closed by those that had its actions while it was
     * protected, and the other way round; to AWS case makes no difference.
     */
    private static final class Before {
        private final TreeMap<String, Integer> numbers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        Before(Map<String, Integer> previous, int documents) {
            previous.forEach((action, number) -> {
                if (number >= 1 && number <= documents) {
                    numbers.put(action, number);
                }
            });
        }

        /** The document to leave it in; of several the one that closed most of it. */
        Optional<Integer> closer(ClosedAction action) {
            return Optional.ofNullable(numbers.get(action.action()))
                    .or(() -> Optional.ofNullable(numbers.get(ClosedAction.whole(action.service()))))
                    .or(() -> closersOfParts(action).entrySet().stream()
                            .max(Map.Entry.<Integer, Integer>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                            .map(Map.Entry::getKey));
        }

        /** Documents that closed other parts of it, and must not let go of them before it is in force. */
        Set<Integer> otherClosers(ClosedAction action) {
            Set<Integer> others = new TreeSet<>(closersOfParts(action).keySet());
            closer(action).ifPresent(others::remove);
            return others;
        }

        private Map<Integer, Integer> closersOfParts(ClosedAction action) {
            Map<Integer, Integer> closers = new TreeMap<>();
            if (action.isWhole() && !numbers.containsKey(action.action())) {
                String prefix = action.service() + ":";
                numbers.tailMap(prefix).entrySet().stream()
                        .takeWhile(entry -> entry.getKey().regionMatches(true, 0, prefix, 0, prefix.length()))
                        .forEach(entry -> closers.merge(entry.getValue(), 1, Integer::sum));
            }
            return closers;
        }
    }

    SortedMap<Integer, Draft> drafts() {
        return drafts;
    }

    /** Documents that gave actions away. */
    boolean gave(int number) {
        return givers.contains(number);
    }

    int characters() {
        return drafts.values().stream().mapToInt(Draft::characters).sum();
    }

    private Draft draft(int number) {
        return drafts.computeIfAbsent(number, Draft::new);
    }

    /** A step of relieving: these actions from the overfull document into that other one. */
    private record Move(List<ClosedAction> actions, int saved, Draft to) {
        int count() {
            return actions.size();
        }
    }

    private void relieve(Draft giver) throws Overflow {
        while (giver.characters() > limits.characters()) {
            int excess = giver.characters() - limits.characters();
            Move move = bestMove(giver, excess)
                    .orElseThrow(
                            () -> new Overflow("document " + giver.number() + " is " + NoRoomException.number(excess)
                                    + " characters too long and none of its actions fits elsewhere"));
            move.actions().forEach(giver::remove);
            move.actions().forEach(move.to()::add);
            drafts.putIfAbsent(move.to().number(), move.to());
        }
    }

    /** The move of the fewest actions that is enough; if none is, the one that saves most for each action. */
    private Optional<Move> bestMove(Draft giver, int excess) {
        Map<List<Condition>, List<ClosedAction>> alike = new LinkedHashMap<>();
        for (ClosedAction action : giver.actions()) {
            alike.computeIfAbsent(action.conditions(), first -> new ArrayList<>())
                    .add(action);
        }
        List<Move> moves = new ArrayList<>();
        for (List<ClosedAction> actions : alike.values()) {
            move(giver, actions).ifPresent(moves::add);
            if (actions.size() > 1) {
                actions.stream()
                        .max(Comparator.comparingInt(action -> action.action().length()))
                        .flatMap(longest -> move(giver, List.of(longest)))
                        .ifPresent(moves::add);
            }
        }
        Optional<Move> enough = moves.stream()
                .filter(move -> move.saved() >= excess)
                .min(Comparator.comparingInt(Move::count).thenComparingInt(Move::saved));
        return enough.isPresent()
                ? enough
                : moves.stream().max(Comparator.comparingDouble(move -> (double) move.saved() / move.count()));
    }

    /** Into the document that has most room left afterwards, or a new one; empty if it fits nowhere. */
    private Optional<Move> move(Draft giver, List<ClosedAction> actions) {
        int saved = giver.characters() - giver.charactersWithout(actions);
        return roomiest(actions).or(() -> fresh(actions)).map(to -> new Move(actions, saved, to));
    }

    private Optional<Draft> roomiest(Collection<ClosedAction> actions) {
        return takers().filter(draft -> draft.charactersWith(actions) <= limits.characters())
                .min(Comparator.comparingInt(draft -> draft.charactersWith(actions)));
    }

    private Stream<Draft> takers() {
        return drafts.values().stream().filter(draft -> !givers.contains(draft.number()));
    }

    private Optional<Draft> fresh(Collection<ClosedAction> actions) {
        for (int number = 1; number <= limits.documents(); number++) {
            // A giver that has nothing left still closes, until the second step, what others are to take over.
            if (!drafts.containsKey(number) && !givers.contains(number)) {
                Draft draft = new Draft(number);
                return draft.charactersWith(actions) <= limits.characters() ? Optional.of(draft) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Service by service, the longest first; a service is parted only where it does not fit into one document. */
    private void place(List<ClosedAction> unassigned) throws Overflow {
        TreeMap<String, List<ClosedAction>> services = new TreeMap<>();
        for (ClosedAction action : unassigned) {
            services.computeIfAbsent(action.service(), first -> new ArrayList<>())
                    .add(action);
        }
        List<List<ClosedAction>> longestFirst = services.values().stream()
                .sorted(Comparator.comparing((List<ClosedAction> service) -> -characters(service)))
                .toList();
        for (List<ClosedAction> service : longestFirst) {
            Optional<Draft> whole = within(service, limits.characters() - limits.headroom());
            if (whole.isPresent()) {
                service.forEach(whole.get()::add);
            } else {
                for (ClosedAction action : service) {
                    placeAlone(action);
                }
            }
        }
    }

    private static int characters(List<ClosedAction> service) {
        return new Draft(0).charactersWith(service);
    }

    private void checkAlone(ClosedAction action) throws Overflow {
        int alone = action.charactersAlone();
        if (alone > limits.characters()) {
            throw new Overflow(action.action() + ", of " + NoRoomException.number(alone)
                    + " characters by itself, fits into no document");
        }
    }

    private void placeAlone(ClosedAction action) throws Overflow {
        List<ClosedAction> alone = List.of(action);
        Draft draft = within(alone, limits.characters() - limits.headroom())
                .or(() -> within(alone, limits.characters()))
                .orElseThrow(
                        () -> new Overflow(action.action() + ", of " + NoRoomException.number(action.charactersAlone())
                                + " characters by itself, fits nowhere beside the others"));
        draft.add(action);
    }

    /** The first document that stays within the length: one that has the service, else any, else a new one. */
    private Optional<Draft> within(List<ClosedAction> actions, int length) {
        String service = actions.get(0).service();
        Comparator<Draft> itsOwnFirst = Comparator.comparing(draft -> !draft.hasService(service));
        Optional<Draft> there = takers().sorted(itsOwnFirst.thenComparingInt(Draft::number))
                .filter(draft -> draft.charactersWith(actions) <= length)
                .findFirst();
        Optional<Draft> found = there.or(() -> fresh(actions).filter(draft -> draft.charactersWith(actions) <= length));
        found.ifPresent(draft -> drafts.putIfAbsent(draft.number(), draft));
        return found;
    }
}
