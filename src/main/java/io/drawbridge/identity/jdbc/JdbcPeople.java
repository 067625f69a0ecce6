package io.drawbridge.identity.jdbc;

import io.drawbridge.identity.GroupRoles;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcPeople implements People, Roster {
    private final JdbcClient database;
    private final GroupRoles groupRoles;

    @Autowired
    JdbcPeople(JdbcClient database, ObjectProvider<GroupRoles> groupRoles) {
        this(database, groupRoles.getIfAvailable(() -> GroupRoles.NONE));
    }

    JdbcPeople(JdbcClient database) {
        this(database, GroupRoles.NONE);
    }

    JdbcPeople(JdbcClient database, GroupRoles groupRoles) {
        this.database = database;
        this.groupRoles = groupRoles;
    }

    @Override
    public Optional<Person> find(PersonId id) {
        return Reading.once(
                id, () -> people("where id = ?", List.of(id.value())).stream().findFirst());
    }

    @Override
    public Map<PersonId, Person> find(TenantId tenant, Collection<PersonId> ids) {
        return Reading.isUnderWay() || ids.isEmpty()
                ? People.super.find(tenant, ids)
                : Reading.once(new Several(tenant, Set.copyOf(ids)), () -> read(tenant, ids));
    }

    /** Some people of a tenant, as one read. */
    private record Several(TenantId tenant, Set<PersonId> ids) {}

    private Map<PersonId, Person> read(TenantId tenant, Collection<PersonId> ids) {
        List<String> parameters = new ArrayList<>(List.of(tenant.value()));
        new LinkedHashSet<>(ids).forEach(id -> parameters.add(id.value()));
        String wanted = String.join(", ", Collections.nCopies(parameters.size() - 1, "?"));
        Map<PersonId, Person> found = new LinkedHashMap<>();
        people("where active = true and tenant_id = ? and id in (" + wanted + ")", parameters)
                .forEach(person -> found.put(person.id(), person));
        return found;
    }

    @Override
    public List<Person> of(TenantId tenant) {
        return people("where tenant_id = ? and active = true", List.of(tenant.value()));
    }

    @Override
    public Optional<String> passwordHash(PersonId id) {
        return database.sql(
                        "select password_hash from person where id = ? and active = true and password_hash is not null")
                .param(id.value())
                .query(String.class)
                .optional();
    }

    @Override
    public List<TenantId> tenants() {
        return database.sql("select id from tenant order by id").query(String.class).list().stream()
                .map(TenantId::new)
                .toList();
    }

    @Override
    public List<Person> everybody(TenantId tenant) {
        return people("where tenant_id = ?", List.of(tenant.value()));
    }

    @Override
    public Set<PersonId> elsewhere(TenantId tenant) {
        return ids("where tenant_id <> ?", tenant);
    }

    @Override
    public Set<PersonId> withGroupsOfAnIssuer(TenantId tenant) {
        return ids("where tenant_id = ? and claims_at is not null", tenant);
    }

    private Set<PersonId> ids(String condition, TenantId tenant) {
        return database
                .sql("select id from person " + condition)
                .param(tenant.value())
                .query(String.class)
                .list()
                .stream()
                .map(PersonId::new)
                .collect(Collectors.toSet());
    }

    @Override
    public void save(Person person) {
        Reading.forget();
        String id = person.id().value();
        int known = database.sql(
                        "update person set name = ?, email = ?, active = ?, identity_store_id = ? where id = ? and tenant_id = ?")
                .params(
                        person.name(),
                        person.email(),
                        person.active(),
                        person.identityStoreId(),
                        id,
                        person.tenant().value())
                .update();
        if (known == 0) {
            database.sql(
                            "insert into person (id, tenant_id, name, email, active, identity_store_id) values (?, ?, ?, ?, ?, ?)")
                    .params(
                            id,
                            person.tenant().value(),
                            person.name(),
                            person.email(),
                            person.active(),
                            person.identityStoreId())
                    .update();
            for (Role role : person.roles()) {
                database.sql("insert into person_role (person_id, role) values (?, ?)")
                        .params(id, role.name())
                        .update();
            }
        }
        if (groupsAsOf(person.id()).isEmpty()) {
            writeGroups(id, person.groups());
        }
    }

    private void writeGroups(String id, Set<String> groups) {
        Reading.forget();
        database.sql("delete from person_group where person_id = ?").param(id).update();
        for (String group : groups) {
            database.sql("insert into person_group (person_id, group_name) values (?, ?)")
                    .params(id, group)
                    .update();
        }
    }

    @Override
    public Optional<Instant> groupsAsOf(PersonId id) {
        return database.sql("select claims_at from person where id = ? and claims_at is not null")
                .param(id.value())
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    @Override
    public boolean replaceGroups(Person person, Set<String> groups, Instant asOf) {
        OffsetDateTime at = asOf.atOffset(ZoneOffset.UTC);
        int taken = database.sql(
                        "update person set claims_at = ? where id = ? and (claims_at is null or claims_at < ?)")
                .params(at, person.id().value(), at)
                .update();
        if (taken > 0 && !person.groups().equals(groups)) {
            writeGroups(person.id().value(), groups);
        }
        return taken > 0;
    }

    @Override
    public void addTenant(TenantId tenant, String name) {
        if (!tenants().contains(tenant)) {
            database.sql("insert into tenant (id, name) values (?, ?)")
                    .params(tenant.value(), name)
                    .update();
        }
    }

    /**
     * NB. A group brings roles only where an issuer has said that the person is in it: whoever may name groups in a directory
     * that is synchronized would hand out roles by their names otherwise.
     */
    private List<Person> people(String condition, List<String> parameters) {
        return database.sql("select id, tenant_id, name, email, active, identity_store_id, claims_at,"
                        + " (select array_agg(group_name) from person_group where person_id = person.id) in_groups,"
                        + " (select array_agg(role) from person_role where person_id = person.id) own_roles"
                        + " from person " + condition + " order by id")
                .params(parameters)
                .query((row, number) -> {
                    Set<String> groups = words(row.getArray("in_groups"));
                    return new Person(
                            new PersonId(row.getString("id")),
                            new TenantId(row.getString("tenant_id")),
                            row.getString("name"),
                            row.getString("email"),
                            groups,
                            Stream.concat(
                                            words(row.getArray("own_roles")).stream()
                                                    .map(Role::valueOf),
                                            groupRoles
                                                    .of(row.getObject("claims_at") == null ? Set.of() : groups)
                                                    .stream())
                                    .collect(Collectors.toSet()),
                            row.getBoolean("active"),
                            row.getString("identity_store_id"));
                })
                .list();
    }

    private static Set<String> words(@Nullable Array array) throws SQLException {
        return array == null
                ? Set.of()
                : Arrays.stream((Object[]) array.getArray())
                        .map(String::valueOf)
                        .collect(Collectors.toSet());
    }
}
