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

    /** From a head that could not be written to the next try. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final AuditSealer sealer;
    private final HeadBook heads;
    private final AuditProperties properties;
    private final Clock clock;
    private Instant signDue = Instant.MIN;

    /** Whether the last round could not seal; it is said once. */
    private boolean unsealed;

    /** Whether the last head could not be signed and written; it is said once. */
    private boolean unsigned;

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

    /** Signs whether or not it could seal: what was sealed before is worth it, and one tenant does not stop another's. */
    void round() {
        seal();
        Instant now = clock.instant();
        if (heads.signs() && !now.isBefore(signDue)) {
            signDue = now.plus(sign() ? properties.signEvery() : shorter(AGAIN, properties.signEvery()));
        }
    }

    private void seal() {
        try {
            sealer.sealAll();
            unsealed = false;
        } catch (RuntimeException failure) {
            if (!unsealed) {
                LOG.error("Audit records could not be sealed; it is tried again until they can.", failure);
            }
            unsealed = true;
        }
    }

    /** Whether all that has grown is signed, and on the disk. */
    private boolean sign() {
        try {
            heads.sign(sealer.ends());
            unsigned = false;
        } catch (IOException | RuntimeException failure) {
            if (!unsigned) {
                LOG.error(
                        "Signed heads of the audit chain cannot be written; it is tried again until they can.",
                        failure);
            }
            unsigned = true;
        }
        return !unsigned;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
