package io.drawbridge.identity;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a program shows that cannot sign in at an issuer. Its secret is known to nobody but the program.
 *
 * @param name what it is for, in an administrator's words
 * @param expiresAt the first moment at which it opens nothing
 * @param revokedBy who has revoked it, null if nobody has
 */
public record ApiKey(
        String id,
        TenantId tenant,
        String name,
        Set<Role> roles,
        PersonId createdBy,
        Instant createdAt,
        Instant expiresAt,
        @Nullable PersonId revokedBy,
        @Nullable Instant revokedAt) {
    public ApiKey {
        roles = Set.copyOf(roles);
    }

    public boolean opens(Instant now) {
        return revokedAt == null && now.isBefore(expiresAt);
    }
}
