package io.drawbridge.workflow;

import io.drawbridge.operations.Trouble;
import io.drawbridge.operations.TroubleDesk;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Has an instance of {@code standing-trouble} stand in the engine for each trouble, for as long as it stands. */
@Component
class TroubleRounds {
    private static final Logger LOG = LoggerFactory.getLogger(TroubleRounds.class);

    /** A property of the engine, with another value each time. */
    private static final String LAST_RAISED = "drawbridge.standing-trouble.last-raised";

    private final TroubleDesk desk;
    private final RuntimeService runtime;
    private final ManagementService management;
    private final CommandExecutor commands;

    TroubleRounds(TroubleDesk desk, RuntimeService runtime, ManagementService management, ProcessEngine engine) {
        this.desk = desk;
        this.runtime = runtime;
        this.management = management;
        this.commands = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                .getCommandExecutorTxRequired();
    }

    /** Throws nothing: what throws once would not go its rounds again. */
    @Scheduled(
            initialDelayString = "${drawbridge.operations.look-for-trouble-every:PT30S}",
            fixedDelayString = "${drawbridge.operations.look-for-trouble-every:PT30S}")
    void look() {
        try {
            List<Trouble> standing = desk.standing();
            Set<Trouble.Key> known = new HashSet<>();
            for (ProcessInstance instance : runtime.createProcessInstanceQuery()
                    .processDefinitionKey(ProcessKeys.STANDING_TROUBLE)
                    .list()) {
                Trouble.Key key = TroubleVariables.trouble(instance.getTenantId(), instance.getBusinessKey());
                known.add(key);
                if (standing.stream().noneMatch(trouble -> trouble.key().equals(key))) {
                    end(instance);
                }
            }
            standing.stream().filter(trouble -> !known.contains(trouble.key())).forEach(this::begin);
        } catch (RuntimeException failure) {
            LOG.warn("What is stuck outside of the engine could not be looked for; it is tried again.", failure);
        }
    }

    /**
     * Starts it, unless another node has at the same moment.
     *
     * <p>Two that change the property at once: the later one loses by the engine's own locking, with what it started. It
     * finds the instance of the other one in its next round.
     */
    private void begin(Trouble trouble) {
        String businessKey = TroubleVariables.businessKey(trouble);
        try {
            boolean begun = commands.execute(context -> {
                // First: whoever reads it after the other one has committed sees that instance as well.
                management.setProperty(LAST_RAISED, UUID.randomUUID().toString());
                if (runtime.createProcessInstanceQuery()
                                .processDefinitionKey(ProcessKeys.STANDING_TROUBLE)
                                .processInstanceBusinessKey(businessKey)
                                .count()
                        > 0) {
                    return false;
                }
                runtime.createProcessInstanceByKey(ProcessKeys.STANDING_TROUBLE)
                        .businessKey(businessKey)
                        .setVariable(
                                TroubleVariables.tenantName(), trouble.tenant().value())
                        .execute();
                return true;
            });
            if (begun) {
                LOG.warn("{}", trouble.words());
            }
        } catch (OptimisticLockingException other) {
            LOG.debug("Another node raises an incident at the same moment: {}", other.getMessage());
        }
    }

    private void end(ProcessInstance instance) {
        for (Job job : management
                .createJobQuery()
                .processInstanceId(instance.getId())
                .noRetriesLeft()
                .list()) {
            management.executeJob(job.getId());
        }
    }
}
