package io.drawbridge.workflow;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.DriftStateException;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.People;
import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.Mention;
import java.time.Clock;
import java.util.function.Function;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Compares every tenant with its cloud, in rounds, and takes back what no process takes back any more.
 *
 * <p>Every node goes its rounds. What another one is comparing, or has compared since half a round, is left to it.
 */
@Component
class ReconciliationRounds {
    private static final Logger LOG = LoggerFactory.getLogger(ReconciliationRounds.class);

    private final ReconciliationDesk desk;
    private final DriftFindings findings;
    private final Sweeps sweeps;
    private final People people;
    private final ManagementService management;
    private final RuntimeService runtime;
    private final ReconciliationMeters meters;
    private final ReconciliationProperties properties;
    private final Clock clock;

    ReconciliationRounds(
            ReconciliationDesk desk,
            DriftFindings findings,
            Sweeps sweeps,
            People people,
            ManagementService management,
            RuntimeService runtime,
            ReconciliationMeters meters,
            ReconciliationProperties properties,
            Clock clock) {
        this.desk = desk;
        this.findings = findings;
        this.sweeps = sweeps;
        this.people = people;
        this.management = management;
        this.runtime = runtime;
        this.meters = meters;
        this.properties = properties;
        this.clock = clock;
    }

    /** Compares every tenant that is due; one that fails does not keep the others from their turn. */
    @Scheduled(
            initialDelayString = "${drawbridge.reconciliation.initial-delay:PT20S}",
            fixedDelayString = "${drawbridge.reconciliation.every:PT5M}")
    void reconcile() {
        for (TenantId tenant : people.tenants()) {
            meters.watch(tenant);
            if (isDue(tenant)) {
                attempt(tenant, desk::reconcile);
            }
        }
    }

    /** Takes back, in every tenant, what is past its end and has lost its process; the cloud is asked for nothing else. */
    @Scheduled(
            initialDelayString = "${drawbridge.reconciliation.initial-delay:PT20S}",
            fixedDelayString = "${drawbridge.reconciliation.take-back-every:PT30S}")
    void takeBackAbandoned() {
        people.tenants().forEach(tenant -> attempt(tenant, desk::takeBackAbandoned));
    }

    /**
     * Tries again what an administrator has chosen meanwhile, and what failed since; before he has chosen, only a person
     * tries again.
     */
    @Scheduled(fixedDelayString = "${drawbridge.workflow.retry-stuck-every:PT10S}")
    void retryChosen() {
        for (Job job : management
                .createJobQuery()
                .processDefinitionKey(ProcessKeys.DRIFT_REMOVAL)
                .noRetriesLeft()
                .list()) {
            try {
                if (isChosen(job)) {
                    management.executeJob(job.getId());
                }
            } catch (RuntimeException failure) {
                LOG.warn(
                        "Job {} of drift removal {} is still stuck: {}",
                        job.getId(),
                        job.getProcessInstanceId(),
                        failure.getMessage());
            }
        }
    }

    private boolean isChosen(Job job) {
        ProcessInstance instance = runtime.createProcessInstanceQuery()
                .processInstanceId(job.getProcessInstanceId())
                .singleResult();
        return instance != null
                && findings.find(DriftVariables.finding(instance.getBusinessKey()))
                        .filter(finding -> finding.state() == DriftFinding.State.HELD_BACK)
                        .isEmpty();
    }

    private boolean isDue(TenantId tenant) {
        return sweeps.lastDone(tenant)
                .map(done ->
                        !clock.instant().isBefore(done.plus(properties.every().dividedBy(2))))
                .orElse(true);
    }

    @SuppressWarnings("try") // What is mentioned counts by being open.
    private static void attempt(TenantId tenant, Function<TenantId, Reconciliation> work) {
        try (Mention about = Mention.open().of(tenant)) {
            Reconciliation found = work.apply(tenant);
            found.failures().forEach(failure -> LOG.warn("Reconciliation of {}: {}", tenant, failure));
            if (found.takenBack() + found.removed() + found.missing() + found.heldBack() + found.foreign() > 0) {
                LOG.info(
                        "Reconciliation of {}: {} taken back, {} removed, {} held back, {} missing, {} not ours.",
                        tenant,
                        found.takenBack(),
                        found.removed(),
                        found.heldBack(),
                        found.missing(),
                        found.foreign());
            }
        } catch (DriftStateException other) {
            LOG.debug("{}", other.getMessage());
        } catch (RuntimeException failure) {
            LOG.error("Reconciliation of {} failed; it is tried again.", tenant, failure);
        }
    }
}
