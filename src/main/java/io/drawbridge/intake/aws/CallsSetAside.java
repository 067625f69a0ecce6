package io.drawbridge.intake.aws;

import io.drawbridge.operations.Backlog;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Messages that failed as often as the queue allows, and lie in its own dead-letter queue. */
@Component
class CallsSetAside implements Backlog {
    private final QueueConsumers consumers;

    CallsSetAside(QueueConsumers consumers) {
        this.consumers = consumers;
    }

    @Override
    public String name() {
        return "intake.queue.aside";
    }

    @Override
    public String title() {
        return "Denied calls that failed again and again, and that the queue has set aside";
    }

    @Override
    public String advice() {
        return "Whoever was denied there was not asked whether he needs access; he can ask by himself. The log says at"
                + " \"could not be handled\" why; mend that, then start a redrive from the queue's dead-letter queue in"
                + " AWS, or purge it.";
    }

    @Override
    public Duration patience() {
        return Duration.ZERO;
    }

    @Override
    public List<Waiting> waiting() {
        return consumers.figures().stream()
                .filter(figures -> figures.dead > 0)
                .map(figures -> new Waiting(figures.tenant, Math.round(figures.dead), null))
                .toList();
    }
}
