package io.drawbridge.organization;

import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The notification channels of all tenants; one that was removed is not found any more. */
public interface NotificationChannels {
    /** Those of a tenant, oldest first. */
    List<NotificationChannel> of(TenantId tenant);

    Optional<NotificationChannel> find(TenantId tenant, String id);

    void add(NotificationChannel channel, Sealed sealed);

    /** Replaces everything but what it is sealed with, unless that is given. */
    void change(NotificationChannel channel, @Nullable String sealedSecret, @Nullable String sealedHeaders);

    /** Forgets its target and all that was sealed for it; what it was told stays on record. */
    void remove(TenantId tenant, String id, Instant now);

    /** What is kept for it that nobody may read. */
    Sealed sealed(String id);

    /**
     * Secrets of a webhook, as {@link Seal} has made them.
     *
     * @param secret what it signs with
     * @param headers lines of {@code name: value}
     */
    record Sealed(@Nullable String secret, @Nullable String headers) {
        /** Without what it holds. */
        @Override
        public String toString() {
            return "Sealed";
        }
    }
}
