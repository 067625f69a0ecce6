package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.ScopeId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcAssignments implements Assignments {
    private final JdbcClient database;

    JdbcAssignments(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Map<ScopeId, List<PersonId>> approversAt(TenantId tenant, Collection<ScopeId> scopes) {
        Map<ScopeId, List<PersonId>> found = new LinkedHashMap<>();
        if (scopes.isEmpty()) {
            return found;
        }
        if (Reading.isUnderWay()) {
            Map<ScopeId, List<PersonId>> all = Reading.once(new Everywhere(tenant), () -> everywhere(tenant));
            scopes.stream().filter(all::containsKey).forEach(scope -> found.put(scope, all.get(scope)));
            return found;
        }
        return Reading.once(new At(tenant, Set.copyOf(scopes)), () -> read(tenant, scopes));
    }

    /** The approvers of some scopes, as one read. */
    private record At(TenantId tenant, Set<ScopeId> scopes) {}

    private Map<ScopeId, List<PersonId>> read(TenantId tenant, Collection<ScopeId> scopes) {
        Map<ScopeId, List<PersonId>> found = new LinkedHashMap<>();
        database.sql(
                        "select scope_id, person_id from approver where tenant_id = :tenant and scope_id in (:scopes) order by person_id")
                .param("tenant", tenant.value())
                .param("scopes", scopes.stream().map(ScopeId::value).toList())
                .query(row -> {
                    found.computeIfAbsent(new ScopeId(row.getString(1)), scope -> new ArrayList<>())
                            .add(new PersonId(row.getString(2)));
                });
        return found;
    }

    /** All approvers of a tenant, as one read. */
    private record Everywhere(TenantId tenant) {}

    /** Scopes of a person in one of the two tables, as one read. */
    private record Assigned(String table, TenantId tenant, PersonId person) {}

    private Map<ScopeId, List<PersonId>> everywhere(TenantId tenant) {
        Map<ScopeId, List<PersonId>> found = new HashMap<>();
        database.sql("select scope_id, person_id from approver where tenant_id = ? order by person_id")
                .param(tenant.value())
                .query(row -> {
                    found.computeIfAbsent(new ScopeId(row.getString(1)), scope -> new ArrayList<>())
                            .add(new PersonId(row.getString(2)));
                });
        return found;
    }

    @Override
    public Set<ScopeId> approves(TenantId tenant, PersonId person) {
        return scopes("approver", tenant, person);
    }

    @Override
    public Set<ScopeId> views(TenantId tenant, PersonId person) {
        return scopes("viewer", tenant, person);
    }

    @Override
    public void assign(TenantId tenant, ScopeId scope, List<PersonId> approvers, Instant now) {
        Reading.forget();
        clear(tenant, List.of(scope));
        for (PersonId approver : approvers) {
            database.sql("insert into approver (tenant_id, scope_id, person_id, assigned_at) values (?, ?, ?, ?)")
                    .params(tenant.value(), scope.value(), approver.value(), now.atOffset(ZoneOffset.UTC))
                    .update();
        }
    }

    @Override
    public void clear(TenantId tenant, Collection<ScopeId> scopes) {
        if (!scopes.isEmpty()) {
            Reading.forget();
            database.sql("delete from approver where tenant_id = :tenant and scope_id in (:scopes)")
                    .param("tenant", tenant.value())
                    .param("scopes", scopes.stream().map(ScopeId::value).toList())
                    .update();
        }
    }

    /** The table is one of our own two constants. */
    private Set<ScopeId> scopes(String table, TenantId tenant, PersonId person) {
        return Reading.once(new Assigned(table, tenant, person), () -> read(table, tenant, person));
    }

    private Set<ScopeId> read(String table, TenantId tenant, PersonId person) {
        Set<ScopeId> found = new LinkedHashSet<>();
        database.sql("select scope_id from " + table + " where tenant_id = ? and person_id = ? order by scope_id")
                .params(tenant.value(), person.value())
                .query(row -> {
                    found.add(new ScopeId(row.getString(1)));
                });
        return found;
    }
}
