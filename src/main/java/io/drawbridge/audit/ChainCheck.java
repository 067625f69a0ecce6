package io.drawbridge.audit;

import io.drawbridge.audit.Link.Content;
import io.drawbridge.identity.AuditChain.Finding;
import io.drawbridge.identity.AuditChain.Kind;
import io.drawbridge.identity.AuditChain.Signed;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks a chain to the first thing that is wrong with it, and says what it is.
 *
 * <p>Holds one link at a time; only a chain that is broken is read a second time, to tell what broke it.
 */
final class ChainCheck {
    /** How many places a record is looked for behind the one that it claims. */
    private static final int RENUMBERED = 16;

    private final Links links;
    private final NavigableMap<Long, Head> heads;
    private final @Nullable Long end;

    private long sealed;
    private String last = Link.START;
    private long lastNumber;
    private @Nullable Head matched;

    /**
     * @param heads of this chain that are known to be signed, by position
     * @param end position of the last link, as it is said elsewhere; null if nobody says
     */
    ChainCheck(Links links, NavigableMap<Long, Head> heads, @Nullable Long end) {
        this.links = links;
        this.heads = heads;
        this.end = end;
    }

    /** Links that were found to be right. */
    long sealed() {
        return sealed;
    }

    /** Hash of the last link that was found to be right. */
    String hash() {
        return last;
    }

    /** The last head that agrees with the chain. */
    @Nullable
    Signed signed() {
        return matched == null ? null : new Signed(matched.position(), matched.signedInstant());
    }

    /** The first thing that is wrong; empty if the chain is whole. */
    Optional<Finding> first() {
        try (Links.Reading reading = links.open()) {
            while (reading.hasNext()) {
                Link link = reading.next();
                Optional<Finding> finding = next(link, reading);
                if (finding.isPresent()) {
                    return finding;
                }
                sealed = link.position();
                last = link.hash();
                lastNumber = link.number();
                Head head = heads.get(sealed);
                if (head != null && !head.hash().equals(last)) {
                    return Optional.of(contradicted(head, reading));
                }
                matched = head == null ? matched : head;
            }
        }
        return cutOff();
    }

    private Optional<Finding> next(Link link, Links.Reading rest) {
        long expected = sealed + 1;
        if (link.position() > expected) {
            return Optional.of(find(other -> other.position() == expected)
                    .map(later -> finding(
                            Kind.SWAPPED,
                            expected,
                            later.number(),
                            "Record " + later.number() + " belongs at position " + expected + ", where record "
                                    + link.number() + " of position " + link.position() + " stands."))
                    .orElseGet(() -> finding(
                            Kind.DROPPED,
                            expected,
                            null,
                            "The record at position " + expected + " is gone; after position " + sealed
                                    + " follows position " + link.position() + ".")));
        }
        if (link.position() < expected) {
            return Optional.of(inserted(link, rest));
        }
        if (end != null && link.position() > end) {
            return Optional.of(finding(
                    Kind.INSERTED,
                    link.position(),
                    link.number(),
                    "Record " + link.number() + " at position " + link.position() + " stands behind the end of the"
                            + " chain, which is position " + end + "."));
        }
        Content content = link.content();
        if (content == null) {
            return Optional.of(finding(
                    Kind.DROPPED,
                    expected,
                    link.number(),
                    "Record " + link.number() + " at position " + expected + " is gone."));
        }
        return link.previous().equals(last) && link.holds()
                ? Optional.empty()
                : Optional.of(broken(link, content, rest));
    }

    /** Two records claim a place; the one that was signed, or that the chain goes on from, is the right one. */
    private Finding inserted(Link second, Links.Reading rest) {
        long place = second.position();
        Head head = heads.get(place);
        boolean secondIsRight = false;
        if (head != null) {
            secondIsRight = head.hash().equals(second.hash());
        } else if (place == sealed && rest.hasNext()) {
            String goesOnFrom = rest.next().previous();
            secondIsRight = goesOnFrom.equals(second.hash()) && !goesOnFrom.equals(last);
        }
        long number = secondIsRight ? lastNumber : second.number();
        return finding(
                Kind.INSERTED,
                place,
                number,
                "Record " + number + " was inserted: two records stand at position " + place + ".");
    }

    private Finding broken(Link link, Content content, Links.Reading rest) {
        long place = link.position();
        if (content.hash(last, place).equals(link.hash())) {
            return changed(place, link.number(), "the hash that it names as the one before it is another");
        }
        if (link.holds()) {
            return place == 1 ? changed(place, link.number(), "it is not chained to the start") : sealedAnew(link);
        }
        Optional<Finding> moved = moved(link, content);
        if (moved.isPresent()) {
            return moved.get();
        }
        Optional<Link> other = find(each -> {
            Content there = each.content();
            return there != null
                    && each.position() != place
                    && !each.holds()
                    && (there.hash(last, place).equals(link.hash())
                            || there.numbered(content.number())
                                    .hash(last, place)
                                    .equals(link.hash()));
        });
        if (other.isPresent()) {
            return finding(
                    Kind.SWAPPED,
                    place,
                    link.number(),
                    "The records at position " + place + " and at position "
                            + other.get().position() + " stand in each other's place.");
        }
        boolean hashOnly = rest.hasNext() && rest.next().previous().equals(content.hash(last, place));
        return changed(place, link.number(), hashOnly ? "its hash was replaced" : "its content is not what was sealed");
    }

    /** Whether it is a record of another place, with the number of this place on it. */
    private Optional<Finding> moved(Link link, Content content) {
        long place = link.position();
        Optional<Long> right = find(before -> before.hash().equals(link.previous()))
                .map(before -> before.position() + 1)
                .filter(there ->
                        there != place && content.hash(link.previous(), there).equals(link.hash()));
        if (right.isPresent()) {
            long there = right.get();
            return Optional.of(finding(
                    Kind.SWAPPED,
                    place,
                    link.number(),
                    "Record " + link.number() + " stands at position " + place + " and belongs at position " + there
                            + "."));
        }
        for (long there = place + 1; there <= place + RENUMBERED; there++) {
            if (content.hash(link.previous(), there).equals(link.hash())) {
                return Optional.of(finding(
                        Kind.DROPPED,
                        place,
                        null,
                        "The record at position " + place + " is gone, and record " + link.number() + " of position "
                                + there + " bears its place."));
            }
        }
        return Optional.empty();
    }

    private Optional<Finding> cutOff() {
        Map.Entry<Long, Head> lastHead = heads.lastEntry();
        if (lastHead != null && lastHead.getKey() > sealed) {
            return Optional.of(finding(
                    Kind.CUT_OFF,
                    sealed + 1,
                    null,
                    "The chain ends at position " + sealed + "; position " + lastHead.getKey() + " was signed at "
                            + lastHead.getValue().signedAt() + "."));
        }
        if (end != null && end > sealed) {
            return Optional.of(finding(
                    Kind.CUT_OFF,
                    sealed + 1,
                    null,
                    "The chain ends at position " + sealed + "; its end was noted as position " + end + "."));
        }
        return Optional.empty();
    }

    /** The link is right in itself and not the one that was signed; what follows it tells whether it stands alone. */
    private Finding contradicted(Head head, Links.Reading rest) {
        if (rest.hasNext()) {
            Link next = rest.next();
            if (next.position() == sealed) {
                return inserted(next, rest);
            }
            if (!next.previous().equals(last)) {
                return sealedAnew(next);
            }
        }
        long from = matched == null ? 1 : matched.position() + 1;
        return finding(
                Kind.REWRITTEN,
                head.position(),
                lastNumber,
                "The chain was rewritten between position " + from + " and position " + head.position()
                        + ": its hash there is another than the one that was signed at " + head.signedAt() + ".");
    }

    private Finding sealedAnew(Link next) {
        return changed(
                sealed,
                lastNumber,
                "it was sealed anew, and record " + next.number() + " after it is chained to what it was");
    }

    private Optional<Link> find(Predicate<Link> wanted) {
        try (Links.Reading again = links.open()) {
            while (again.hasNext()) {
                Link link = Objects.requireNonNull(again.next());
                if (wanted.test(link)) {
                    return Optional.of(link);
                }
            }
        }
        return Optional.empty();
    }

    private static Finding changed(long position, long number, String what) {
        return finding(
                Kind.CHANGED,
                position,
                number,
                "Record " + number + " at position " + position + " was changed: " + what + ".");
    }

    private static Finding finding(Kind kind, long position, @Nullable Long number, String message) {
        return new Finding(kind, position, number, message);
    }
}
