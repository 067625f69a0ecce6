package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.grant.ReconciliationLimits;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.People;
import io.drawbridge.operations.Mention;
import io.drawbridge.request.AccessRequests;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.ProcessEnginePlugin;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.EnableScheduling;

/** What makes the engine ours: tenants, people, refusals, incidents, history, and what expressions can see. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
@EnableConfigurationProperties({ReconciliationProperties.class, WorkflowProperties.class})
class EngineConfiguration {

    private static final long HISTORY_CLEANUP_PRIORITY = -100;

    @Bean
    ReconciliationLimits reconciliationLimits(ReconciliationProperties properties) {
        return properties.limits();
    }

    /** Last of all plugins, so that none overrides it. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    ProcessEnginePlugin drawbridgeEnginePlugin(
            People people,
            AccessRequests requests,
            DriftFindings findings,
            Refusals refusals,
            ObjectProvider<GrantDesk> grantDesk,
            ObjectProvider<Grants> grants,
            BuiltDiagrams built,
            AuditTrail trail,
            ApplicationContext application) {
        return new AbstractProcessEnginePlugin() {
            @Override
            public void preInit(ProcessEngineConfigurationImpl engine) {
                // NB. The factory has made an expression manager that sees every bean before any plugin is asked (7.24,
                // ProcessEngineFactoryBean), so that setting the beans alone would change nothing.
                DelegateBeans delegates = new DelegateBeans(application);
                engine.setBeans(delegates);
                engine.setExpressionManager(new ClosedExpressions(delegates));
                engine.setDefaultUserPermissionNameForTask("TASK_WORK");
                engine.setLoggingContextBusinessKey(Mention.REQUEST);
                engine.setLoggingContextTenantId(Mention.TENANT);
                engine.setCommandContextFactory(new RefusedDeploymentsInLogs(engine));
                engine.setDelegateInterceptor(new GrantInLogs());
                engine.setCustomSessionFactories(new ArrayList<>(List.of(new HintedJobs.Factory())));
                engine.setJobExecutorAcquireByDueDate(true);
                engine.setTenantIdProvider(new SubjectTenants(requests, findings));
                engine.setIdentityProviderSessionFactory(new PeopleIdentityProvider.Factory(people));
                engine.setResourceAuthorizationProvider(new CandidateAuthorizations());
                engine.setCustomHistoryLevels(new ArrayList<>(List.of(new KeysOnlyHistory())));
                engine.setHistory(KeysOnlyHistory.NAME);
                // Cleaned up by the end of an instance and the history time of its diagram. The engine would otherwise
                // write the time of its removal into every row of its history when it ends, by 13 statements.
                engine.setHistoryRemovalTimeStrategy(ProcessEngineConfiguration.HISTORY_REMOVAL_TIME_STRATEGY_NONE);
                engine.setHistoryCleanupStrategy(ProcessEngineConfiguration.HISTORY_CLEANUP_STRATEGY_END_TIME_BASED);
                // Behind everything else: whatever a request or a grant waits for is taken first.
                engine.setHistoryCleanupJobPriority(HISTORY_CLEANUP_PRIORITY);
                engine.setCustomIncidentHandlers(new ArrayList<>(List.of(new OverdueIncidents(grantDesk, grants))));
                engine.setCustomPreDeployers(
                        new ArrayList<>(List.of(new DeploymentCheck(built.forms(), people, trail))));
                engine.setDeploymentHandlerFactory(LatestVersions::new);
                engine.setCustomPreCommandInterceptorsTxRequired(new ArrayList<>(List.of(refusals)));
            }
        };
    }
}
