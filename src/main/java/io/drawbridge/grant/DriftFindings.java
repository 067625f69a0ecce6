package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All findings of all sweeps. */
public interface DriftFindings {
    Optional<DriftFinding> find(DriftFindingId id);

    /** What is not closed, oldest first. */
    List<DriftFinding> unsettled(TenantId tenant);

    /** What is not closed of that kind, oldest first, locked until the transaction ends. */
    List<DriftFinding> lockUnsettled(TenantId tenant, DriftFinding.Kind kind);

    /** What was held back with that finding, oldest first. */
    List<DriftFinding> partsOf(DriftFindingId id);

    /** Newest first. */
    List<DriftFinding> find(TenantId tenant, Query query);

    /** How many of that kind there are in these states. */
    int count(TenantId tenant, DriftFinding.Kind kind, Set<DriftFinding.State> states);

    /** Adds it; of one subject there is one finding at a time that is not closed. */
    void add(DriftFinding finding);

    void save(DriftFinding finding);

    /**
     * Which findings.
     *
     * @param before only what was first seen before that one
     */
    record Query(Set<DriftFinding.State> states, @Nullable Position before, int limit) {}

    /** A place in the list, newest first. */
    record Position(Instant firstSeen, String id) {}
}
