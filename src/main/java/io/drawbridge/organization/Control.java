package io.drawbridge.organization;

/** What an administrator has set for a service at a scope; inherited downwards until a scope below sets another. */
public enum Control {
    /** The privileged permissions of the service are closed to all but the exempt. */
    PROTECTED,
    /** All permissions of the service are closed, and no request opens them. */
    DISABLED,
    /** Nothing is closed. */
    NONE
}
