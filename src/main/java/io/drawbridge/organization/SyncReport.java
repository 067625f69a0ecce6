package io.drawbridge.organization;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a synchronization.
 *
 * @param applied false if nothing was changed, because it was held back or a later reading was there before
 * @param heldBack why nothing was changed; empty if it was applied
 * @param changes what was changed; what would have been if it was held back
 * @param notes what was left as it is although AWS says otherwise, and why
 */
public record SyncReport(boolean applied, List<Hold> heldBack, List<Change> changes, List<String> notes) {
    public SyncReport {
        heldBack = List.copyOf(heldBack);
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    /** How many changes there are of each kind; kinds without any are absent. */
    public Map<Kind, Integer> counts() {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        changes.forEach(change -> counts.merge(change.kind(), 1, Integer::sum));
        return counts;
    }

    /** What a change is. */
    public enum Kind {
        SCOPE_ADDED,
        SCOPE_MOVED,
        SCOPE_RENAMED,
        /** An account was closed, or left the organization. */
        ACCOUNT_CLOSED,
        ACCOUNT_REOPENED,
        /** It was found out whether an account is the management account. */
        MANAGEMENT_ACCOUNT,
        /** A unit is gone in AWS and stays here, because closed accounts lie below it. */
        UNIT_VANISHED,
        UNIT_REMOVED,
        PERSON_ADDED,
        PERSON_CHANGED,
        /** Somebody vanished from the identity store, or was disabled there. */
        PERSON_LEFT,
        PERSON_RETURNED,
        /** Somebody has another id in the identity store than before: he was deleted there and made anew. */
        PERSON_RECREATED,
        PERMISSION_SET_ADDED,
        PERMISSION_SET_CHANGED,
        PERMISSION_SET_REMOVED,
        /** A permission set lost its tag, and so is no longer one that Drawbridge may assign. */
        PERMISSION_SET_UNTAGGED;

        /** As API and audit write it: {@code account-closed}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One change.
     *
     * @param subject id of the scope, user name of the person, name of the permission set
     * @param before what was, empty if nothing was
     * @param after what is, empty if nothing is
     */
    public record Change(Kind kind, String subject, String before, String after) {}

    /**
     * Why a synchronization was held back.
     *
     * @param what {@code accounts} that would be closed, {@code people} that would leave, or the {@code root} that would
     *     be another
     * @param would how many it would be
     * @param of how many there are
     */
    public record Hold(String what, int would, int of) {}
}
