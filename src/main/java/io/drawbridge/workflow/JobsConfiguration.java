package io.drawbridge.workflow;

import java.time.Clock;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.spring.boot.starter.property.CamundaBpmProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** When jobs are executed, and by whom: the time of all nodes, and the threads of this one. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

    @Bean
    static Clock clock(DataSource database) {
        return new DatabaseClock(database, Clock.systemUTC());
    }

    /** In the place of the engine's own, which has one pool for everything. */
    @Bean
    @ConditionalOnProperty(name = "camunda.bpm.job-execution.enabled", havingValue = "true", matchIfMissing = true)
    static NodeJobs jobExecutor(CamundaBpmProperties engine, WorkflowProperties properties) {
        return new NodeJobs(engine.getJobExecution(), properties.revocationThreads());
    }

    /** Before anything that a job needs is stopped: what runs is finished, the rest is left to the other nodes. */
    @Bean
    @ConditionalOnProperty(name = "camunda.bpm.job-execution.enabled", havingValue = "true", matchIfMissing = true)
    static SmartLifecycle jobsEnd(JobExecutor jobs) {
        return new SmartLifecycle() {
            @Override
            public void start() {
                // The engine starts them when the application is ready.
            }

            @Override
            public void stop() {
                jobs.shutdown();
            }

            @Override
            public boolean isRunning() {
                return jobs.isActive();
            }
        };
    }
}
