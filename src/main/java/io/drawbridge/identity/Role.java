package io.drawbridge.identity;

/**
 * What somebody may do beyond asking for himself.
 *
 * <p>To approve and to view are not roles but assignments at a scope, kept with the organisation.
 */
public enum Role {
    /** Asks for access; every person has it, a service does not. */
    REQUESTER,
    /** Does everything within the tenant. */
    ADMINISTRATOR,
    /** Hands in events; a service. */
    INTAKE,
    /** Watches the engine of the installation and retries what is stuck. */
    OPERATIONS,
    /** Edits the diagrams of the installation. */
    PROCESS_OWNER
}
