package io.drawbridge.intake.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Keeps the log readable while something fails many times a second: each thing is said once a minute on each node. */
public final class Complaints {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Clock clock;
    private final Map<String, Instant> said = new HashMap<>();

    public Complaints(Clock clock) {
        this.clock = clock;
    }

    /**
     * Whether it is to be said now; of many who ask at once one gets a yes.
     *
     * @param what one of few; each is kept for ever
     */
    public synchronized boolean isDue(String what) {
        Instant now = clock.instant();
        Instant last = said.get(what);
        if (last != null && now.isBefore(last.plus(PAUSE))) {
            return false;
        }
        said.put(what, now);
        return true;
    }
}
