package io.drawbridge.audit;

import io.drawbridge.operations.Rounds;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Seals and signs, round after round, on a thread of its own, for as long as the application runs.
 *
 * <p>Begins before the rest of the application and ends after it, so that what is recorded last is sealed too.
 */
@Component
class SealingRounds implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SealingRounds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AuditSealer sealer;
    private final HeadBook heads;
    private final AuditProperties properties;
    private final Clock clock;
    private @Nullable Rounds rounds;
    private volatile Instant signDue = Instant.MIN;

    SealingRounds(AuditSealer sealer, HeadBook heads, AuditProperties properties, Clock clock) {
        this.sealer = sealer;
        this.heads = heads;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        if (rounds == null) {
            rounds = new Rounds("drawbridge-audit", properties.sealEvery(), this::round);
        }
    }

    /** Seals and signs what is left; what cannot be, is by another node or at the next start. */
    @Override
    public synchronized void stop() {
        if (rounds != null) {
            signDue = Instant.MIN;
            rounds.last(this::round);
            rounds.end();
            rounds.await(PATIENCE);
            rounds = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return rounds != null;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    /** A database that is down must not end the rounds: what throws once would never be scheduled again. */
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
