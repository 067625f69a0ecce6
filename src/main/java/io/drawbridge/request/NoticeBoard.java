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
     * @param recipient the person it is for; null if it is for a channel of the tenant
     * @param channel the name of that channel; null if it is for a person
     * @param sentAt null while it waits, or if it was given up
     * @param attempts how often sending it has failed
     * @param failure why it failed last, null if it did not
     * @param givenUpAt since when it is tried no more; null while it is
     */
    record Notice(
            long number,
            String kind,
            @Nullable String recipient,
            @Nullable String channel,
            String address,
            String subject,
            String text,
            @Nullable String requestId,
            Instant createdAt,
            @Nullable Instant sentAt,
            int attempts,
            @Nullable String failure,
            @Nullable Instant givenUpAt) {}
}
