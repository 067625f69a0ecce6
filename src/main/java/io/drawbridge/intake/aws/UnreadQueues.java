package io.drawbridge.intake.aws;

import io.drawbridge.operations.Backlog;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Queues of denied calls that this node has not read to the end of a round since then.
 *
 * <p>As this node sees it: where others read the queue, nothing waits, and the incident of this node comes and goes.
 */
@Component
class UnreadQueues implements Backlog {
    private final QueueConsumers consumers;

    UnreadQueues(QueueConsumers consumers) {
        this.consumers = consumers;
    }

    @Override
    public String name() {
        return "intake.queue.unread";
    }

    @Override
    public String title() {
        return "Queues of denied calls that cannot be read";
    }

    @Override
    public String advice() {
        return "Whoever is denied is not asked whether he needs access; he can ask by himself. The log says at \"The queue\""
                + " what AWS answered; see that the queue is there and that Drawbridge's role may do there what docs/aws.md"
                + " lists. Nothing is lost for as long as the queue keeps it.";
    }

    @Override
    public List<Waiting> waiting() {
        return consumers.figures().stream()
                .map(QueueMeters::unread)
                .flatMap(Optional::stream)
                .toList();
    }
}
