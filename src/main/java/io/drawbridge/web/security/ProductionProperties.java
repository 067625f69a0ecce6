package io.drawbridge.web.security;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What production starts with although it would not otherwise.
 *
 * @param dryRun whether with the dry-run cloud, which grants nothing
 */
@ConfigurationProperties("drawbridge.production")
record ProductionProperties(@DefaultValue("false") boolean dryRun) {}
