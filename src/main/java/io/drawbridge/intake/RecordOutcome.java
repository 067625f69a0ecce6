package io.drawbridge.intake;

import java.util.Locale;

/** What becomes of a record. */
enum RecordOutcome {
    /** A new request. */
    OPENED,
    /** One more attempt on an open request. */
    JOINED,
    /** The same event came before. */
    DUPLICATE,
    /** The call succeeded, or failed for another reason than a missing permission. */
    NOT_DENIED,
    /** No control closes that permission in that account. */
    NOT_PRIVILEGED,
    /** The identity is exempt from the control, so something else blocked it. */
    EXEMPT,
    /** The whole service is closed there. */
    DISABLED,
    /** The last request for the same was turned down or given up a moment ago. */
    COOLING_DOWN,
    /** Access for the same is on, or on its way. */
    GRANTED,
    /** No grant could lift what blocked the call. */
    CANNOT_HELP,
    /** Nobody answers for the identity. */
    NO_OWNER,
    /** The account, or the account of the identity, is not one of the tenant's that the record counts for. */
    UNKNOWN_ACCOUNT,
    /** Which permission the call needs cannot be told. */
    UNMAPPED_ACTION,
    /** Denied calls of the identity have opened as many requests in the last hour as they may. */
    RATE_LIMITED,
    /** The record cannot be read or handled. */
    DEAD_LETTER;

    /** As it is answered and counted. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing came of a record that was in order. */
    boolean isIgnored() {
        return this != OPENED && this != JOINED && this != DEAD_LETTER;
    }
}
