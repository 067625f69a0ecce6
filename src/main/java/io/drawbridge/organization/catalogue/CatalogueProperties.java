package io.drawbridge.organization.catalogue;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the catalogue is read from.
 *
 * @param locations folders with one {@code <service>.yaml} a service; whoever adds a {@code file:} folder and keeps
 *     {@code classpath:/catalogue/} extends what is built in, whoever leaves that out replaces it
 */
@ConfigurationProperties("drawbridge.catalogue")
record CatalogueProperties(@DefaultValue("classpath:/catalogue/") List<String> locations) {
    CatalogueProperties {
        locations = List.copyOf(locations);
    }
}
