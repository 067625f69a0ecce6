package io.drawbridge.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was done, by whom and why; append-only, written in the transaction of what it records. */
public interface AuditTrail {

    /** Actor of what Drawbridge did by itself: a timer fired, a policy decided. */
    String DRAWBRIDGE = "drawbridge";

    /**
     * Adds one record. It is there exactly if the caller's transaction commits.
     *
     * @param actor a person's id, or {@link #DRAWBRIDGE}
     * @param action dotted, in the past tense, such as {@code request.approved}
     * @param subject the thing it was done to: the request's id, the scope's id
     * @param details strings, numbers, booleans, lists and maps of these; never a secret
     */
    void record(TenantId tenant, String actor, String action, String subject, Map<String, ?> details);

    /**
     * The same, in a transaction of its own: for a try that was refused, which must stay on record although the
     * caller's transaction is rolled back.
     */
    void recordRefusal(TenantId tenant, String actor, String action, String subject, Map<String, ?> details);

    /** Records of a tenant, newest first. */
    List<AuditRecord> find(TenantId tenant, Query query);

    /** Everything recorded of one subject, oldest first. */
    List<AuditRecord> of(TenantId tenant, String subject);

    /**
     * One record.
     *
     * @param number grows with each record; not without gaps
     * @param details as JSON text
     */
    record AuditRecord(long number, Instant at, String actor, String action, String subject, String details) {}

    /**
     * Which records.
     *
     * @param since inclusive
     * @param until exclusive
     * @param before only numbers below this one
     * @param limit at most this many, 1 to 1,000
     */
    record Query(
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable String actor,
            @Nullable String action,
            @Nullable String subject,
            @Nullable Long before,
            int limit) {}
}
