package io.drawbridge.organization.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.Owners;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcOwners implements Owners {
    private final JdbcClient database;

    JdbcOwners(JdbcClient database) {
        this.database = database;
    }

    @Override
    public List<Owner> of(TenantId tenant) {
        return database.sql("select pattern, owner_id from identity_owner where tenant_id = ? order by position")
                .param(tenant.value())
                .query((row, number) -> new Owner(row.getString(1), new PersonId(row.getString(2))))
                .list();
    }

    @Override
    public void replace(TenantId tenant, List<Owner> owners) {
        database.sql("delete from identity_owner where tenant_id = ?")
                .param(tenant.value())
                .update();
        for (int position = 0; position < owners.size(); position++) {
            Owner owner = owners.get(position);
            database.sql("insert into identity_owner (tenant_id, position, pattern, owner_id) values (?, ?, ?, ?)")
                    .params(
                            tenant.value(),
                            position,
                            owner.pattern(),
                            owner.owner().value())
                    .update();
        }
    }
}
