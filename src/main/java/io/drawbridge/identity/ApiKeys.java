package io.drawbridge.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Every API key that was ever made, with the hash of its secret. */
public interface ApiKeys {
    void add(ApiKey key, String secretHash);

    Optional<ApiKey> find(String id);

    /** The hash of the secret of that key. */
    Optional<String> secretHash(String id);

    /** The keys of a tenant, newest first, those included that open nothing any more. */
    List<ApiKey> of(TenantId tenant);

    /** False, and nothing has changed, if it was revoked before. */
    boolean revoke(String id, PersonId by, Instant at);
}
