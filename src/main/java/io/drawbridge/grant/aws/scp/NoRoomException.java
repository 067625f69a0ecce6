package io.drawbridge.grant.aws.scp;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is to be closed and left open in an account does not fit into the documents that it may have.
 *
 * <p>Nothing was compiled. The documents in force stay as they are, and the leases in them end by themselves.
 */
public final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Counts counts;

    NoRoomException(String account, String unplaced, Counts counts) {
        super(sentence(account, unplaced, counts));
        this.counts = counts;
    }

    /**
     * What is needed and what is allowed.
     *
     * @param charactersNeeded of all documents together, if there could be as many as needed
     * @param charactersAllowed of all documents together
     * @param shares what takes the characters, the largest first; they add up to {@code charactersNeeded}
     */
    public record Counts(
            int charactersNeeded,
            int charactersAllowed,
            int documentsNeeded,
            int documentsAllowed,
            List<Share> shares) {}

    /**
     * A part of the characters.
     *
     * @param what in words, such as {@code 24 leases of iam:PassRole}
     */
    public record Share(String what, int characters) {}

    public Counts counts() {
        return counts;
    }

    private static String sentence(String account, String unplaced, Counts counts) {
        return "No room in the service control policies of account " + account + ": "
                + number(counts.charactersNeeded()) + " characters in " + counts.documentsNeeded()
                + " documents are needed, " + number(counts.charactersAllowed()) + " in " + counts.documentsAllowed()
                + " are allowed; " + unplaced + ". What takes the room: "
                + counts.shares().stream()
                        .map(share -> share.what() + " (" + number(share.characters()) + ")")
                        .collect(Collectors.joining(", "))
                + ". End leases, protect or exempt less, or allow more documents.";
    }

    /** With thousands parted, as people read it. */
    static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
