package io.drawbridge.organization;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a notification channel can be told of. */
public enum ChannelEvent {
    /** The request is with its approvers; once a request, not again when it escalates. */
    REQUEST_PENDING,
    /** An approver, or the policy, said yes. Access is not on yet. */
    REQUEST_APPROVED,
    /** An approver, or the policy, said no. */
    REQUEST_DENIED,
    /** Nobody decided in time; not told of a request that was never justified. */
    REQUEST_EXPIRED,
    /** Access was opened without anybody's approval; {@link #REQUEST_APPROVED} is told as well. */
    REQUEST_BREAK_GLASS,
    /** The cloud has confirmed the access. */
    GRANT_ACTIVE,
    /** Access ends soon; not told of a grant under 30 minutes. */
    GRANT_EXPIRING_SOON,
    /** The end of the grant came, and the cloud has confirmed that the access is gone. */
    GRANT_EXPIRED,
    /** The grant was ended before its end, and the cloud has confirmed that the access is gone. */
    GRANT_REVOKED,
    /** The revocation keeps failing: access may still be on. Once a grant; its end is told when it has come. */
    GRANT_REVOKE_OVERDUE;

    /** As receivers read it, such as {@code request.break_glass}; at most 32 characters. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".");
    }

    public static Optional<ChannelEvent> of(String word) {
        return Arrays.stream(values())
                .filter(event -> event.word().equals(word))
                .findFirst();
    }
}
