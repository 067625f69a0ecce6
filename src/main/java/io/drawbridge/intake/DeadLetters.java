package io.drawbridge.intake;

import io.drawbridge.identity.TenantId;
import io.drawbridge.request.DeniedCallIntake;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records that could not be handled. */
public interface DeadLetters {
    /** Keeps one more, in the caller's transaction. */
    void add(TenantId tenant, Instant receivedAt, @Nullable String eventId, String reason, String body);

    /** Newest first. */
    List<DeniedCallIntake.DeadLetter> find(TenantId tenant, int limit);
}
