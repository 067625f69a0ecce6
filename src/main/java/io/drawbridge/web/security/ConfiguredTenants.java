package io.drawbridge.web.security;

import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Adds the tenants that the configuration names and that are not there yet; it takes none away. */
@Component
class ConfiguredTenants implements SmartInitializingSingleton {
    private final Properties configured;
    private final Roster roster;
    private final TransactionTemplate transaction;

    ConfiguredTenants(Properties configured, Roster roster, TransactionTemplate transaction) {
        this.configured = configured;
        this.roster = roster;
        this.transaction = transaction;
    }

    /**
     * What of the configuration is for tenants.
     *
     * @param tenants the name of each tenant by its id, such as {@code drawbridge.tenants.acme=Acme}
     */
    @ConfigurationProperties("drawbridge")
    record Properties(@DefaultValue Map<String, String> tenants) {
        private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

        Properties {
            tenants.keySet().forEach(id -> {
                if (!ID.matcher(id).matches()) {
                    throw new IllegalArgumentException("drawbridge.tenants." + id
                            + " is no id of a tenant; expected lower-case letters, digits and hyphens, 63 at most.");
                }
            });
            tenants = Map.copyOf(tenants);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        configured
                .tenants()
                .forEach((id, name) ->
                        transaction.executeWithoutResult(status -> roster.addTenant(new TenantId(id), name)));
    }
}
