package io.drawbridge.identity;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everybody who can sign in. */
public interface People {
    /** The person of that user name, whichever tenant; also somebody who has left. */
    Optional<Person> find(PersonId id);

    /** The people of one tenant who have not left, by id. */
    List<Person> of(TenantId tenant);

    /** The stored password hash of somebody who may sign in with one; empty in production and for who has left. */
    Optional<String> passwordHash(PersonId id);

    /** All tenants of the installation, by id. */
    List<TenantId> tenants();

    /** The living person of that user name in that tenant. */
    default Optional<Person> find(TenantId tenant, PersonId id) {
        return find(id).filter(Person::active).filter(person -> person.tenant().equals(tenant));
    }

    /** The living people of those user names in that tenant; whoever is unknown, has left or is elsewhere is missing. */
    default Map<PersonId, Person> find(TenantId tenant, Collection<PersonId> ids) {
        Map<PersonId, Person> found = new LinkedHashMap<>();
        ids.forEach(id -> find(tenant, id).ifPresent(person -> found.put(id, person)));
        return found;
    }

    /** The living people of a tenant who hold a role, by id. */
    default List<Person> of(TenantId tenant, Role role) {
        return of(tenant).stream().filter(person -> person.has(role)).toList();
    }
}
