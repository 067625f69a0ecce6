package io.drawbridge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.intake.aws.QueueConsumers;
import io.drawbridge.stage.Stage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The consumers as part of the whole application; no tenant of the stage has a queue. */
@SuppressWarnings("NullAway.Init")
class QueueInTheApplicationTest extends Stage {
    @Autowired
    private QueueConsumers consumers;

    @Test
    @DisplayName("R10 the queues are read from when the application is ready, and not with its context")
    void startsWhenReady() {
        assertThat(consumers.isAutoStartup()).isFalse();
        assertThat(consumers.isRunning()).isTrue();
    }
}
