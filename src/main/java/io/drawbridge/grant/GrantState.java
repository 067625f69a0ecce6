package io.drawbridge.grant;

/** Where a grant stands. */
public enum GrantState {
    /** The intent is committed; the cloud is being asked. */
    PROVISIONING,
    /** The cloud has confirmed the access. */
    ACTIVE,
    /** The access is being taken back. */
    REVOKING,
    /** The revocation keeps failing, and goes on being tried; access may still be on. */
    REVOKE_OVERDUE,
    /** The cloud has confirmed that the access is gone. */
    REVOKED,
    /** It never became active, and the cloud has confirmed that nothing is there. */
    PROVISION_FAILED;

    /** Whether nobody has begun to take it back: it is being opened, or is on. */
    public boolean isOpen() {
        return this == PROVISIONING || this == ACTIVE;
    }

    /** Whether the cloud may still hold something of it. */
    public boolean isLiving() {
        return this != REVOKED && this != PROVISION_FAILED;
    }

    /** Whether access may be on after its end was decided. */
    public boolean mayStillBeOn() {
        return this == REVOKING || this == REVOKE_OVERDUE;
    }
}
