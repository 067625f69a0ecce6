package io.drawbridge.identity;

import java.util.Optional;

/** Which login of an issuer each person is, kept from the first time that he signed in there. */
public interface Subjects {
    /** What was kept of the person; empty if he never signed in at an issuer, or an administrator has cleared it. */
    Optional<String> of(PersonId person);

    /** Keeps it, unless something is kept of the person already. */
    void keep(PersonId person, String subject);
}
