package io.drawbridge.operations;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.stereotype.Component;

/** Up while this node's job executor takes jobs: without it nothing that is due here begins, no revocation either. */
@Component("jobsHealthIndicator")
class EngineHealth extends AbstractHealthIndicator {
    private final EngineRoom engine;

    EngineHealth(EngineRoom engine) {
        super("The engine could not be asked.");
        this.engine = engine;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        if (engine.takesJobs()) {
            health.up();
            return;
        }
        health.down()
                .withDetail(
                        "reason",
                        "The engine's job executor is not running: the node starts or stops,"
                                + " camunda.bpm.job-execution.enabled is false, or a thread that takes jobs has ended,"
                                + " and the node has to be started anew.");
    }
}
