package io.drawbridge.request;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.ScopeId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the policies have decided about requests, as it was kept with each decision. */
public interface PastJudgements {

    /** How often the same policies gave the same answer since then, in the newest {@code most} judgements. */
    List<Count> counts(TenantId tenant, Instant since, int most);

    /**
     * The latest judgements, newest first.
     *
     * @param readableAccounts accounts whose requests the reader may see, null for all of the tenant
     * @param reader who always sees his own
     */
    List<Past> latest(
            TenantId tenant, @Nullable Set<ScopeId> readableAccounts, PersonId reader, Instant since, int limit);

    /**
     * Judgements with what they were made from, newest first.
     *
     * @param since inclusive, null for all
     * @param until exclusive, null for all
     * @param before only what was judged before the judgement of this number
     */
    List<Kept> kept(
            TenantId tenant, @Nullable Instant since, @Nullable Instant until, @Nullable Long before, int limit);

    /**
     * One judgement, whole.
     *
     * @param evidence as the judge gave it
     */
    record Kept(long number, Past past, String evidence) {}

    /**
     * One answer of the same policies, counted.
     *
     * @param policies those that determined it; empty if none matched
     */
    record Count(List<String> policies, boolean allowed, long times, Instant last) {
        public Count {
            policies = List.copyOf(policies);
        }
    }

    /**
     * One judgement.
     *
     * @param mode null on a denial
     * @param setHash SHA-256 in hex of the set that gave it
     */
    record Past(
            RequestId request,
            PersonId requester,
            ScopeId account,
            String permission,
            Instant at,
            AccessRequests.Occasion occasion,
            boolean allowed,
            @Nullable String mode,
            List<String> policies,
            String setHash) {
        public Past {
            policies = List.copyOf(policies);
        }
    }
}
