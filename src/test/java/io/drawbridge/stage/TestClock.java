package io.drawbridge.stage;

import java.time.Instant;
import java.util.Date;
import org.camunda.bpm.engine.impl.util.ClockUtil;

/** The one clock of a test: the domain's and the engine's, moved together. */
public final class TestClock extends StandingClock {
    public static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    public TestClock() {
        super(START);
    }

    /** Sets both clocks. */
    @Override
    public void setTo(Instant instant) {
        super.setTo(instant);
        ClockUtil.setCurrentTime(Date.from(instant));
    }
}
