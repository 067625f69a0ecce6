package io.drawbridge.organization.aws;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSource;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The organizations of the tenants that are connected to AWS. */
@Component
@EnableConfigurationProperties(SyncProperties.class)
class AwsOrganization implements OrganizationSource {
    private final AwsConnections connections;
    private final SyncProperties properties;
    private final Clock clock;

    AwsOrganization(AwsConnections connections, SyncProperties properties, Clock clock) {
        this.connections = connections;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public List<TenantId> tenants() {
        return connections.all().stream().map(AwsConnection::tenant).toList();
    }

    @Override
    public OrganizationSnapshot read(TenantId tenant) {
        AwsConnection connection = connections.of(tenant).orElseThrow(() -> new NotConnectedException(tenant));
        return new OrganizationReading(connection, properties.patience()).read(clock.instant());
    }
}
