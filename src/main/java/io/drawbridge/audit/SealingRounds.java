package io.drawbridge.audit;

import io.drawbridge.operations.Rounds;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Seals and signs, round after round, on a thread of its own, for as long as the application runs.
 *
 * <p>Begins before the rest of the application and ends after it, so that what is recorded last is sealed too.
 */
@Component
class SealingRounds extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(SealingRounds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AuditSealer sealer;
    private final HeadBook heads;
    private final AuditProperties properties;
    private final Clock clock;
    private Instant signDue = Instant.MIN;

    SealingRounds(AuditSealer sealer, HeadBook heads, AuditProperties properties, Clock clock) {
        super("drawbridge-audit", properties.sealEvery(), PATIENCE);
        this.sealer = sealer;
        this.heads = heads;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    protected List<Runnable> rounds() {
        return List.of(this::round);
    }

    /** Seals and signs what is left; what cannot be, is by another node or at the next start. */
    @Override
    protected void last() {
        signDue = Instant.MIN;
        round();
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    private void round() {
        try {
            sealer.sealAll();
            Instant now = clock.instant();
            if (heads.signs() && !now.isBefore(signDue)) {
                heads.sign(sealer.ends());
                signDue = now.plus(properties.signEvery());
            }
        } catch (IOException unwritable) {
            LOG.error("Signed heads of the audit chain cannot be written; it is tried again.", unwritable);
        } catch (RuntimeException failure) {
            LOG.error("Audit records could not be sealed; it is tried again.", failure);
        }
    }
}
