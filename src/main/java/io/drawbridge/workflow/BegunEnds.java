package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.operations.Mention;
import io.drawbridge.operations.Rounds;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Finishes revocations that somebody has begun and not got through: his node may be dead, and what it had locked in the
 * engine stays locked for a while.
 *
 * <p>Goes by our own table, apart from {@link LateEnds}, which must wait for nothing. What somebody has locked is left to
 * him. Each is tried once by each node; whatever fails then is left to its process, which never gives up.
 */
@Component
final class BegunEnds extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(BegunEnds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** More than a cloud takes back at a time; of what is begun, those that were begun last. */
    private static final int LOOK = 200;

    /** So that a look does not take long where a cloud answers slowly; there is another soon. */
    private static final int MOST_OF_A_LOOK = 20;

    private final ReconciliationDesk desk;

    /** Of what the last look found, what this node has tried; used by one thread. */
    private Set<GrantId> tried = new HashSet<>();

    /** Whether the last look failed; it is said once. */
    private boolean blind;

    BegunEnds(ReconciliationDesk desk, WorkflowProperties properties) {
        super("drawbridge-begun-ends", properties.lateEndsEvery(), PATIENCE);
        this.desk = desk;
    }

    @Override
    protected List<Runnable> rounds() {
        return List.of(this::round);
    }

    void round() {
        try {
            List<Grant> begun = desk.stalled(LOOK);
            tried.retainAll(begun.stream().map(Grant::id).collect(Collectors.toSet()));
            List<Grant> untried = begun.stream()
                    .filter(grant -> !tried.contains(grant.id()))
                    .limit(MOST_OF_A_LOOK)
                    .toList();
            List<Grant> free = untried.isEmpty() ? List.of() : desk.free(untried);
            for (Grant grant : free) {
                if (isEnding()) {
                    return;
                }
                tried.add(grant.id());
                finish(grant);
            }
            blind = false;
        } catch (RuntimeException failure) {
            if (!blind) {
                LOG.warn(
                        "Revocations that were begun cannot be looked for; it is tried again until they can.", failure);
            }
            blind = true;
        }
    }

    @SuppressWarnings("try") // What is mentioned counts by being open.
    private void finish(Grant grant) {
        try (Mention about =
                Mention.open().of(grant.tenant()).of(grant.request()).of(grant.id())) {
            boolean gone = desk.takeBack(grant);
            LOG.debug("Grant {} was being taken back for long; it is {}.", grant.id(), gone ? "gone" : "not gone yet");
        } catch (RuntimeException failure) {
            LOG.warn(
                    "Grant {} is being taken back, and its access may still be on; its process goes on trying: {}",
                    grant.id(),
                    failure.getMessage());
        }
    }
}
