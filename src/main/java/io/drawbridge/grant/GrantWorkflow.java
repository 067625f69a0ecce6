package io.drawbridge.grant;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The process that orders what happens to a grant. */
public interface GrantWorkflow {
    /** Somebody wants the grant to end now; the process leaves its wait in the caller's transaction. */
    void endedEarly(Grant grant);

    /** Whether there still is a process that takes the grant to its end; false only if it is known to be gone. */
    default boolean isUnderWay(Grant grant) {
        return true;
    }

    /** Those of the grants whose process is under way. */
    default Set<GrantId> underWay(Collection<Grant> grants) {
        return grants.stream().filter(this::isUnderWay).map(Grant::id).collect(Collectors.toSet());
    }
}
