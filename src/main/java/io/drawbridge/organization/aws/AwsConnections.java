package io.drawbridge.organization.aws;

import io.drawbridge.identity.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** The tenants' connections to AWS; a tenant that is not configured has none. */
@Component
@EnableConfigurationProperties(AwsProperties.class)
public class AwsConnections implements AutoCloseable {
    private final SdkHttpClient http;
    private final Map<String, AwsConnection> connections = new TreeMap<>();

    AwsConnections(AwsProperties properties, AwsQuotas quotas, ObjectProvider<AwsCredentialsProvider> credentials) {
        // Longer than the long poll of a queue, the only call that waits by design.
        http = UrlConnectionHttpClient.builder()
                .connectionTimeout(properties.callTimeout())
                .socketTimeout(java.time.Duration.ofSeconds(30))
                .build();
        AwsCredentialsProvider own = credentials.getIfAvailable(
                () -> DefaultCredentialsProvider.builder().build());
        properties
                .tenants()
                .forEach((tenant, settings) -> connections.put(
                        tenant, new AwsConnection(new TenantId(tenant), settings, properties, quotas, http, own)));
    }

    public Optional<AwsConnection> of(TenantId tenant) {
        return Optional.ofNullable(connections.get(tenant.value()));
    }

    /** The connection of a tenant that has one. */
    public AwsConnection demand(TenantId tenant) {
        return of(tenant)
                .orElseThrow(() -> new IllegalStateException("Tenant \"" + tenant
                        + "\" is not connected to AWS; set drawbridge.aws.tenants." + tenant + ".account-id and what"
                        + " belongs to it."));
    }

    public List<AwsConnection> all() {
        return List.copyOf(connections.values());
    }

    @Override
    public void close() {
        connections.values().forEach(AwsConnection::close);
        http.close();
    }
}
