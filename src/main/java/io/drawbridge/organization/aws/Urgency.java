package io.drawbridge.organization.aws;

/** What goes first when AWS lets us make one call only. */
public enum Urgency {
    /** Takes access back. Goes before everything else, on every node. */
    REVOCATION,
    /** Gives access, or looks. */
    ORDINARY
}
