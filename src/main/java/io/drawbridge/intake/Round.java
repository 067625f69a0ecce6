package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.request.RequestId;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was found out in one transaction, so that nothing is asked twice in it.
 *
 * <p>Lives as long as the transaction and no longer: what changes meanwhile holds from the next one, as if the records of
 * this one had been handled a moment earlier.
 */
final class Round {
    private final TenantId tenant;
    private final Instant now;
    private final Map<String, Optional<ScopePath>> accounts = new HashMap<>();
    private final Map<String, Controls.ScopeControl> controls = new HashMap<>();
    private final Set<String> locked = new HashSet<>();
    private final Map<String, Verdict> standing = new HashMap<>();
    private final Map<RequestId, Joining> joinings = new LinkedHashMap<>();

    Round(TenantId tenant, Instant now) {
        this.tenant = tenant;
        this.now = now;
    }

    /**
     * Denials that join one request.
     *
     * @param usedBy in the order in which they came
     */
    record Joining(int attempts, Set<String> usedBy) {}

    TenantId tenant() {
        return tenant;
    }

    Instant now() {
        return now;
    }

    Optional<ScopePath> account(String id, Supplier<Optional<ScopePath>> find) {
        return accounts.computeIfAbsent(id, key -> find.get());
    }

    Controls.ScopeControl control(String account, String service, Supplier<Controls.ScopeControl> find) {
        return controls.computeIfAbsent(account + "|" + service, key -> find.get());
    }

    /** Whether the round asks for the first time to lock that identity. */
    boolean locks(String identityKey) {
        return locked.add(identityKey);
    }

    /** What was found to stand in the way of the same denial; null if nothing is known of it. */
    @Nullable
    Verdict standing(String openKey) {
        return standing.get(openKey);
    }

    void stands(String openKey, Verdict verdict) {
        standing.put(openKey, verdict);
    }

    /** One more denial joins the request when the round ends. */
    void join(RequestId request, Set<String> usedBy) {
        joinings.merge(request, new Joining(1, Set.copyOf(usedBy)), (before, more) -> {
            Set<String> names = new LinkedHashSet<>(before.usedBy());
            names.addAll(more.usedBy());
            return new Joining(before.attempts() + 1, names);
        });
    }

    Map<RequestId, Joining> joinings() {
        return joinings;
    }
}
