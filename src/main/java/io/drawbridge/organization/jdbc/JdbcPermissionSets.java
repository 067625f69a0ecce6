package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcPermissionSets implements PermissionSets {
    private static final String SELECT =
            "select name, arn, description, session_duration, closes_sessions from permission_set where tenant_id = ? ";

    private final JdbcClient database;

    JdbcPermissionSets(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<PermissionSet> of(TenantId tenant) {
        return database.sql(SELECT + "order by name")
                .param(tenant.value())
                .query(JdbcPermissionSets::permissionSet)
                .list();
    }

    @Override
    public Optional<PermissionSet> find(TenantId tenant, PermissionSetName name) {
        return database.sql(SELECT + "and name = ?")
                .params(tenant.value(), name.name())
                .query(JdbcPermissionSets::permissionSet)
                .optional();
    }

    @Override
    public void save(TenantId tenant, PermissionSet set) {
        remove(tenant, set.name());
        database.sql(
                        """
                        insert into permission_set (tenant_id, name, arn, description, session_duration, closes_sessions)
                        values (?, ?, ?, ?, ?, ?)""")
                .params(
                        tenant.value(),
                        set.name().name(),
                        set.arn(),
                        set.description(),
                        set.sessionDuration().toString(),
                        set.closesSessions())
                .update();
    }

    @Override
    public void remove(TenantId tenant, PermissionSetName name) {
        database.sql("delete from permission_set where tenant_id = ? and name = ?")
                .params(tenant.value(), name.name())
                .update();
    }

    private static PermissionSet permissionSet(ResultSet row, int number) throws SQLException {
        return new PermissionSet(
                new PermissionSetName(row.getString(1)),
                row.getString(2),
                row.getString(3),
                Duration.parse(row.getString(4)),
                row.getBoolean(5));
    }
}
