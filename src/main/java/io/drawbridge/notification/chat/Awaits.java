package io.drawbridge.notification.chat;

/** Until when the actions of a message can be clicked; whatever ends it replaces the message by the outcome. */
enum Awaits {
    /** It has no actions that anything could end. */
    NOTHING,
    /** Until the requester has answered. */
    JUSTIFICATION,
    /** Until somebody has decided. */
    DECISION,
    /** Until somebody has reviewed. */
    REVIEW,
    /** Until the access begins to end. */
    END
}
