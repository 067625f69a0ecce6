package io.drawbridge.operations;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Says what is stuck outside of the engine, by how long it has waited in its backlog. */
@Service
public class TroubleDesk {
    private final List<Backlog> backlogs;
    private final Clock clock;

    TroubleDesk(List<Backlog> backlogs, Clock clock) {
        this.backlogs = List.copyOf(backlogs);
        this.clock = clock;
    }

    /** What has waited for longer than it should. */
    @Transactional(readOnly = true)
    public List<Trouble> standing() {
        Instant now = clock.instant();
        return backlogs.stream()
                .flatMap(backlog -> backlog.waiting().stream()
                        .filter(waiting -> waiting.number() > 0)
                        .filter(waiting -> waiting.since() == null
                                || !now.isBefore(waiting.since().plus(backlog.patience())))
                        .map(waiting -> trouble(backlog, waiting)))
                .toList();
    }

    /**
     * Does nothing if that trouble is gone.
     *
     * @throws StandingTroubleException if it stands, with what to do
     */
    @Transactional(readOnly = true)
    public void confirmRemedy(Trouble.Key key) {
        standing().stream()
                .filter(trouble -> trouble.key().equals(key))
                .findFirst()
                .ifPresent(trouble -> {
                    throw new StandingTroubleException(trouble.words());
                });
    }

    private static Trouble trouble(Backlog backlog, Backlog.Waiting waiting) {
        return new Trouble(
                waiting.tenant(),
                backlog.name(),
                backlog.title() + ": " + waiting.number() + " of tenant \"" + waiting.tenant() + "\""
                        + (waiting.since() == null ? "" : ", the oldest since " + waiting.since()) + ". "
                        + backlog.advice() + " This incident goes by itself when it is mended; Retry looks at once.");
    }

    /** Something is still stuck. */
    public static final class StandingTroubleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StandingTroubleException(String message) {
            super(message);
        }
    }
}
