package io.drawbridge.workflow;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.Map;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.rest.security.auth.ProcessEngineAuthenticationFilter;
import org.camunda.bpm.webapp.impl.security.auth.ContainerBasedAuthenticationFilter;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The filters before the engine's applications, in order: Spring Security, our allow-list, Camunda's own. */
@Configuration(proxyBeanMethods = false)
class EngineWebConfiguration {
    private static final int BEHIND_SIGN_IN = SecurityProperties.DEFAULT_FILTER_ORDER + 1;

    @Bean
    FilterRegistrationBean<EngineApiFilter> engineApiFilter(
            EngineApiRules rules,
            People people,
            TaskService tasks,
            RuntimeService runtime,
            ManagementService management,
            HistoryService history,
            EngineApiBodies bodies,
            AuditTrail trail) {
        FilterRegistrationBean<EngineApiFilter> filter = new FilterRegistrationBean<>(
                new EngineApiFilter(rules, people, tasks, runtime, management, history, bodies, trail));
        filter.setOrder(BEHIND_SIGN_IN);
        filter.addUrlPatterns("/engine-rest/*", "/camunda/api/*", "/camunda/app/*");
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        return filter;
    }

    @Bean
    FilterRegistrationBean<Filter> camundaApplicationsSignIn() {
        return signIn(new ContainerBasedAuthenticationFilter(), "/camunda/app/*", "/camunda/api/*");
    }

    @Bean
    FilterRegistrationBean<Filter> camundaRestSignIn() {
        return signIn(new ProcessEngineAuthenticationFilter(), "/engine-rest/*");
    }

    private static FilterRegistrationBean<Filter> signIn(Filter camunda, String... patterns) {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(camunda);
        filter.setInitParameters(Map.of(
                ProcessEngineAuthenticationFilter.AUTHENTICATION_PROVIDER_PARAM,
                SignedInPerson.class.getName(),
                "rest-url-pattern-prefix",
                ""));
        filter.setOrder(BEHIND_SIGN_IN + 1);
        filter.addUrlPatterns(patterns);
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        return filter;
    }
}
