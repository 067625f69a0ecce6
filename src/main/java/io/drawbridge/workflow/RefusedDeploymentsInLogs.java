package io.drawbridge.workflow;

import org.camunda.bpm.engine.ParseException;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.CommandContextFactory;

/**
 * Keeps a refused diagram from waking anybody: it is an answer, which its owner has got and {@link DeploymentCheck} has
 * logged, and the engine would log it as an error with its stack (7.24, {@code CommandContext}).
 */
final class RefusedDeploymentsInLogs extends CommandContextFactory {

    RefusedDeploymentsInLogs(ProcessEngineConfigurationImpl engine) {
        setProcessEngineConfiguration(engine);
    }

    @Override
    public CommandContext createCommandContext() {
        return new Quiet(processEngineConfiguration);
    }

    private static final class Quiet extends CommandContext {
        private Quiet(ProcessEngineConfigurationImpl engine) {
            super(engine);
        }

        @Override
        protected boolean shouldLogFine(Throwable failure) {
            return failure instanceof ParseException || super.shouldLogFine(failure);
        }
    }
}
