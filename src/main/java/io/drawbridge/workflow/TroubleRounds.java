package io.drawbridge.workflow;

import io.drawbridge.operations.Trouble;
import io.drawbridge.operations.TroubleDesk;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Has an instance of {@code standing-trouble} stand in the engine for each trouble, for as long as it stands.
 *
 * <p>Two nodes that find the same trouble at the same moment may start one each; both end when it is gone.
 */
@Component
class TroubleRounds {
    private static final Logger LOG = LoggerFactory.getLogger(TroubleRounds.class);

    private final TroubleDesk desk;
    private final RuntimeService runtime;
    private final ManagementService management;

    TroubleRounds(TroubleDesk desk, RuntimeService runtime, ManagementService management) {
        this.desk = desk;
        this.runtime = runtime;
        this.management = management;
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

    private void begin(Trouble trouble) {
        LOG.warn("{}", trouble.words());
        runtime.createProcessInstanceByKey(ProcessKeys.STANDING_TROUBLE)
                .businessKey(TroubleVariables.businessKey(trouble))
                .setVariable(TroubleVariables.tenantName(), trouble.tenant().value())
                .execute();
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
