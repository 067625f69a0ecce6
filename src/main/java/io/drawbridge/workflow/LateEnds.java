package io.drawbridge.workflow;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.operations.Daemons;
import io.drawbridge.operations.Mention;
import io.drawbridge.operations.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes back what its process is late with: very many grants may end in one second, and the node that has acquired their
 * timers may be dead.
 *
 * <p>Goes by our own table and asks the engine nothing. The processes come to the same grants in their own time, find them
 * taken back, and tell. What fails for many together is tried once for each: whatever fails then is left to its process,
 * which never gives up.
 */
@Component
final class LateEnds extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(LateEnds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Grants of one look; there is another at once if there are more. */
    private static final int LOOK = 200;

    private static final int THREADS = 2;

    /** Grants that one thread takes back in one go. */
    private static final int TOGETHER = LOOK / THREADS;

    private final ReconciliationDesk desk;
    private final ExecutorService threads = Daemons.pool("drawbridge-late-ends", THREADS);

    /** Whether the last look failed; it is said once. */
    private volatile boolean blind;

    LateEnds(ReconciliationDesk desk, WorkflowProperties properties) {
        super("drawbridge-ends", properties.lateEndsEvery(), PATIENCE);
        this.desk = desk;
    }

    @Override
    protected List<Runnable> rounds() {
        return List.of(this::round);
    }

    void round() {
        try {
            boolean more = true;
            while (more && !isEnding()) {
                List<Grant> late = new ArrayList<>(desk.late(LOOK));
                // NB. Another order on each node: where one has to wait, or has begun, the others do not stand behind
                // it.
                Collections.shuffle(late);
                Set<GrantId> taken = inParts(late);
                boolean progress = !taken.isEmpty();
                List<Callable<Boolean>> alone = new ArrayList<>();
                late.stream()
                        .filter(grant -> !taken.contains(grant.id()))
                        .forEach(grant -> alone.add(() -> takeBack(grant)));
                for (Future<Boolean> each : threads.invokeAll(alone)) {
                    progress |= each.get();
                }
                more = progress && late.size() == LOOK;
            }
            blind = false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RuntimeException failure) {
            if (!blind) {
                LOG.warn("Grants past their end cannot be looked for; it is tried again until they can.", failure);
            }
            blind = true;
        }
    }

    /** As far as that can be; the others are taken one by one then. */
    private Set<GrantId> inParts(List<Grant> late) throws InterruptedException, ExecutionException {
        Set<GrantId> taken = new HashSet<>();
        List<Callable<Set<GrantId>>> parts = new ArrayList<>();
        for (int first = 0; first < late.size(); first += TOGETHER) {
            List<Grant> part = late.subList(first, Math.min(first + TOGETHER, late.size()));
            parts.add(() -> part.size() == 1 ? Set.of() : together(part));
        }
        for (Future<Set<GrantId>> each : threads.invokeAll(parts)) {
            taken.addAll(each.get());
        }
        return taken;
    }

    private Set<GrantId> together(List<Grant> part) {
        if (isEnding()) {
            return Set.of();
        }
        try {
            return desk.takeBackTogether(part);
        } catch (RuntimeException failure) {
            LOG.warn(
                    "{} grants are past their end and could not be taken back together, so each is tried by itself: {}",
                    part.size(),
                    failure.getMessage());
            return Set.of();
        }
    }

    @SuppressWarnings("try") // What is mentioned counts by being open.
    private boolean takeBack(Grant grant) {
        if (isEnding()) {
            return false;
        }
        try (Mention about =
                Mention.open().of(grant.tenant()).of(grant.request()).of(grant.id())) {
            return !desk.isUnbegun(grant) || desk.takeBack(grant);
        } catch (RuntimeException failure) {
            LOG.warn(
                    "Grant {} is past its end, and its access may still be on; its process goes on trying: {}",
                    grant.id(),
                    failure.getMessage());
            return false;
        }
    }
}
