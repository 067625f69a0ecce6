package io.drawbridge.grant;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One thing in which the cloud and our own tables do not agree, from the first sweep that saw it to its end. */
public final class DriftFinding {
    /** Choice of an administrator about what was held back: it may be removed. */
    public static final String REMOVE = "remove";

    /** Choice of an administrator about what was held back: it stays, and is not asked about again. */
    public static final String KEEP = "keep";

    private static final String MASS = "everything that no living grant explains";

    private final DriftFindingId id;
    private final TenantId tenant;
    private final Kind kind;
    private final String subject;
    private final Instant firstSeen;

    private String finding;
    private List<String> choices;
    private State state;
    private Instant lastSeen;
    private int timesSeen;
    private @Nullable DriftFindingId partOf;
    private @Nullable String choice;
    private @Nullable String reason;
    private @Nullable PersonId resolvedBy;
    private @Nullable Instant resolvedAt;

    /** What does not agree. */
    public enum Kind {
        /** A grant is active, and the cloud does not hold it. The subject is the grant's id. */
        MISSING,
        /** One of our own objects gives access that no living grant explains. The subject is the object's key. */
        UNEXPLAINED,
        /** Something that is not ours, or that somebody else did to what is ours. The subject is the cloud's. */
        FOREIGN,
        /** A sweep would have removed too much at once; what it would have removed are its parts. */
        MASS_REMOVAL
    }

    /** Where a finding stands. */
    public enum State {
        /** Seen by one sweep, which may be a moment between two calls. Nothing has been done or told. */
        SIGHTED,
        /** Seen again, and reported or being removed. */
        OPEN,
        /** Not removed, until an administrator says so. */
        HELD_BACK,
        /** An administrator has chosen, and it is being done. */
        CONFIRMED,
        /** An administrator has chosen to leave it as it is. */
        KEPT,
        /** It was put right by us. */
        RESOLVED,
        /** It vanished without us. */
        GONE;

        /** Whether nothing more comes of it. */
        public boolean isClosed() {
            return this == RESOLVED || this == GONE;
        }
    }

    /** Takes every field as it was stored. */
    public DriftFinding(Stored stored) {
        this.id = stored.id();
        this.tenant = stored.tenant();
        this.kind = stored.kind();
        this.subject = stored.subject();
        this.finding = stored.finding();
        this.choices = List.copyOf(stored.choices());
        this.state = stored.state();
        this.firstSeen = stored.firstSeen();
        this.lastSeen = stored.lastSeen();
        this.timesSeen = stored.timesSeen();
        this.partOf = stored.partOf();
        this.choice = stored.choice();
        this.reason = stored.reason();
        this.resolvedBy = stored.resolvedBy();
        this.resolvedAt = stored.resolvedAt();
    }

    /** All fields of a finding. */
    public record Stored(
            DriftFindingId id,
            TenantId tenant,
            Kind kind,
            String subject,
            String finding,
            List<String> choices,
            State state,
            Instant firstSeen,
            Instant lastSeen,
            int timesSeen,
            @Nullable DriftFindingId partOf,
            @Nullable String choice,
            @Nullable String reason,
            @Nullable PersonId resolvedBy,
            @Nullable Instant resolvedAt) {}

    /** Seen for the first time; it has to be seen again before it counts. */
    static DriftFinding sighted(TenantId tenant, Kind kind, String subject, String finding, Instant now) {
        return begun(tenant, kind, subject, finding, List.of(), State.SIGHTED, now);
    }

    /** Not ours: reported at once, since nothing is done to it. */
    static DriftFinding foreign(TenantId tenant, Cloud.Foreign foreign, Instant now) {
        return begun(tenant, Kind.FOREIGN, foreign.subject(), foreign.finding(), foreign.choices(), State.OPEN, now);
    }

    /** Too much to remove without being asked. */
    static DriftFinding massRemoval(TenantId tenant, String finding, Instant now) {
        return begun(tenant, Kind.MASS_REMOVAL, MASS, finding, List.of(REMOVE, KEEP), State.HELD_BACK, now);
    }

    private static DriftFinding begun(
            TenantId tenant,
            Kind kind,
            String subject,
            String finding,
            List<String> choices,
            State state,
            Instant now) {
        return new DriftFinding(new Stored(
                DriftFindingId.random(),
                tenant,
                kind,
                subject,
                finding,
                choices,
                state,
                now,
                now,
                1,
                null,
                null,
                null,
                null,
                null));
    }

    /** A further sweep sees it. */
    void seenAgain(Instant now) {
        timesSeen++;
        lastSeen = now;
    }

    /** The cloud says of it now what it says. */
    void describedAs(Cloud.Foreign foreign) {
        finding = foreign.finding();
        choices = foreign.choices();
    }

    /** Whether two sweeps in a row have seen it, far enough apart. */
    boolean counts(Instant now, Duration grace) {
        return timesSeen > 1 && !now.isBefore(firstSeen.plus(grace));
    }

    /** It counts: it is reported, or being removed. */
    void open() {
        demand(State.SIGHTED, State.OPEN, State.OPEN);
        state = State.OPEN;
    }

    /** It counts, and is one of too many to be removed at once. */
    void holdBack(DriftFindingId with) {
        demand(State.SIGHTED, State.OPEN, State.HELD_BACK);
        state = State.HELD_BACK;
        partOf = with;
    }

    /** An administrator has chosen what becomes of it, and it is to be done. */
    void confirm(String chosen, PersonId by, String why, Instant now) {
        demand(State.OPEN, State.HELD_BACK, State.CONFIRMED);
        decided(chosen, by, why, now);
        state = State.CONFIRMED;
    }

    /** An administrator has chosen to leave it; what was held back with others stays on record while it is there. */
    void keep(PersonId by, String why, Instant now) {
        demand(State.HELD_BACK, State.HELD_BACK, State.KEPT);
        decided(KEEP, by, why, now);
        state = kind == Kind.MASS_REMOVAL ? State.RESOLVED : State.KEPT;
    }

    private void decided(String chosen, PersonId by, String why, Instant now) {
        choice = chosen;
        resolvedBy = by;
        reason = why;
        resolvedAt = now;
    }

    /** What was chosen was asked of the cloud, and yet it is there. */
    void reopen() {
        demand(State.CONFIRMED, State.CONFIRMED, State.OPEN);
        state = State.OPEN;
    }

    /** It is put right, and the cloud has confirmed it. */
    void resolve(Instant now) {
        demand(State.OPEN, State.CONFIRMED, State.RESOLVED);
        state = State.RESOLVED;
        resolvedAt = now;
    }

    /** It is not there any more, and we have not removed it. */
    void vanish(Instant now) {
        if (state.isClosed()) {
            throw cannotBecome(State.GONE);
        }
        state = State.GONE;
        resolvedAt = now;
    }

    private void demand(State one, State other, State target) {
        if (state != one && state != other) {
            throw cannotBecome(target);
        }
    }

    private DriftStateException cannotBecome(State target) {
        return new DriftStateException("Finding " + id + " cannot become " + target + ": it is " + state + ".");
    }

    public DriftFindingId id() {
        return id;
    }

    public TenantId tenant() {
        return tenant;
    }

    public Kind kind() {
        return kind;
    }

    /** Names the thing, the same each time. */
    public String subject() {
        return subject;
    }

    /** What was found, in one sentence or two. */
    public String finding() {
        return finding;
    }

    /** What an administrator may choose; empty if there is nothing to choose. */
    public List<String> choices() {
        return choices;
    }

    public State state() {
        return state;
    }

    public Instant firstSeen() {
        return firstSeen;
    }

    public Instant lastSeen() {
        return lastSeen;
    }

    /** How many sweeps in a row have seen it. */
    public int timesSeen() {
        return timesSeen;
    }

    /** The finding that it was held back with. */
    public Optional<DriftFindingId> partOf() {
        return Optional.ofNullable(partOf);
    }

    public Optional<String> choice() {
        return Optional.ofNullable(choice);
    }

    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Who has chosen; empty if nobody had to. */
    public Optional<PersonId> resolvedBy() {
        return Optional.ofNullable(resolvedBy);
    }

    /** When somebody chose, or when it was over. */
    public Optional<Instant> resolvedAt() {
        return Optional.ofNullable(resolvedAt);
    }
}
