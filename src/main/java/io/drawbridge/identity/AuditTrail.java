package io.drawbridge.identity;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
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
     * Adds these records, in their order, by as many statements as for one. Each is there exactly if the caller's
     * transaction commits.
     */
    void recordAll(List<Entry> entries);

    /**
     * One record, in a transaction of its own: for a try that was refused, which must stay on record although the
     * caller's transaction is rolled back.
     */
    void recordRefusal(TenantId tenant, String actor, String action, String subject, Map<String, ?> details);

    /** What is to be recorded, as {@link #record} takes it. */
    record Entry(TenantId tenant, String actor, String action, String subject, Map<String, ?> details) {
        public Entry {
            details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        }
    }

    /** Records of a tenant, newest first. */
    List<AuditRecord> find(TenantId tenant, Query query);

    /**
     * Records of a tenant that hold the text in actor, action, subject or details, whatever its case; newest first.
     *
     * @param lookThrough at most so many of the records that the query finds are looked through
     */
    Found search(TenantId tenant, Query query, String text, int lookThrough);

    /** How many records the query finds, whatever its limit; counts no further than to {@code most}. */
    int count(TenantId tenant, Query query, int most);

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
     * What a search has found.
     *
     * @param lookedDownTo number of the oldest record that was looked through; null if there is none before it
     */
    record Found(List<AuditRecord> records, @Nullable Long lookedDownTo) {
        public Found {
            records = List.copyOf(records);
        }
    }

    /**
     * Which records.
     *
     * @param since inclusive
     * @param until exclusive
     * @param before only what was recorded before the record of this number
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
