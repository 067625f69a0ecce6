package io.drawbridge.operations;

import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How late access was taken back, and what is still on; and how many requests and grants there are. */
public interface Revocations {
    /** How late the revocations of a time were, all tenants named together; counted by when they were confirmed. */
    Lateness lateness(Set<TenantId> tenants, Instant since, Instant until);

    /** The latest ones of a time, the latest first. */
    List<Late> latest(Set<TenantId> tenants, Instant since, Instant until, int limit);

    /** Access that may still be on, longest over first: shown as overdue, or over before that moment and not confirmed. */
    List<StillOn> overdue(Set<TenantId> tenants, Instant before, int limit);

    /** How many {@link #overdue} would find in one tenant. */
    long countOverdue(TenantId tenant, Instant before);

    /** How many living grants of a tenant are in each state; states without any are missing. */
    List<Living> living(TenantId tenant);

    /** How many requests of a tenant are open, by status; statuses without any are missing. */
    List<Open> open(TenantId tenant);

    /**
     * From the end to the cloud's confirmation.
     *
     * @param number of revocations; the durations are zero if there were none
     * @param p50 half of them were not later than this
     */
    record Lateness(long number, Duration p50, Duration p95, Duration max) {}

    /** A revocation that is done. */
    record Late(
            TenantId tenant,
            RequestId request,
            GrantId grant,
            ScopeId account,
            Instant overAt,
            Instant revokedAt,
            Duration lateness) {}

    /** A grant whose access may still be on after it had to go; {@code failure} is null if nothing has failed. */
    record StillOn(
            TenantId tenant,
            RequestId request,
            GrantId grant,
            ScopeId account,
            GrantState state,
            Instant overAt,
            @Nullable String failure) {}

    record Living(GrantState state, long number) {}

    record Open(RequestStatus status, long number) {}
}
