package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Scopes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcScopes implements Scopes {
    private static final String COLUMNS =
            "select tenant_id, id, parent_id, kind, name, environment, self_approval, closed, management from scope ";

    /** AWS Organizations nests five organizational units; a longer chain is a loop in the data. */
    private static final int DEEPEST = 20;

    private final JdbcClient database;

    JdbcScopes(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<Scope> of(TenantId tenant) {
        return Reading.once(new Whole(tenant), () -> read(tenant));
    }

    /** All scopes of a tenant, as one read. */
    private record Whole(TenantId tenant) {}

    /** All scopes of a tenant by id, as one read. */
    private record ById(TenantId tenant) {}

    /** One scope, as one read. */
    private record One(TenantId tenant, ScopeId scope) {}

    /** A scope and all above it, as one read. */
    private record Path(TenantId tenant, ScopeId scope) {}

    private List<Scope> read(TenantId tenant) {
        List<Scope> all = database.sql(COLUMNS + "where tenant_id = ? order by id")
                .param(tenant.value())
                .query(JdbcScopes::scope)
                .list();
        Map<@Nullable ScopeId, List<Scope>> children = new HashMap<>();
        all.forEach(scope -> children.computeIfAbsent(scope.parent(), parent -> new ArrayList<>())
                .add(scope));
        List<Scope> ordered = new ArrayList<>();
        collect(null, children, ordered);
        return ordered;
    }

    @Override
    public Optional<Scope> find(TenantId tenant, ScopeId scope) {
        if (Reading.isUnderWay()) {
            Map<ScopeId, Scope> all = Reading.once(new ById(tenant), () -> of(tenant).stream()
                    .collect(Collectors.toMap(Scope::id, Function.identity())));
            return Optional.ofNullable(all.get(scope));
        }
        return Reading.once(new One(tenant, scope), () -> database.sql(COLUMNS + "where tenant_id = ? and id = ?")
                .params(tenant.value(), scope.value())
                .query(JdbcScopes::scope)
                .optional());
    }

    @Override
    public Optional<ScopePath> path(TenantId tenant, ScopeId scope) {
        if (!Reading.isUnderWay()) {
            return Reading.once(new Path(tenant, scope), () -> upwards(tenant, scope));
        }
        List<Scope> path = new ArrayList<>();
        ScopeId next = scope;
        while (next != null && path.size() < DEEPEST) {
            Optional<Scope> step = find(tenant, next);
            if (step.isEmpty()) {
                return Optional.empty();
            }
            path.add(step.get());
            next = step.get().parent();
        }
        return whole(scope, path);
    }

    /** One query, however deep it lies. */
    private Optional<ScopePath> upwards(TenantId tenant, ScopeId scope) {
        List<Scope> path = database.sql(
                        """
                        with recursive up (level, tenant_id, id, parent_id, kind, name, environment, self_approval, closed,
                                management) as (
                            select 1, tenant_id, id, parent_id, kind, name, environment, self_approval, closed, management
                            from scope where tenant_id = ? and id = ?
                            union all
                            select up.level + 1, parent.tenant_id, parent.id, parent.parent_id, parent.kind, parent.name,
                                parent.environment, parent.self_approval, parent.closed, parent.management
                            from up join scope parent on parent.tenant_id = up.tenant_id and parent.id = up.parent_id
                            where up.level < ?)
                        select tenant_id, id, parent_id, kind, name, environment, self_approval, closed, management
                        from up order by level""")
                .params(tenant.value(), scope.value(), DEEPEST)
                .query(JdbcScopes::scope)
                .list();
        return path.isEmpty() ? Optional.empty() : whole(scope, path);
    }

    private static Optional<ScopePath> whole(ScopeId scope, List<Scope> path) {
        if (path.get(path.size() - 1).parent() != null) {
            throw new IllegalStateException("The scope \"" + scope + "\" lies more than " + DEEPEST
                    + " levels deep or in a loop; mend the parents of its organisation tree.");
        }
        return Optional.of(new ScopePath(path));
    }

    @Override
    public Set<ScopeId> subtree(TenantId tenant, ScopeId scope) {
        Map<ScopeId, List<ScopeId>> children = new HashMap<>();
        Set<ScopeId> known = new HashSet<>();
        for (Scope each : of(tenant)) {
            known.add(each.id());
            ScopeId parent = each.parent();
            if (parent != null) {
                children.computeIfAbsent(parent, id -> new ArrayList<>()).add(each.id());
            }
        }
        Set<ScopeId> reached = new LinkedHashSet<>();
        if (known.contains(scope)) {
            List<ScopeId> open = new ArrayList<>(List.of(scope));
            while (!open.isEmpty()) {
                ScopeId next = open.remove(open.size() - 1);
                if (reached.add(next)) {
                    open.addAll(children.getOrDefault(next, List.of()));
                }
            }
        }
        return reached;
    }

    @Override
    public void setSelfApproval(TenantId tenant, ScopeId scope, @Nullable Boolean selfApproval) {
        Reading.forget();
        database.sql("update scope set self_approval = ? where tenant_id = ? and id = ?")
                .param(1, selfApproval, Types.BOOLEAN)
                .param(2, tenant.value())
                .param(3, scope.value())
                .update();
    }

    @Override
    public void save(Scope scope) {
        Reading.forget();
        int known = database.sql(
                        """
                        update scope set parent_id = :parent, kind = :kind, name = :name, environment = :environment,
                                self_approval = :selfApproval, closed = :closed, management = :management
                        where tenant_id = :tenant and id = :id""")
                .paramSource(columns(scope))
                .update();
        if (known == 0) {
            database.sql(
                            """
                            insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval, closed,
                                    management)
                            values (:tenant, :id, :parent, :kind, :name, :environment, :selfApproval, :closed,
                                    :management)""")
                    .paramSource(columns(scope))
                    .update();
        }
    }

    @Override
    public void remove(TenantId tenant, ScopeId scope) {
        Reading.forget();
        for (String table : List.of("control_exemption", "control", "viewer", "approver")) {
            database.sql("delete from " + table + " where tenant_id = ? and scope_id = ?")
                    .params(tenant.value(), scope.value())
                    .update();
        }
        database.sql("delete from scope where tenant_id = ? and id = ?")
                .params(tenant.value(), scope.value())
                .update();
    }

    private static MapSqlParameterSource columns(Scope scope) {
        ScopeId parent = scope.parent();
        return new MapSqlParameterSource()
                .addValue("tenant", scope.tenant().value())
                .addValue("id", scope.id().value())
                .addValue("parent", parent == null ? null : parent.value(), Types.VARCHAR)
                .addValue("kind", scope.kind().name())
                .addValue("name", scope.name())
                .addValue("environment", scope.environment())
                .addValue("selfApproval", scope.selfApproval(), Types.BOOLEAN)
                .addValue("closed", scope.closed())
                .addValue("management", scope.management());
    }

    private static void collect(
            @Nullable ScopeId parent, Map<@Nullable ScopeId, List<Scope>> children, List<Scope> ordered) {
        for (Scope child : children.getOrDefault(parent, List.of())) {
            ordered.add(child);
            collect(child.id(), children, ordered);
        }
    }

    private static Scope scope(ResultSet row, int number) throws SQLException {
        String parent = row.getString("parent_id");
        return new Scope(
                new ScopeId(row.getString("id")),
                new TenantId(row.getString("tenant_id")),
                parent == null ? null : new ScopeId(parent),
                Scope.Kind.valueOf(row.getString("kind")),
                row.getString("name"),
                row.getString("environment"),
                row.getObject("self_approval", Boolean.class),
                row.getBoolean("closed"),
                row.getBoolean("management"));
    }
}
