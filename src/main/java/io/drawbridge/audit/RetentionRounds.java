package io.drawbridge.audit;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Retained;
import io.drawbridge.identity.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets what was kept long enough, a batch at a time. Two nodes that do it at once find nothing left of each other's. */
@Component
class RetentionRounds {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionRounds.class);

    /** Batches of one kind in one round; what is left then waits for the next. */
    private static final int MOST_BATCHES = 500;

    private final List<Retained> retained;
    private final People people;
    private final RetentionProperties properties;
    private final Clock clock;

    RetentionRounds(List<Retained> retained, People people, RetentionProperties properties, Clock clock) {
        this.retained = List.copyOf(retained);
        this.people = people;
        this.properties = properties;
        this.clock = clock;
    }

    /** Goes through all tenants; one that fails does not keep the others from their turn. */
    @Scheduled(
            initialDelayString = "${drawbridge.retention.initial-delay:PT5M}",
            fixedDelayString = "${drawbridge.retention.every:PT1H}")
    void forget() {
        for (TenantId tenant : people.tenants()) {
            for (Retained kept : retained) {
                try {
                    forget(tenant, kept);
                } catch (RuntimeException failure) {
                    LOG.error("Old {} of {} could not be deleted; it is tried again.", kept.kind(), tenant, failure);
                }
            }
        }
    }

    private void forget(TenantId tenant, Retained kept) {
        Instant before = clock.instant().minus(properties.of(kept.kind()));
        int all = 0;
        int forgotten;
        int batches = 0;
        do {
            forgotten = kept.forget(tenant, before, properties.batch());
            all += forgotten;
        } while (forgotten > 0 && ++batches < MOST_BATCHES);
        if (all > 0) {
            LOG.info("{} old {} of {} were deleted, from before {}.", all, kept.kind(), tenant, before);
        }
    }
}
