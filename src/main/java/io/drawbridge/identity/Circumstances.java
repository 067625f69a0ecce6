package io.drawbridge.identity;

import java.util.List;
import java.util.Map;

/**
 * What an audit record says of the way in which something was done, beyond what its desk knows.
 *
 * <p>Implemented where it is known: which process, in which version, ordered a step is the engine's matter.
 */
@FunctionalInterface
public interface Circumstances {
    /**
     * What is known at this moment; empty if nothing is.
     *
     * @param action as {@link AuditTrail#record} gets it
     * @param subject the same
     * @return strings, numbers and maps of these, by names that no desk gives
     */
    Map<String, Object> of(TenantId tenant, String action, String subject);

    /** What is known of each of these, in their order; whoever can find it out for all at once does. */
    default List<Map<String, Object>> ofAll(List<AuditTrail.Entry> entries) {
        return entries.stream()
                .map(entry -> of(entry.tenant(), entry.action(), entry.subject()))
                .toList();
    }
}
