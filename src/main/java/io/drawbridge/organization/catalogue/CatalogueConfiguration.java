package io.drawbridge.organization.catalogue;

import io.drawbridge.organization.PermissionCatalogue;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Reads the catalogue once, at start; a catalogue that cannot be read stops the start. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CatalogueProperties.class)
class CatalogueConfiguration {

    @Bean
    PermissionCatalogue permissionCatalogue(CatalogueProperties properties) {
        return YamlPermissionCatalogue.read(properties.locations());
    }
}
