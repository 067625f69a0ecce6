package io.drawbridge.policy.cedar;

import io.drawbridge.identity.People;
import io.drawbridge.policy.TenantScopes;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Hangs the judge into the application. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PolicyProperties.class)
class PolicyConfiguration {

    @Bean
    CedarAccessPolicies accessPolicies(PolicyProperties properties, Clock clock, People people, TenantScopes scopes) {
        return new CedarAccessPolicies(
                new PathMatchingResourcePatternResolver(), properties.location(), clock, people, scopes);
    }

    @Bean
    PolicyWatch policyWatch(PolicyProperties properties, CedarAccessPolicies policies) {
        return new PolicyWatch(properties, policies);
    }

    /** Reads a watched folder again and again; files within the jar do not change. */
    static final class PolicyWatch implements AutoCloseable {
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "policy-watch");
            thread.setDaemon(true);
            return thread;
        });

        PolicyWatch(PolicyProperties properties, CedarAccessPolicies policies) {
            if (properties.watched()) {
                long every = properties.refresh().toMillis();
                // refresh() throws nothing, or the executor would silently stop.
                var unused = executor.scheduleWithFixedDelay(policies::refresh, every, every, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
