package io.drawbridge.grant.aws.assignment;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.aws.AwsConnection;
import io.drawbridge.organization.aws.AwsConnections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** The tenants' Identity Centers; a tenant that is not connected to AWS has none. */
@Component
@ConditionalOnProperty(name = "drawbridge.cloud.type", havingValue = "aws")
class IdentityCenters {
    private final AwsConnections connections;
    private final ConcurrentMap<TenantId, IdentityCenter> known = new ConcurrentHashMap<>();

    IdentityCenters(AwsConnections connections) {
        this.connections = connections;
    }

    Optional<IdentityCenter> of(TenantId tenant) {
        return connections.of(tenant).map(aws -> known.computeIfAbsent(tenant, key -> new IdentityCenter(aws)));
    }

    List<TenantId> tenants() {
        return connections.all().stream().map(AwsConnection::tenant).toList();
    }
}
