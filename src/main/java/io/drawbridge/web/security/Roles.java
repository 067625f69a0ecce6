package io.drawbridge.web.security;

import io.drawbridge.identity.Role;

/** Roles as the rules of the door name them. */
final class Roles {
    static final String ADMINISTRATOR = Role.ADMINISTRATOR.name();
    static final String OPERATIONS = Role.OPERATIONS.name();

    /** Everybody but a service: who hands in events has no other part here. */
    static final String[] PEOPLE = {
        Role.REQUESTER.name(), Role.ADMINISTRATOR.name(), Role.OPERATIONS.name(), Role.PROCESS_OWNER.name()
    };

    private Roles() {}
}
