package io.drawbridge.identity;

import java.util.List;
import java.util.Set;

/** Everybody ever known, to be kept as a directory has it. */
public interface Roster {
    /** The people of a tenant, those included who have left, by id. */
    List<Person> everybody(TenantId tenant);

    /** Ids that people of other tenants have. */
    Set<PersonId> elsewhere(TenantId tenant);

    /** Adds the person, or replaces what is known of him; the roles of somebody who is known already stay. */
    void save(Person person);
}
