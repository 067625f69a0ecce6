package io.drawbridge.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everybody ever known, to be kept as a directory has it. */
public interface Roster {
    /** The people of a tenant, those included who have left, by id. */
    List<Person> everybody(TenantId tenant);

    /** Ids that people of other tenants have. */
    Set<PersonId> elsewhere(TenantId tenant);

    /** People of a tenant whose groups an issuer has said; a directory that is synchronized says nothing of theirs. */
    Set<PersonId> withGroupsOfAnIssuer(TenantId tenant);

    /**
     * Adds the person, or replaces what is known of him; the roles of somebody who is known already stay, and the groups of
     * somebody of whom an issuer has said them.
     */
    void save(Person person);

    /** As of when the groups of the person were last said by an issuer; empty if none ever did. */
    Optional<Instant> groupsAsOf(PersonId id);

    /**
     * Replaces the groups of a person by what an issuer said at that time.
     *
     * @return false, and nothing has changed, if something said as late or later is known already
     */
    boolean replaceGroups(Person person, Set<String> groups, Instant asOf);

    /** Adds the tenant if it is not there. */
    void addTenant(TenantId tenant, String name);
}
