package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.Optional;

/** Which tenant is being compared with its cloud now, so that no two nodes do it at once; each call commits by itself. */
public interface Sweeps {
    /**
     * Begins a sweep.
     *
     * @param sweep any word that no other sweep uses
     * @param until exclusive; whoever has not ended or held it by then has lost it
     * @return whether it has begun; false while another one is under way
     */
    boolean begin(TenantId tenant, String sweep, Instant until);

    /** Holds it longer; false if it was lost. */
    boolean hold(TenantId tenant, String sweep, Instant until);

    /**
     * Ends it; ending one that was lost changes nothing.
     *
     * @param done whether everything was compared
     */
    void end(TenantId tenant, String sweep, boolean done);

    /** When a sweep last compared everything. */
    Optional<Instant> lastDone(TenantId tenant);
}
