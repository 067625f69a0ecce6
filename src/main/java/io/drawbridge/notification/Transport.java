package io.drawbridge.notification;

import java.util.Locale;

/** By which way a notice leaves the house; each has a courier of its own, so that one that hangs holds up no other. */
enum Transport {
    /** To the address of a person, or of a tenant's mail list. */
    MAIL,
    /** To a tenant's own receiver, by HTTP. */
    WEBHOOK,
    /** To a tenant's topic of AWS SNS. */
    SNS;

    /** As it is stored, such as {@code webhook}; at most 16 characters. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
