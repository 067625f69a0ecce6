package io.drawbridge.audit;

import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hangs the sealing and the signing into the application. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AuditProperties.class, RetentionProperties.class})
class AuditConfiguration {

    @Bean
    HeadBook headBook(AuditProperties properties, Clock clock) {
        return HeadBook.open(properties.directory(), properties.signingKey(), properties.trustedKeys(), clock);
    }
}
