package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.Reading;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.Scope;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.ScopePath;
import io.drawbridge.organization.Way;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcControls implements Controls {
    private final JdbcClient database;

    JdbcControls(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<ScopeControl> at(TenantId tenant, ScopeId scope) {
        return of(tenant).stream().filter(each -> each.scope().equals(scope)).toList();
    }

    @Override
    public List<ScopeControl> of(TenantId tenant) {
        return Reading.once(new Whole(tenant), () -> read(tenant));
    }

    /** All controls of a tenant, as one read. */
    private record Whole(TenantId tenant) {}

    private List<ScopeControl> read(TenantId tenant) {
        Map<String, List<String>> exempt = new HashMap<>();
        database.sql("select scope_id, service, identity from control_exemption where tenant_id = ? order by position")
                .param(tenant.value())
                .query(row -> {
                    exempt.computeIfAbsent(row.getString(1) + "/" + row.getString(2), key -> new ArrayList<>())
                            .add(row.getString(3));
                });
        return database.sql("select scope_id, service, control, way, permission_set from control where tenant_id = ?"
                        + " order by scope_id, service")
                .param(tenant.value())
                .query((row, number) ->
                        control(row, exempt.getOrDefault(row.getString(1) + "/" + row.getString(2), List.of())))
                .list();
    }

    /** NB. Whole keys, because H2 uses only the first column of a key where the second is compared with a list. */
    @Override
    public ScopeControl effective(TenantId tenant, ScopePath account, String service) {
        if (Reading.isUnderWay()) {
            List<ScopeControl> all = of(tenant);
            return account.ids().stream()
                    .flatMap(scope -> all.stream()
                            .filter(each ->
                                    each.scope().equals(scope) && each.service().equals(service)))
                    .findFirst()
                    .orElseGet(() -> none(account, service));
        }
        return Reading.once(
                new Effective(tenant, account.ids(), service), () -> readEffective(tenant, account, service));
    }

    /** The control of a service on a path, as one read. */
    private record Effective(TenantId tenant, List<ScopeId> path, String service) {}

    private ScopeControl readEffective(TenantId tenant, ScopePath account, String service) {
        List<String> keys = new ArrayList<>();
        account.ids().forEach(scope -> keys.addAll(List.of(tenant.value(), scope.value(), service)));
        List<ScopeControl> set = database.sql("select scope_id, service, control, way, permission_set from control"
                        + " where (tenant_id, scope_id, service) in ("
                        + String.join(", ", Collections.nCopies(account.ids().size(), "(?, ?, ?)"))
                        + ")")
                .params(keys)
                .query((row, number) -> control(row, List.of()))
                .list();
        for (Scope scope : account.fromAccount()) {
            for (ScopeControl control : set) {
                if (control.scope().equals(scope.id())) {
                    return withExemptions(tenant, control);
                }
            }
        }
        return none(account, service);
    }

    private static ScopeControl none(ScopePath account, String service) {
        return new ScopeControl(account.account().id(), service, Control.NONE, List.of());
    }

    private ScopeControl withExemptions(TenantId tenant, ScopeControl control) {
        List<String> exempt = database.sql("select identity from control_exemption where tenant_id = ? and scope_id = ?"
                        + " and service = ? order by position")
                .params(tenant.value(), control.scope().value(), control.service())
                .query(String.class)
                .list();
        return new ScopeControl(
                control.scope(), control.service(), control.control(), exempt, control.way(), control.permissionSet());
    }

    @Override
    public void set(TenantId tenant, ScopeControl control) {
        Reading.forget();
        Object[] key = {tenant.value(), control.scope().value(), control.service()};
        database.sql("delete from control_exemption where tenant_id = ? and scope_id = ? and service = ?")
                .params(key)
                .update();
        database.sql("delete from control where tenant_id = ? and scope_id = ? and service = ?")
                .params(key)
                .update();
        database.sql(
                        "insert into control (tenant_id, scope_id, service, control, way, permission_set) values (?, ?, ?, ?, ?, ?)")
                .params(
                        tenant.value(),
                        control.scope().value(),
                        control.service(),
                        control.control().name(),
                        control.way().name(),
                        control.permissionSet() == null
                                ? null
                                : control.permissionSet().name())
                .update();
        for (int position = 0; position < control.exempt().size(); position++) {
            database.sql(
                            "insert into control_exemption (tenant_id, scope_id, service, position, identity) values (?, ?, ?, ?, ?)")
                    .params(
                            tenant.value(),
                            control.scope().value(),
                            control.service(),
                            position,
                            control.exempt().get(position))
                    .update();
        }
    }

    private static ScopeControl control(ResultSet row, List<String> exempt) throws SQLException {
        return new ScopeControl(
                new ScopeId(row.getString(1)),
                row.getString(2),
                Control.valueOf(row.getString(3)),
                exempt,
                Way.valueOf(row.getString(4)),
                permissionSet(row.getString(5)));
    }

    private static @Nullable PermissionSetName permissionSet(@Nullable String name) {
        return name == null ? null : new PermissionSetName(name);
    }
}
