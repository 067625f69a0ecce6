package io.drawbridge.web.api;

import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** How the API is wired into Spring MVC. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ApiProperties.class)
@EnableScheduling
class ApiConfiguration {

    /** Takes the place of Spring Boot's own converter, and leaves its {@code ObjectMapper} bean as it is. */
    @Bean
    MappingJackson2HttpMessageConverter jsonOfTheApi() {
        return new MappingJackson2HttpMessageConverter(ApiJson.mapper());
    }

    @Bean
    WebMvcConfigurer argumentsOfTheApi(CallArguments arguments) {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(arguments);
            }
        };
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit(ApiProperties limits) {
        return inApi(new BodyLimitFilter(limits), 10);
    }

    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotency(IdempotencyFilter filter) {
        return inApi(filter, 20);
    }

    /** Behind the sign-in, in the order given. */
    private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> inApi(F filter, int order) {
        FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
        registration.addUrlPatterns("/v1/*");
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setOrder(SecurityProperties.DEFAULT_FILTER_ORDER + order);
        return registration;
    }
}
