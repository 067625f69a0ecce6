package io.drawbridge.identity.jdbc;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcPeople implements People, Roster {
    private final JdbcClient database;

    JdbcPeople(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Optional<Person> find(PersonId id) {
        return Reading.once(
                id, () -> people("where id = ?", id.value()).stream().findFirst());
    }

    @Override
    public List<Person> of(TenantId tenant) {
        return people("where tenant_id = ? and active = true", tenant.value());
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
        return people("where tenant_id = ?", tenant.value());
    }

    @Override
    public Set<PersonId> elsewhere(TenantId tenant) {
        return database
                .sql("select id from person where tenant_id <> ?")
                .param(tenant.value())
                .query(String.class)
                .list()
                .stream()
                .map(PersonId::new)
                .collect(Collectors.toSet());
    }

    @Override
    public void save(Person person) {
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
        database.sql("delete from person_group where person_id = ?").param(id).update();
        for (String group : person.groups()) {
            database.sql("insert into person_group (person_id, group_name) values (?, ?)")
                    .params(id, group)
                    .update();
        }
    }

    private List<Person> people(String condition, String parameter) {
        Map<String, Set<String>> groups = pairs("person_group", "group_name", condition, parameter);
        Map<String, Set<String>> roles = pairs("person_role", "role", condition, parameter);
        return database.sql("select id, tenant_id, name, email, active, identity_store_id from person " + condition
                        + " order by id")
                .param(parameter)
                .query((row, number) -> new Person(
                        new PersonId(row.getString("id")),
                        new TenantId(row.getString("tenant_id")),
                        row.getString("name"),
                        row.getString("email"),
                        groups.getOrDefault(row.getString("id"), Set.of()),
                        roles.getOrDefault(row.getString("id"), Set.of()).stream()
                                .map(Role::valueOf)
                                .collect(Collectors.toSet()),
                        row.getBoolean("active"),
                        row.getString("identity_store_id")))
                .list();
    }

    /** Reads one of the two side tables for the people that the condition selects; both names are our own constants. */
    private Map<String, Set<String>> pairs(String table, String column, String condition, String parameter) {
        Map<String, Set<String>> found = new HashMap<>();
        database.sql("select person_id, " + column + " from " + table + " where person_id in (select id from person "
                        + condition + ")")
                .param(parameter)
                .query(row -> {
                    found.computeIfAbsent(row.getString(1), person -> new HashSet<>())
                            .add(row.getString(2));
                });
        return found;
    }
}
