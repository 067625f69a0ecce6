package io.drawbridge.request;

import io.drawbridge.identity.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was told, to whom, and whether it has arrived. */
public interface NoticeBoard {
    /**
     * Notices, newest first: the caller's own, or everybody's in his tenant for an administrator.
     *
     * @param before only numbers below this one, null for the newest
     * @param limit at most this many
     */
    List<Notice> read(Caller caller, @Nullable Long before, int limit);

    /**
     * One notice.
     *
     * @param sentAt null while it waits
     * @param attempts how often sending it has failed
     * @param failure why it failed last, null if it did not
     */
    record Notice(
            long number,
            String kind,
            String recipient,
            String address,
            String subject,
            String text,
            @Nullable String requestId,
            Instant createdAt,
            @Nullable Instant sentAt,
            int attempts,
            @Nullable String failure) {}
}
