package io.drawbridge.web.pages;

import io.drawbridge.web.security.Callers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The pages know who looks at them as the API does. */
@Configuration(proxyBeanMethods = false)
class PagesConfiguration {
    @Bean
    SignedIn signedIn(Callers callers) {
        return callers::of;
    }
}
